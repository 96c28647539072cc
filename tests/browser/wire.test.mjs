// Unmodified livekit-client in Chromium against the wire and its SFU: pictures, sound, data, a governed room,
// a lost connection. Frames count when the track delivers them, never by counters of the transport.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { median, openSeat, pause, startChromium, startProxy, startServer, startSite, until } from './wire.bench.mjs';

const ROUNDS = Number(process.env.ONEDOOR_WIRE_ROUNDS ?? 9);
// On a quiet machine the aims themselves are asserted; beside other work only that nothing is stuck.
const strict = process.env.ONEDOOR_WIRE_STRICT === '1';
let server, proxy, site, browser, seats;

before(async () => {
  [server, site, browser] = await Promise.all([startServer(), startSite(), startChromium()]);
  proxy = await startProxy(server.url);
  const names = ['mediator', 'applicant', 'respondent'];
  const opened = await Promise.all(names.map((name) => openSeat(browser, site, name)));
  seats = Object.fromEntries(opened.map((seat) => [seat.identity, seat]));
});

after(async () => {
  await browser?.close();
  proxy?.stop();
  site?.stop();
  await server?.stop();
});

async function join(seat, room, publish = true, url = server.url) {
  const token = await server.call('GET', `/token?room=${room}&identity=${seat.identity}`);
  return seat.call('join', url, token, publish);
}

const leave = (...who) => Promise.all(who.map((seat) => seat.call('leave')));
const said = (seat, event) => seat.call('timeline').then((all) => all.filter((one) => one.event === event));

test('two pages see and hear each other', async () => {
  const { mediator, applicant } = seats;
  await join(mediator, 'pair');
  await join(applicant, 'pair');
  for (const [viewer, subject] of [[mediator, 'applicant'], [applicant, 'mediator']]) {
    await viewer.call('firstFrame', subject, 0);
    const before = await viewer.call('frames', subject);
    await until(`${subject} moves`, async () => (await viewer.call('frames', subject)) > before + 10);
    const picture = await viewer.call('picture', subject);
    assert.ok(picture.mean > 10 && picture.spread > 5, `not black: ${JSON.stringify(picture)}`);
    const loudness = await viewer.call('loudness', subject, 0.01);
    assert.ok(loudness > 0.01, `above silence: ${loudness}`);
  }
  await until('each is told that the other speaks', async () =>
    (await said(mediator, 'Speakers')).some((one) => one.who.includes('applicant')) &&
    (await said(applicant, 'Speakers')).some((one) => one.who.includes('mediator'))).catch(async (error) => {
    throw new Error(`${error.message}: ${JSON.stringify([await mediator.call('timeline'), await applicant.call('timeline')])}`);
  });
});

test('data goes both ways, and only to whom it is for', async () => {
  const { mediator, applicant } = seats;
  await mediator.call('say', '请看第三条');
  await applicant.call('say', '好的', ['mediator']);
  await until('the applicant reads', async () => (await said(applicant, 'Data')).some((one) => one.text === '请看第三条' && one.who === 'mediator'));
  await until('the mediator reads', async () => (await said(mediator, 'Data')).some((one) => one.text === '好的' && one.who === 'applicant'));
  await applicant.call('say', '不是给您的', ['somebody-else']);
  await applicant.call('say', '标记');
  await until('a mark', async () => (await said(mediator, 'Data')).some((one) => one.text === '标记'));
  assert.ok(!(await said(mediator, 'Data')).some((one) => one.text === '不是给您的'));
});

test('mute is seen by the other, by the client and by the server', async () => {
  const { mediator, applicant } = seats;
  await applicant.call('mute', true);
  await until('muted', () => mediator.call('isMuted', 'applicant'));
  await applicant.call('mute', false);
  await until('unmuted', async () => !(await mediator.call('isMuted', 'applicant')));
  await server.call('POST', '/mute?room=pair&identity=applicant');
  await until('muted by the server', () => mediator.call('isMuted', 'applicant'));
  await leave(mediator, applicant);
});

test('connect to first remote frame', async (t) => {
  const { mediator, applicant } = seats;
  await join(mediator, 'quick');
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { started } = await join(applicant, 'quick', false);
    times.push(await applicant.call('firstFrame', 'mediator', started));
    await leave(applicant);
    await pause(400);
  }
  await leave(mediator);
  t.diagnostic(`connect → first frame: median ${median(times).toFixed(0)} ms, all ${times.map((one) => one.toFixed(0)).join(' ')}`);
  assert.ok(median(times) <= (strict ? 250 : 1500), `median ${median(times)} ms`);
});

