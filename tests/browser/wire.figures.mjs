// Figures of the media wire as livekit-client in Chromium feels them: `node wire.figures.mjs [rounds]`, JSON on standard
// output. ONEDOOR_WIRE_BIN names the example server.
//
//  connect  a page that only looks connects → the first frame of who is there
//  flip     who hears whom changes → the first frame of the new partner, on both sides
//
// A bench, not a test: nothing here passes or fails.
import { median, openSeat, pause, startChromium, startServer, startSite, until } from './wire.bench.mjs';

const rounds = Number(process.argv[2] ?? 9);
const told = (all) => ({ n: all.length, median: Math.round(median(all)), worst: Math.round(Math.max(...all)), all: all.map(Math.round) });
const [server, site, browser] = await Promise.all([startServer(), startSite(), startChromium()]);

async function join(seat, room, publish = true) {
  const token = await server.call('GET', `/token?room=${room}&identity=${seat.identity}`);
  return seat.call('join', server.url, token, publish);
}

try {
  const [mediator, applicant, respondent] = await Promise.all(['mediator', 'applicant', 'respondent'].map((name) => openSeat(browser, site, name)));

  await join(mediator, 'quick');
  const connect = [];
  for (let round = 0; round < rounds; round += 1) {
    const { started } = await join(applicant, 'quick', false);
    connect.push(await applicant.call('firstFrame', 'mediator', started));
    await applicant.call('leave');
    await pause(400);
  }
  await mediator.call('leave');

  const flipTo = (one) => {
    const pairs = [`mediator>${one.identity}`, `${one.identity}>mediator`].join(',');
    return server.call('POST', `/flip?room=sitting&pairs=${encodeURIComponent(pairs)}`);
  };
  await server.call('POST', '/govern?room=sitting');
  await Promise.all([mediator, applicant, respondent].map((seat) => join(seat, 'sitting')));
  await flipTo(applicant);
  await mediator.call('firstFrame', 'applicant', 0);
  const flip = [];
  for (let round = 0; round < rounds; round += 1) {
    const inside = round % 2 ? applicant : respondent;
    await pause(700);
    const since = await Promise.all([mediator, inside].map((seat) => seat.call('now')));
    await flipTo(inside);
    flip.push(await mediator.call('firstFrame', inside.identity, since[0]), await inside.call('firstFrame', 'mediator', since[1]));
    const frames = await inside.call('frames', 'mediator');
    await until('the picture goes on', async () => (await inside.call('frames', 'mediator')) > frames + 3);
  }
  console.log(JSON.stringify({ rounds, connect_to_first_frame_ms: told(connect), flip_to_first_frame_ms: told(flip) }, null, 2));
} finally {
  await browser.close();
  site.stop();
  await server.stop();
}
