// What is coded how, with the unmodified livekit-client in Chromium: H264, VP9 and AV1 pass the SFU and are decoded,
// a late viewer starts at a keyframe, layers follow what viewers ask for, and nobody encodes what nobody watches.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSeat, startChromium, startServer, startSite, until } from './wire.bench.mjs';

let server, site, browser, seats;

before(async () => {
  [server, site, browser] = await Promise.all([startServer(), startSite(), startChromium()]);
  const names = ['mediator', 'applicant', 'respondent'];
  const opened = await Promise.all(names.map((name) => openSeat(browser, site, name)));
  seats = Object.fromEntries(opened.map((seat) => [seat.identity, seat]));
});

after(async () => {
  await browser?.close();
  site?.stop();
  await server?.stop();
});

async function join(seat, room, publish, how) {
  const token = await server.call('GET', `/token?room=${room}&identity=${seat.identity}`);
  await seat.call('join', server.url, token, publish, how);
}

const leave = (...who) => Promise.all(who.map((seat) => seat.call('leave')));

/** The codec in which the picture of `identity` arrives, and how many pictures were decoded. */
const arrives = (seat, identity) => seat.page.evaluate(async (identity) => {
  const publication = [...window.room.remoteParticipants.get(identity).videoTrackPublications.values()][0];
  const stats = await publication?.track?.receiver?.getStats();
  const all = [...stats?.values() ?? []];
  const inbound = all.find((one) => one.type === 'inbound-rtp');
  return { codec: all.find((one) => one.id === inbound?.codecId)?.mimeType, decoded: inbound?.framesDecoded ?? 0 };
}, identity);

/** Which encodings of its camera a seat sends. */
const encodes = (seat) => seat.page.evaluate(() => {
  const camera = [...window.room.localParticipant.videoTrackPublications.values()][0];
  return camera.track.sender.getParameters().encodings.map((one) => one.active);
});

const ask = (seat, identity, quality) => seat.page.evaluate(([identity, quality]) => {
  [...window.room.remoteParticipants.get(identity).videoTrackPublications.values()][0].setVideoQuality(quality);
}, [identity, quality]);

for (const [codec, mime] of [['h264', 'video/H264'], ['vp9', 'video/VP9'], ['av1', 'video/AV1']]) {
  test(`${codec} is sent because it was asked for, passes, and is decoded`, async () => {
    const { mediator, applicant, respondent } = seats;
    const room = `codec-${codec}`;
    const able = await applicant.page.evaluate((mime) => RTCRtpSender.getCapabilities('video').codecs.some((one) => one.mimeType === mime), mime);
    assert.ok(able, `this Chromium can encode ${codec}`);
    await join(mediator, room, false);
    await join(applicant, room, true, { room: { publishDefaults: { videoCodec: codec, backupCodec: false } } });
    await mediator.call('firstFrame', 'applicant', 0);
    await until('thirty pictures', async () => (await mediator.call('frames', 'applicant')) > 30);
    assert.equal((await arrives(mediator, 'applicant')).codec, mime);
    const picture = await mediator.call('picture', 'applicant');
    assert.ok(picture.mean > 10 && picture.spread > 5, `not black: ${JSON.stringify(picture)}`);
    // Who comes late starts at a keyframe, and nobody else loses a picture by it.
    await join(respondent, room, false);
    await respondent.call('firstFrame', 'applicant', 0);
    const seen = await respondent.call('frames', 'applicant');
    await until('the late viewer sees movement', async () => (await respondent.call('frames', 'applicant')) > seen + 15);
    assert.equal((await arrives(respondent, 'applicant')).codec, mime);
    await leave(applicant, mediator, respondent);
  });
}

for (const codec of ['vp8', 'h264']) {
  test(`${codec}: layers follow what is asked for, and what nobody watches is not encoded`, async () => {
    const { mediator, applicant, respondent } = seats;
    const room = `layers-${codec}`;
    const width = async (seat) => (await seat.call('picture', 'applicant')).width;
    await join(mediator, room, false);
    await join(applicant, room, true, { room: { dynacast: true, publishDefaults: { videoCodec: codec } } });
    await mediator.call('firstFrame', 'applicant', 0);
    await until('the whole picture', async () => (await width(mediator)) === 640, 30_000);
    await ask(mediator, 'applicant', 0);
    await until('the small picture', async () => (await width(mediator)) < 400);
    assert.deepEqual(await encodes(applicant), [true, true], 'for a while it might be wanted again');
    await until('the large layer is switched off', async () => (await encodes(applicant)).join() === 'true,false');
    const before = await mediator.call('frames', 'applicant');
    await until('the small one goes on', async () => (await mediator.call('frames', 'applicant')) > before + 10);
    // Another viewer wants it large: it comes back for that one, and the first keeps the small one.
    await join(respondent, room, false);
    await until('the large layer is on again', async () => (await encodes(applicant)).join() === 'true,true');
    await respondent.call('firstFrame', 'applicant', 0);
    await until('the whole picture again', async () => (await width(respondent)) === 640, 30_000);
    assert.ok((await width(mediator)) < 400, 'each has its own');
    await leave(applicant, mediator, respondent);
  });
}