test('a governed room: nobody, then a pair, then another pair', async (t) => {
  const { mediator, applicant, respondent } = seats;
  const flip = (...pairs) =>
    server.call('POST', `/flip?room=sitting&pairs=${encodeURIComponent(pairs.flatMap(([a, b]) => [`${a}>${b}`, `${b}>${a}`]).join(','))}`);
  await server.call('POST', '/govern?room=sitting');
  await Promise.all([mediator, applicant, respondent].map((seat) => join(seat, 'sitting')));
  await pause(500);
  for (const seat of [mediator, applicant, respondent]) assert.deepEqual(await seat.call('people'), [], seat.identity);
  assert.deepEqual(await server.call('GET', '/hearing?room=sitting'), []);

  // With the applicant first; then to and fro, timing the new partner's first frame on both sides.
  await flip(['mediator', 'applicant']);
  await mediator.call('firstFrame', 'applicant', 0);
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [inside, outside] = round % 2 ? [applicant, respondent] : [respondent, applicant];
    await pause(700);
    const since = await mediator.call('now');
    const sinceInside = await inside.call('now');
    await flip(['mediator', inside.identity]);
    const framesOutside = await outside.call('frames', 'mediator');
    times.push(await mediator.call('firstFrame', inside.identity, since));
    times.push(await inside.call('firstFrame', 'mediator', sinceInside));
    assert.deepEqual(await outside.call('people'), [], 'the one outside is shown nobody');
    assert.ok((await outside.call('frames', 'mediator')) - framesOutside <= 4, 'at most what the jitter buffer held');
  }
  t.diagnostic(`flip → first frame: median ${median(times).toFixed(0)} ms, all ${times.map((one) => one.toFixed(0)).join(' ')}`);

  // Now a longer caucus: the one outside gets nothing more, while the pair inside goes on (the control).
  await flip(['mediator', 'applicant']);
  await applicant.call('firstFrame', 'mediator', 0);
  await pause(300);
  const outside = await respondent.call('frames', 'mediator');
  const inside = await applicant.call('frames', 'mediator');
  await mediator.call('say', '单独谈');
  await until('control: the pair inside goes on', async () => (await applicant.call('frames', 'mediator')) > inside + 20);
  assert.equal(await respondent.call('frames', 'mediator'), outside, 'no frame after the flip');
  const hearing = await server.call('GET', '/hearing?room=sitting');
  const ears = new Set(hearing.filter((one) => one.packets > 0).map((one) => `${one.from}>${one.to}`));
  assert.deepEqual([...ears].sort(), ['applicant>mediator', 'mediator>applicant']);
  await until('control: data within the pair', async () => (await said(applicant, 'Data')).some((one) => one.text === '单独谈'));
  assert.ok(!(await said(respondent, 'Data')).some((one) => one.text === '单独谈'));
  await leave(mediator, applicant, respondent);
  assert.ok(median(times) <= (strict ? 200 : 1500), `median ${median(times)} ms`);
});

test('a cut connection is resumed in place', async (t) => {
  const { mediator, applicant } = seats;
  await join(mediator, 'cut');
  await join(applicant, 'cut', true, proxy.url);
  await applicant.call('firstFrame', 'mediator', 0);
  await mediator.call('firstFrame', 'applicant', 0);
  const sid = await applicant.call('sid');
  const since = await applicant.call('now');
  proxy.cut();
  const [back] = await until('reconnected', async () => {
    const found = await said(applicant, 'Reconnected');
    return found.length > 0 && found;
  });
  t.diagnostic(`cut → reconnected: ${(back.at - since).toFixed(0)} ms`);
  assert.equal(await applicant.call('sid'), sid, 'the same session');
  const before = [await applicant.call('frames', 'mediator'), await mediator.call('frames', 'applicant')];
  await until('pictures go on', async () =>
    (await applicant.call('frames', 'mediator')) > before[0] + 10 && (await mediator.call('frames', 'applicant')) > before[1] + 10);
  assert.deepEqual(await said(mediator, 'ParticipantDisconnected'), [], 'the other noticed nothing');
  await applicant.call('say', '我回来了');
  await until('data after the resume', async () => (await said(mediator, 'Data')).some((one) => one.text === '我回来了'));
  await leave(mediator, applicant);
});

test('a full reconnect comes back under a new sid', async (t) => {
  const { mediator, applicant } = seats;
  await join(mediator, 'anew');
  await join(applicant, 'anew');
  await mediator.call('firstFrame', 'applicant', 0);
  const sid = await applicant.call('sid');
  const since = [await applicant.call('now'), await mediator.call('now')];
  await applicant.call('simulate', 'full-reconnect');
  await until('a new session', async () => (await applicant.call('sid')) !== sid && (await said(applicant, 'Reconnected')).length > 0, 15000);
  const back = await mediator.call('firstFrame', 'applicant', since[1], 15000);
  t.diagnostic(`full reconnect → first frame: ${back.toFixed(0)} ms`);
  await applicant.call('firstFrame', 'mediator', since[0], 15000);
  await leave(mediator, applicant);
});

test('the camera can be switched off and on again, many times', async () => {
  const { mediator, applicant } = seats;
  await join(mediator, 'again');
  await join(applicant, 'again');
  await mediator.call('firstFrame', 'applicant', 0);
  for (let round = 0; round < 3; round += 1) {
    await applicant.call('camera', false);
    const still = await mediator.call('now');
    await applicant.call('camera', true);
    const frames = await mediator.call('frames', 'applicant');
    await until(`frames in round ${round}, ${still}`, async () => (await mediator.call('frames', 'applicant')) > frames + 5);
  }
  assert.match(await applicant.call('updateName', '冒名'), /permission/);
  await leave(mediator, applicant);
});
