// The PyPI client against the wire: with itself, with Chromium, and LiveKit's server library against the room service.
import { spawn, spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSeat, startChromium, startServer, startSite, until } from './wire.bench.mjs';

const scripts = fileURLToPath(new URL('../python/', import.meta.url));
const cleanup = [];
after(() => Promise.all(cleanup.map((end) => end())));

function python() {
  const path = process.env.ONEDOOR_TEST_PYTHON;
  assert.ok(path, 'ONEDOOR_TEST_PYTHON must name a Python with tests/python/requirements.txt installed');
  return path;
}

/** With the client of before the newer wire put first: it speaks `/rtc`. */
const older = () => ({ ...process.env, PYTHONPATH: join(dirname(python()), '../older') });

function runs(script, t, env = process.env) {
  const run = spawnSync(python(), [scripts + script], { encoding: 'utf8', timeout: 150_000, env });
  assert.equal(run.status, 0, run.stderr.slice(-3000));
  t.diagnostic(run.stdout.trim().split('\n').at(-1));
}

/** A Python participant that tells what it sees, hears and reads. */
function startGuest(url, token, codec, env) {
  const child = spawn(python(), [`${scripts}guest.py`, url, token, codec], { stdio: ['pipe', 'pipe', 'ignore'], env });
  const guest = { seen: {}, answers: [], tell: (order) => child.stdin.write(`${JSON.stringify(order)}\n`) };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line);
    if (said.answer) guest.answers.push(said.answer);
    else guest.seen = said;
  });
  guest.stop = () => new Promise((done) => child.on('exit', done).stdin.end() || setTimeout(() => child.kill('SIGKILL'), 5000).unref());
  return guest;
}

test('PyPI livekit with itself: pictures, sound, data, streams, calls, resume, a governed room', (t) => runs('wire.py', t));

test('PyPI livekit 1.0, on the older wire, with itself', (t) => runs('wire_older.py', t, older()));

test('PyPI livekit-api: every method of the room service, noticed by the client in the room', (t) => runs('admin.py', t));

async function meetsChromium(t, codecs, env) {
  const [server, site, browser] = await Promise.all([startServer(), startSite(), startChromium()]);
  cleanup.push(() => browser.close(), () => site.stop(), () => server.stop());
  const seat = await openSeat(browser, site, 'mediator');
  const token = (identity) => server.call('GET', `/token?room=mixed&identity=${identity}`);
  await seat.call('join', server.url, await token('mediator'), true);
  const said = (event) => seat.call('timeline').then((all) => all.filter((one) => one.event === event));
  for (const codec of codecs) {
    const guest = startGuest(server.url, await token('guest'), codec, env);
    const since = await seat.call('now');
    const first = await seat.call('firstFrame', 'guest', since);
    const frames = await seat.call('frames', 'guest');
    await until(`${codec}: the guest moves`, async () => (await seat.call('frames', 'guest')) > frames + 10);
    const picture = await seat.call('picture', 'guest');
    assert.ok(picture.mean > 10 && picture.spread > 5, `${codec}: not flat: ${JSON.stringify(picture)}`);
    assert.ok((await seat.call('loudness', 'guest', 0.05)) > 0.05, `${codec}: above silence`);
    await until(`${codec}: the guest sees`, () => guest.seen.frames?.mediator > 20 && guest.seen.spread.mediator > 5);
    await until(`${codec}: the guest hears`, () => guest.seen.loudness.mediator > 0.02);
    guest.tell({ say: `请看第三条 ${codec}` });
    await until('Chromium reads', async () => (await said('Data')).some((one) => one.text === `请看第三条 ${codec}` && one.who === 'guest'));
    await seat.call('say', '好的', ['guest']);
    await until('Python reads', () => guest.seen.data.some(([who, text]) => who === 'mediator' && text === '好的'));
    assert.equal(await seat.call('ask', 'guest', '同意吗'), 'mediator: 同意吗');
    guest.tell({ ask: 'mediator', payload: '同意吗' });
    await until('an answer', () => guest.answers.includes('guest: 同意吗'));
    t.diagnostic(`${codec}: start of Python → its first frame in Chromium: ${first.toFixed(0)} ms`);
    await guest.stop();
    await until('gone', async () => !(await seat.call('people')).includes('guest'));
  }
}

test('PyPI livekit and Chromium see, hear, write to and call each other', (t) =>
  meetsChromium(t, (process.env.ONEDOOR_GUEST_CODECS ?? 'vp8,h264,vp9,av1').split(','), process.env));

test('PyPI livekit 1.0 on the older wire and Chromium on the newer do so as well', (t) => meetsChromium(t, ['vp8'], older()));
