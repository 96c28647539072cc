// Firefox and Chromium in one room, on the wire and its SFU: another SDP, another stack.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSeat, ownAddress, startChromium, startFirefox, startServer, startSite, until } from './wire.bench.mjs';

let server, site, browsers, mediator, applicant;

before(async () => {
  // Firefox does not pair its own addresses with 127.0.0.1, and gathers no loopback candidate where it has others.
  [server, site, browsers] = await Promise.all([startServer(ownAddress()), startSite(), Promise.all([startChromium(), startFirefox()])]);
  mediator = await openSeat(browsers[0], site, 'mediator');
  applicant = await openSeat(browsers[1], site, 'applicant');
});

after(async () => {
  await Promise.all((browsers ?? []).map((browser) => browser.close()));
  site?.stop();
  await server?.stop();
});

test('Firefox and Chromium see, hear and write to each other', async (t) => {
  for (const seat of [mediator, applicant]) {
    const token = await server.call('GET', `/token?room=mixed&identity=${seat.identity}`);
    await seat.call('join', server.url, token, true);
  }
  for (const [viewer, subject] of [[mediator, 'applicant'], [applicant, 'mediator']]) {
    await viewer.call('firstFrame', subject, 0);
    const before = await viewer.call('frames', subject);
    await until(`${subject} moves`, async () => (await viewer.call('frames', subject)) > before + 10);
    const picture = await viewer.call('picture', subject);
    t.diagnostic(`${viewer.identity} sees ${subject}: ${JSON.stringify(picture)}`);
    assert.ok(picture.mean > 10, `not black: ${JSON.stringify(picture)}`);
    const loudness = await viewer.call('loudness', subject, 0.01);
    assert.ok(loudness > 0.01, `${viewer.identity} hears ${subject}: ${loudness}`);
  }
  await mediator.call('say', '请看第三条');
  await applicant.call('say', '好的');
  const read = (seat, text) => seat.call('timeline').then((all) => all.some((one) => one.event === 'Data' && one.text === text));
  await until('Firefox reads', () => read(applicant, '请看第三条'));
  await until('Chromium reads', () => read(mediator, '好的'));
});
