// Clients of the older wire (`/rtc`: two connections, the server offers on one) against the wire and its SFU:
// an older livekit-client that knows no other, and the present one told to use two connections. The mediator
// speaks the newer wire throughout. Frames count when the track delivers them, never by counters.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { median, openSeat, ownAddress, pause, startChromium, startFirefox, startProxy, startServer, startSite, until } from './wire.bench.mjs';

const ROUNDS = Number(process.env.ONEDOOR_WIRE_ROUNDS ?? 5);
let server, proxy, older, newer, chromium;

before(async () => {
  // Not the loopback: Firefox does not pair its own addresses with 127.0.0.1.
  [server, older, newer, chromium] =
    await Promise.all([startServer(ownAddress()), startSite('livekit-client-v0'), startSite(), startChromium()]);
  proxy = await startProxy(server.url);
});

after(async () => {
  await chromium?.close();
  proxy?.stop();
  older?.stop();
  newer?.stop();
  await server?.stop();
});

async function join(seat, room, { publish = true, url = server.url } = {}) {
  const token = await server.call('GET', `/token?room=${room}&identity=${seat.identity}`);
  const joined = await seat.call('join', url, token, publish, { room: seat.options });
  const wires = await seat.page.evaluate(() => performance.getEntriesByType('resource').length >= 0 && [
    room.engine.pcManager?.subscriber !== undefined, room.engine.pcManager?.mode,
  ]);
  return { ...joined, wires };
}

const leave = (...who) => Promise.all(who.map((seat) => seat.call('leave')));
const said = (seat, event) => seat.call('timeline').then((all) => all.filter((one) => one.event === event));
const read = async (seat, text) => (await said(seat, 'Data')).some((one) => one.text === text);

/** Moving pictures that are not black, and sound above silence. */
async function seesAndHears(viewer, subject, since = 0) {
  await viewer.call('firstFrame', subject.identity, since);
  const before = await viewer.call('frames', subject.identity);
  await until(`${subject.identity} moves for ${viewer.identity}`, async () => (await viewer.call('frames', subject.identity)) > before + 10);
  const picture = await viewer.call('picture', subject.identity);
  assert.ok(picture.mean > 10, `not black: ${JSON.stringify(picture)}`);
  const loudness = await viewer.call('loudness', subject.identity, 0.01);
  assert.ok(loudness > 0.01, `${viewer.identity} hears ${subject.identity}: ${loudness}`);
}

/** Sections of the description the server offered last, by what flows in them. */
const sections = (seat) => seat.page.evaluate(() => {
  const { sdp } = room.engine.pcManager.subscriber._pc?.remoteDescription ?? room.engine.pcManager.subscriber.pc.remoteDescription;
  const all = sdp.split('\r\nm=').slice(1).filter((section) => !section.startsWith('application'));
  return { all: all.length, sending: all.filter((section) => section.includes('a=sendonly')).length };
});

/** RTP packets received over all connections of a seat. */
const packets = (seat) => seat.page.evaluate(async () => {
  const { subscriber } = room.engine.pcManager;
  let sum = 0;
  for (const report of (await (subscriber._pc ?? subscriber.pc).getStats()).values()) {
    if (report.type === 'inbound-rtp') sum += report.packetsReceived ?? 0;
  }
  return sum;
});

const clients = [
  { name: 'livekit-client 2.15 in Chromium', site: () => older, browser: () => chromium, options: {} },
  { name: 'livekit-client 2.23 with two connections in Chromium', site: () => newer, browser: () => chromium, options: { singlePeerConnection: false } },
];

