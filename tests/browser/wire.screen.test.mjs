// A shared screen has layers of its own, with the unmodified livekit-client in Chromium: who shows it small is sent the
// small one, who shows it large the whole one, at the same time; sizes are those of decoded frames. What is shared is a
// real capture of the publisher's tab, in which something moves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSeat, startChromium, startServer, startSite, until } from './wire.bench.mjs';

let server, site, browser, seats;

before(async () => {
  [server, site, browser] = await Promise.all([startServer(), startSite(), startChromium({ flags: ['--auto-select-tab-capture-source-by-title=papers'] })]);
  const opened = await Promise.all(['mediator', 'applicant', 'respondent'].map((name) => openSeat(browser, site, name)));
  seats = Object.fromEntries(opened.map((seat) => [seat.identity, seat]));
  for (const seat of opened) await seat.page.setViewportSize({ width: 1600, height: 900 });
  await seats.mediator.page.evaluate(() => {
    document.title = 'papers';
    const canvas = document.body.appendChild(document.createElement('canvas'));
    [canvas.width, canvas.height] = [1200, 800];
    const pen = canvas.getContext('2d');
    setInterval(() => {
      const at = performance.now() / 10;
      pen.fillStyle = `hsl(${at % 360} 60% 60%)`;
      pen.fillRect(0, 0, 1200, 800);
      pen.fillStyle = '#000';
      pen.font = '60px sans-serif';
      for (let line = 0; line < 10; line += 1) pen.fillText(`第 ${line} 条 ${at.toFixed(0)}`, (at + line * 90) % 1200, 70 * (line + 1));
    }, 60);
  });
});

after(async () => {
  await browser?.close();
  site?.stop();
  await server?.stop();
});

async function join(seat, room) {
  const token = await server.call('GET', `/token?room=${room}&identity=${seat.identity}`);
  await seat.call('join', server.url, token, false, { room: { adaptiveStream: { pixelDensity: 1 }, dynacast: true } });
}

/** The size of the frames that are decoded now. */
const size = async (seat) => {
  const { frameWidth, frameHeight } = await seat.call('received', 'mediator', 'video');
  return [frameWidth, frameHeight];
};

const kinds = { 'of the client itself': undefined, 'that were asked for': [[400, 225, 150_000, 8], [800, 450, 500_000, 15]] };
for (const [name, layers] of Object.entries(kinds)) {
  test(`a shared screen in layers ${name}`, async (t) => {
    const { mediator, applicant, respondent } = seats;
    const room = layers ? 'screen-asked' : 'screen';
    for (const seat of [mediator, applicant, respondent]) await join(seat, room);
    const shared = await mediator.call('share', layers);
    assert.equal(shared.source, 'screen_share');
    const whole = [shared.settings.width, shared.settings.height];
    t.diagnostic(`shared ${whole.join('x')}, layers ${shared.layers.join(' ')}`);
    assert.equal(shared.layers.length, layers ? 3 : 2);
    const smallest = Math.min(...shared.layers);
    for (const seat of [applicant, respondent]) await seat.call('firstFrame', 'mediator', 0);
    const shows = (seat, width, what, right) => seat.call('show', 'mediator', width)
      .then(() => until(what, async () => right((await size(seat))[0]), 20_000))
      .catch(async (error) => { throw new Error(`${error.message}: ${JSON.stringify([await size(seat), shared.layers, await mediator.call('layers')])}`); });
    const small = (width) => width === smallest;
    const large = (width) => width === whole[0];
    await Promise.all([shows(applicant, 200, 'a small tile gets the small layer', small), shows(respondent, 1500, 'a large one the whole screen', large)]);
    const frames = await Promise.all([applicant, respondent].map((seat) => seat.call('frames', 'mediator')));
    await until('both move', async () => (await applicant.call('frames', 'mediator')) > frames[0] + 5 && (await respondent.call('frames', 'mediator')) > frames[1] + 5);
    assert.ok(small((await size(applicant))[0]) && large((await size(respondent))[0]), 'each has its own, still');
    // And the other way round.
    await Promise.all([shows(applicant, 1500, 'the tile grew', large), shows(respondent, 200, 'the other shrank', small)]);
    const [width, height] = await size(respondent);
    assert.ok(Math.abs(width / height - whole[0] / whole[1]) < 0.05, `the same shape: ${width}x${height} of ${whole.join('x')}`);
    const picture = await applicant.call('picture', 'mediator');
    assert.ok(picture.mean > 10 && picture.spread > 5, `not black: ${JSON.stringify(picture)}`);
    await mediator.call('unshare');
    for (const seat of [mediator, applicant, respondent]) await seat.call('leave');
  });
}
