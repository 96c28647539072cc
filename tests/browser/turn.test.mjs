// Networks that let no UDP through: the relay carries the media, over UDP, TCP and TLS; who has no right to it is
// refused; and it leads nowhere but to the media server.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Network, impossible } from './network.mjs';
import { credential, noRelay, startRelay } from './turn.mjs';
import { openSeat, siteInHand, startChromium, startServer, until } from './wire.bench.mjs';

const reason = impossible() ?? noRelay();
const skip = reason ? { skip: reason } : {};
const RELAY = '198.18.0.2', ELSEWHERE = '198.18.0.3';
let net, server, relay, browsers, lin, zhao;

before(async () => {
  if (reason) return;
  net = Network.lay();
  for (const address of [RELAY, ELSEWHERE]) execFileSync('ip', ['-n', net.name, 'addr', 'add', `${address}/32`, 'dev', 'lo']);
  server = await startServer(net.address, { inside: (...words) => net.inside(...words), steer: net.steer });
  relay = await startRelay(net, RELAY, net.address);
  const site = await siteInHand();
  const [good, closed] = [await net.place(1), await net.place(2)];
  // An office that lets no UDP out but to its own relay, and to the media server nothing but the web.
  closed.filter('-p', 'udp', '-d', net.address, '-j', 'DROP');
  browsers = await Promise.all([good, closed].map((place) => startChromium({ place, flags: ['--ignore-certificate-errors'] })));
  lin = await openSeat(browsers[0], site, 'lin');
  zhao = await openSeat(browsers[1], site, 'zhao');
  await lin.call('join', server.url, await server.call('GET', '/token?room=relayed&identity=lin'), true);
});

after(async () => {
  await Promise.allSettled((browsers ?? []).map((browser) => browser.close()));
  await relay?.stop();
  await server?.stop();
  await net?.clear();
});

/** Zhao goes in by this relay alone. */
async function goIn(urls, credentials, limit) {
  const token = await server.call('GET', '/token?room=relayed&identity=zhao');
  const rtcConfig = { iceTransportPolicy: 'relay', iceServers: [{ urls, ...credentials }] };
  return zhao.call('join', server.url, token, true, { connect: { rtcConfig, maxRetries: 0, peerConnectionTimeout: limit ?? 15_000 } });
}

for (const way of ['udp', 'tcp', 'tls']) {
  test(`pictures and sound by the relay over ${way}`, skip, async (t) => {
    await goIn(relay.urls[way], credential('zhao'));
    for (const [viewer, subject] of [[lin, 'zhao'], [zhao, 'lin']]) {
      await viewer.call('firstFrame', subject, 0);
      const frames = await viewer.call('frames', subject);
      await until(`${subject} moves`, async () => (await viewer.call('frames', subject)) > frames + 10);
      assert.ok((await viewer.call('loudness', subject, 0.01)) > 0.01, `${viewer.identity} hears ${subject}`);
    }
    const path = await zhao.call('path');
    t.diagnostic(JSON.stringify(path));
    assert.equal(path.kind, 'relay');
    assert.equal(path.relay, way);
    await zhao.call('leave');
    await until('she has left', async () => !(await lin.call('people')).includes('zhao'));
  });
}

for (const [what, wrong] of [
  ['a wrong secret', credential('zhao', { secret: 'guessed' })],
  ['an expired credential', credential('zhao', { life: -60 })],
  ['a changed name', { ...credential('zhao'), username: `${Math.floor(Date.now() / 1000) + 9000}:lin` }],
]) {
  test(`the relay refuses ${what}`, skip, async () => {
    await assert.rejects(goIn(Object.values(relay.urls), wrong, 5_000));
    await zhao.call('leave');
  });
}

/** coturn's own client asks for a path to `peer`; answers what it said. */
function reach(peer, port) {
  const { username, credential: password } = credential('guest');
  const words = ['turnutils_uclient', '-u', username, '-w', password, '-e', peer, '-r', String(port), '-n', '3', '-m', '1', '-c', RELAY];
  const [program, all] = net.inside('timeout', '20', ...words);
  try {
    return execFileSync(program, all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    return `${error.stdout}${error.stderr}`;
  }
}

test('t11_the relay leads to no other machine, and the control without the denied ranges does', skip, async (t) => {
  const [program, words] = net.inside('turnutils_peer', '-L', ELSEWHERE, '-p', '3999');
  const victim = spawn(program, words, { stdio: 'ignore' });
  try {
    const refused = reach(ELSEWHERE, 3999);
    assert.match(refused, /403|forbidden/i, refused.slice(-500));
    assert.doesNotMatch(refused, /tot_recv_msgs=[1-9]/);
    assert.match(reach('127.0.0.1', 3999), /403|forbidden/i, 'nor to the relay itself');
    await relay.stop();
    relay = await startRelay(net, RELAY, net.address, { open: true });
    const reached = reach(ELSEWHERE, 3999);
    assert.match(reached, /tot_recv_msgs=[1-9]/, `the control must go red: ${reached.slice(-500)}`);
    t.diagnostic('denied: 403 for another machine and for loopback; the control reached it');
  } finally {
    victim.kill('SIGKILL');
  }
});