for (const client of clients) {
  describe(client.name, () => {
    let mediator, applicant, respondent;
    before(async () => {
      mediator = await openSeat(chromium, newer, 'mediator');
      [applicant, respondent] = await Promise.all(['applicant', 'respondent'].map(async (name) =>
        Object.assign(await openSeat(client.browser(), client.site(), name), { options: client.options })));
    });
    after(() => Promise.all([mediator, applicant, respondent].map((seat) => seat?.close())));

    test('three see and hear each other across the wires, and data goes both ways', async () => {
      const seats = [mediator, applicant, respondent];
      for (const seat of seats) {
        const { wires } = await join(seat, 'mixed');
        assert.equal(wires[0], seat !== mediator, `two connections: ${seat.identity} ${JSON.stringify(wires)}`);
      }
      for (const viewer of seats) for (const subject of seats) if (viewer !== subject) await seesAndHears(viewer, subject);
      await mediator.call('say', '请看第三条');
      await applicant.call('say', '好的', ['mediator']);
      await until('both read', async () => (await read(applicant, '请看第三条')) && (await read(respondent, '请看第三条')));
      await until('the mediator reads', () => read(mediator, '好的'));
      await applicant.call('say', '标记');
      await until('a mark', () => read(respondent, '标记'));
      assert.ok(!(await read(respondent, '好的')), 'what was for the mediator alone');
      await until('speakers are told', async () => (await said(applicant, 'Speakers')).some((one) => one.who.includes('mediator')));
    });

    test('mute, by oneself and by the server', async () => {
      await applicant.call('mute', true);
      await until('muted', () => mediator.call('isMuted', 'applicant'));
      await applicant.call('mute', false);
      await until('unmuted', async () => !(await mediator.call('isMuted', 'applicant')));
      await server.call('POST', '/mute?room=mixed&identity=respondent');
      await until('muted by the server', async () => (await applicant.call('isMuted', 'respondent')) && (await respondent.page.evaluate(() => !room.localParticipant.isMicrophoneEnabled)));
    });

    test('a track is unpublished and published again, many times, without a pile of sections', async () => {
      const video = (seat) => seat.page.evaluate(() => [...room.localParticipant.videoTrackPublications.values()][0]?.track.mediaStreamTrack.id);
      for (let round = 0; round < 4; round += 1) {
        await mediator.page.evaluate(() => room.localParticipant.unpublishTrack([...room.localParticipant.videoTrackPublications.values()][0].track));
        await until('the picture is gone', () => applicant.page.evaluate(() => room.remoteParticipants.get('mediator').videoTrackPublications.size === 0));
        const since = await applicant.call('now');
        await mediator.call('camera', true);
        assert.ok(await video(mediator));
        await applicant.call('firstFrame', 'mediator', since);
      }
      const { all, sending } = await sections(applicant);
      assert.equal(sending, 4, 'two people, sound and picture');
      assert.ok(all <= 6, `${all} sections after four rounds`);
    });

    test('who unsubscribes receives nothing more, and may subscribe again', async () => {
      const subscribe = (on) => applicant.page.evaluate((wish) => [...room.remoteParticipants.get('mediator').videoTrackPublications.values()][0].setSubscribed(wish), on);
      await subscribe(false);
      await until('let go', async () => (await sections(applicant)).sending === 3);
      const before = await applicant.call('frames', 'mediator');
      const control = await respondent.call('frames', 'mediator');
      await until('control: the other goes on', async () => (await respondent.call('frames', 'mediator')) > control + 20);
      assert.equal(await applicant.call('frames', 'mediator'), before);
      const since = await applicant.call('now');
      await subscribe(true);
      await applicant.call('firstFrame', 'mediator', since);
      await leave(mediator, applicant, respondent);
    });

    test('a chosen layer is what comes', async () => {
      await join(mediator, 'layers');
      await join(applicant, 'layers', { publish: false });
      await applicant.call('firstFrame', 'mediator', 0);
      const ask = (quality) => applicant.page.evaluate((wish) => [...room.remoteParticipants.get('mediator').videoTrackPublications.values()][0].setVideoQuality(wish), quality);
      const width = () => applicant.call('picture', 'mediator').then((picture) => picture.width);
      await ask(0);
      await until('the small picture', async () => (await width()) <= 320);
      await ask(2);
      await until('the large picture', async () => (await width()) >= 640);
      await leave(mediator, applicant);
    });

    test('a governed room: nobody, then a pair, then another, and nothing leaks', async (t) => {
      const room = 'sitting';
      const flip = (...pairs) =>
        server.call('POST', `/flip?room=${room}&pairs=${encodeURIComponent(pairs.flatMap(([a, b]) => [`${a}>${b}`, `${b}>${a}`]).join(','))}`);
      await server.call('POST', `/govern?room=${room}`);
      await Promise.all([mediator, applicant, respondent].map((seat) => join(seat, room)));
      await pause(500);
      for (const seat of [mediator, applicant, respondent]) assert.deepEqual(await seat.call('people'), [], seat.identity);
      assert.deepEqual(await server.call('GET', `/hearing?room=${room}`), []);
      assert.equal(await packets(applicant), 0);

      await flip(['mediator', 'applicant']);
      await mediator.call('firstFrame', 'applicant', 0);
      const times = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const [inside, outside] = round % 2 ? [applicant, respondent] : [respondent, applicant];
        await pause(700);
        const since = [await mediator.call('now'), await inside.call('now')];
        await flip(['mediator', inside.identity]);
        const left = await outside.call('frames', 'mediator');
        await mediator.call('firstFrame', inside.identity, since[0]);
        times.push(await inside.call('firstFrame', 'mediator', since[1]));
        assert.deepEqual(await outside.call('people'), [], 'the one outside is shown nobody');
        assert.ok((await outside.call('frames', 'mediator')) - left <= 4, 'at most what the jitter buffer held');
      }
      t.diagnostic(`flip → first frame on the older wire: median ${median(times).toFixed(0)} ms, all ${times.map((one) => one.toFixed(0)).join(' ')}`);

      // The two on the older wire alone; the mediator is outside now. Both connections of each are behind the gate.
      const since = [await applicant.call('now'), await respondent.call('now')];
      await flip(['applicant', 'respondent']);
      await applicant.call('firstFrame', 'respondent', since[0]);
      await respondent.call('firstFrame', 'applicant', since[1]);
      assert.deepEqual(await mediator.call('people'), []);

      // A longer caucus: whoever is outside gets no frame, no packet of media, no word; the pair goes on (the control).
      await flip(['mediator', 'applicant']);
      await applicant.call('firstFrame', 'mediator', 0);
      await until('sections are given back', async () => (await sections(respondent)).sending === 0);
      await pause(300);
      const outside = [await respondent.call('frames', 'mediator'), await packets(respondent)];
      const inside = [await applicant.call('frames', 'mediator'), await packets(applicant)];
      await mediator.call('say', '单独谈');
      await applicant.call('say', '我听着');
      await until('control: the pair inside goes on', async () => (await applicant.call('frames', 'mediator')) > inside[0] + 20);
      assert.ok((await packets(applicant)) > inside[1] + 20, 'control: packets are counted');
      assert.deepEqual([await respondent.call('frames', 'mediator'), await packets(respondent)], outside, 'nothing after the flip');
      await until('control: data within the pair', async () => (await read(applicant, '单独谈')) && (await read(mediator, '我听着')));
      assert.ok(!(await read(respondent, '单独谈')) && !(await read(respondent, '我听着')));
      const ears = new Set((await server.call('GET', `/hearing?room=${room}`)).filter((one) => one.packets > 0).map((one) => `${one.from}>${one.to}`));
      assert.deepEqual([...ears].sort(), ['applicant>mediator', 'mediator>applicant'], 'one participant, one row');
      const { all } = await sections(applicant);
      assert.ok(all <= 6, `sections are reused: ${all}`);
      await server.call('POST', `/close?room=${room}`);
    });

    test('a cut connection is resumed in place', async (t) => {
      await join(mediator, 'cut');
      await join(applicant, 'cut', { url: proxy.url });
      await seesAndHears(applicant, mediator);
      await seesAndHears(mediator, applicant);
      const sid = await applicant.call('sid');
      for (let round = 1; round <= 2; round += 1) {
        const ufrag = await applicant.page.evaluate(() => (room.engine.pcManager.subscriber._pc ?? room.engine.pcManager.subscriber.pc).remoteDescription.sdp.match(/ice-ufrag:(\S+)/)[1]);
        const since = await applicant.call('now');
        proxy.cut();
        await until('reconnected', async () => (await said(applicant, 'Reconnected')).length === round);
        t.diagnostic(`cut → reconnected: ${((await said(applicant, 'Reconnected')).at(-1).at - since).toFixed(0)} ms`);
        assert.equal(await applicant.call('sid'), sid, 'the same session');
        const restarted = await applicant.page.evaluate(() => (room.engine.pcManager.subscriber._pc ?? room.engine.pcManager.subscriber.pc).remoteDescription.sdp.match(/ice-ufrag:(\S+)/)[1]);
        assert.notEqual(restarted, ufrag, 'the server restarted ICE');
        const before = [await applicant.call('frames', 'mediator'), await mediator.call('frames', 'applicant')];
        await until('pictures go on', async () =>
          (await applicant.call('frames', 'mediator')) > before[0] + 10 && (await mediator.call('frames', 'applicant')) > before[1] + 10);
        await applicant.call('say', `我回来了 ${round}`);
        await mediator.call('say', `欢迎 ${round}`);
        await until('data after the resume', async () => (await read(mediator, `我回来了 ${round}`)) && (await read(applicant, `欢迎 ${round}`)));
      }
      assert.deepEqual(await said(mediator, 'ParticipantDisconnected'), [], 'the other noticed nothing');
      // Somebody new is offered to the one who came back.
      await join(respondent, 'cut');
      await seesAndHears(applicant, respondent);
      await leave(mediator, applicant, respondent);
    });

    test('a full reconnect comes back under a new sid', async () => {
      await join(mediator, 'anew');
      await join(applicant, 'anew');
      await mediator.call('firstFrame', 'applicant', 0);
      const sid = await applicant.call('sid');
      const since = [await applicant.call('now'), await mediator.call('now')];
      await applicant.call('simulate', 'full-reconnect');
      await until('a new session', async () => (await applicant.call('sid')) !== sid && (await said(applicant, 'Reconnected')).length > 0, 15_000);
      await mediator.call('firstFrame', 'applicant', since[1], 15_000);
      await applicant.call('firstFrame', 'mediator', since[0], 15_000);
      await leave(mediator, applicant);
    });
  });
}

test('the older client in Firefox sees and hears the mediator, and the other way', async (t) => {
  const firefox = await startFirefox();
  t.after(() => firefox.close());
  const mediator = await openSeat(chromium, newer, 'mediator');
  const applicant = await openSeat(firefox, older, 'applicant');
  await join(mediator, 'firefox');
  await join(applicant, 'firefox');
  await seesAndHears(applicant, mediator);
  await seesAndHears(mediator, applicant);
  await applicant.call('say', '好的');
  await mediator.call('say', '请看第三条');
  await until('both read', async () => (await read(mediator, '好的')) && (await read(applicant, '请看第三条')));
  await leave(mediator, applicant);
});
