// A network that lets no UDP through: unmodified livekit-client in Chromium gets pictures and sound over ICE-TCP.
// What a firewall does is done in the page: of the server's candidates only those by TCP are left. The control
// leaves none, and nothing comes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSeat, startChromium, startServer, startSite, until } from './wire.bench.mjs';

let server, site, browser;

before(async () => {
  [server, site, browser] = await Promise.all([startServer(), startSite(), startChromium()]);
});

after(async () => {
  await browser?.close();
  site?.stop();
  await server?.stop();
});

/** From now on the page's connections know only the server's candidates of one kind. */
const leaveOnly = (seat, transport) => seat.page.evaluate((transport) => {
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  window.connections = [];
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    window.connections.push(this);
    const kept = description.sdp.split('\r\n').filter((line) => !line.startsWith('a=candidate:') || line.split(' ')[2].toLowerCase() === transport);
    return take.call(this, { type: description.type, sdp: kept.join('\r\n') });
  };
}, transport);

/** How the page's media travels: protocols of the pairs in use. */
const protocols = (seat) => seat.page.evaluate(async () => {
  const used = new Set();
  for (const connection of new Set(window.connections)) {
    const report = await connection.getStats();
    for (const one of report.values()) {
      if (one.type === 'candidate-pair' && one.nominated && one.bytesReceived > 0) used.add(report.get(one.localCandidateId).protocol);
    }
  }
  return [...used];
});

const token = (room, identity) => server.call('GET', `/token?room=${room}&identity=${identity}`);

test('pictures and sound go both ways over TCP', async () => {
  const [mediator, applicant] = await Promise.all(['mediator', 'applicant'].map((name) => openSeat(browser, site, name)));
  await leaveOnly(applicant, 'tcp');
  await mediator.call('join', server.url, await token('tcp', 'mediator'), true);
  await applicant.call('join', server.url, await token('tcp', 'applicant'), true);
  for (const [viewer, subject] of [[mediator, 'applicant'], [applicant, 'mediator']]) {
    await viewer.call('firstFrame', subject, 0);
    const before = await viewer.call('frames', subject);
    await until(`${subject} moves`, async () => (await viewer.call('frames', subject)) > before + 30);
    const picture = await viewer.call('picture', subject);
    assert.ok(picture.mean > 10 && picture.spread > 5, `not black: ${JSON.stringify(picture)}`);
    assert.ok((await viewer.call('loudness', subject, 0.01)) > 0.01, `${subject} is heard`);
  }
  assert.deepEqual(await protocols(applicant), ['tcp']);
  await applicant.call('say', '我听得见');
  await until('data goes over TCP as well', async () =>
    (await mediator.call('timeline')).some((one) => one.event === 'Data' && one.text === '我听得见'));
  await Promise.all([mediator, applicant].map((seat) => seat.close()));
});

test('control: with no candidate left nothing connects', async () => {
  const seat = await openSeat(browser, site, 'nobody');
  await leaveOnly(seat, 'none');
  const joined = await seat.call('join', server.url, await token('none', 'nobody'), false).then(() => true, () => false);
  assert.equal(joined, false);
  await seat.close();
});
