// The resident's connection test, in made networks: an open one, one without UDP, one where only the relay is reached, a
// narrow one. What it says is what a sitting would meet there.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Network, impossible } from './network.mjs';
import { SECRET, noRelay, startRelay } from './turn.mjs';
import { Person, PHONE, Server, startChromium, until } from './stage.mjs';

const reason = impossible() ?? noRelay();
const skip = reason ? { skip: reason } : {};
const RELAY = '198.18.0.2';
const SMALL = { width: 360, height: 740 };
let net, server, relay;
const browsers = [];

before(async () => {
  if (reason) return;
  net = Network.lay();
  execFileSync('ip', ['-n', net.name, 'addr', 'add', `${RELAY}/32`, 'dev', 'lo']);
  relay = await startRelay(net, RELAY, net.address);
  server = await Server.startIn(net, {
    ONEDOOR__MEDIA__ADVERTISED: net.address,
    ONEDOOR__TURN__URLS: Object.values(relay.urls).join(','),
    ONEDOOR__TURN__SECRET: SECRET,
  });
});

after(async () => {
  await Promise.allSettled(browsers.map((browser) => browser.close()));
  await relay?.stop();
  await server?.stop();
  await net?.clear();
});

/** Somebody opens the page in a place of the network and lets it test. Answers what it says, step by step. */
async function tested(n, name, { prepare = () => {}, shoot, viewport = SMALL, search = '' } = {}) {
  const place = await net.place(n);
  const browser = await startChromium({ place, secure: server.url });
  browsers.push(browser);
  const person = await Person.arrive(browser, name, viewport);
  await person.page.goto(`${server.url}/check${search}`);
  await person.waitFor('check-start');
  await person.page.locator('.mirror video').waitFor({ state: 'visible' });
  if (shoot) await person.shoot(`${shoot}-1-devices`);
  await prepare(place, person);
  await person.tap('check-start');
  await person.waitFor('check-steps');
  if (shoot) await person.shoot(`${shoot}-2-running`);
  await person.waitFor('check-result', 60_000);
  if (shoot) await person.shoot(`${shoot}-3-result`);
  const marks = await person.page.locator('[data-step]').evaluateAll((all) => Object.fromEntries(all.map((one) => [one.dataset.step, one.dataset.mark])));
  const result = await person.see('check-result').getAttribute('data-result');
  const words = await person.see('check-result').innerText();
  const wide = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, 'no sideways scroll');
  await browser.close();
  return { result, marks, words };
}

test('an open network: every way carries', skip, async (t) => {
  const { result, marks, words } = await tested(1, 'open', { shoot: 'check' });
  t.diagnostic(JSON.stringify({ result, marks, words }));
  assert.deepEqual(marks, { server: 'well', wire: 'well', udp: 'well', tcp: 'well', relay: 'well' });
  assert.ok(['good', 'fair'].includes(result), result);
  assert.match(words, /上行 [\d.]+/);
});

test('no UDP to the media server: the second way is found, and the words say what to do', skip, async (t) => {
  const { result, marks, words } = await tested(2, 'office', { prepare: (place) => place.filter('-p', 'udp', '-d', net.address, '-j', 'DROP') });
  t.diagnostic(JSON.stringify({ result, marks }));
  assert.deepEqual(marks, { server: 'well', wire: 'well', udp: 'blocked', tcp: 'well', relay: 'well' });
  assert.equal(result, 'fair');
  assert.match(words, /Wi-Fi/);
});

test('the line is gone: said plainly, in English and large type too', skip, async () => {
  const { result, marks } = await tested(3, 'nowhere', {
    search: '?lang=en', shoot: 'check-offline',
    prepare: async (place, person) => { await person.tap('elder-mode'); place.cut(); },
  });
  assert.equal(result, 'offline');
  assert.equal(marks.server, 'blocked');
});

/** What `onedoor doctor` beside the running server says of the relay's ways, by way. */
function doctor(secret) {
  const [program, words] = net.inside(server.binary, 'doctor', '--json');
  const env = {
    ...process.env, ...server.settings, ONEDOOR__TURN__SECRET: secret, ONEDOOR__DATA_DIR: `${server.data}/doctor`, SSL_CERT_FILE: relay.certificate,
    ONEDOOR__HTTP__LISTEN: `${net.address}:7880`, ONEDOOR__HTTP__PUBLIC_URL: server.url,
  };
  const { stdout } = spawnSync(program, words, { env, encoding: 'utf8', timeout: 60_000 });
  const { running, findings } = JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')));
  assert.equal(running, true);
  return Object.fromEntries(Object.entries(relay.urls).map(([way, url]) => [way, findings.find((one) => one.what.includes(url))]));
}

test('doctor opens a path through a live relay over UDP, TCP and TLS, and says when the secrets differ', skip, () => {
  for (const [way, finding] of Object.entries(doctor(SECRET))) assert.equal(finding?.fault, undefined, `${way}: ${JSON.stringify(finding)}`);
  for (const finding of Object.values(doctor('another-secret-of-the-same-length'))) {
    assert.match(finding.fault, /refuses our credential/);
    assert.match(finding.mend, /static-auth-secret/);
  }
});
