// Four stacks in one room: Chromium, Firefox (livekit-client), PyPI livekit, and the `webrtc` crate. Each publishes a
// picture and sound, and each receives both from every other: sixteen pairs less the four with oneself. Browsers and
// Python decode; the `webrtc` crate has no decoder, so there whole VP8 pictures are counted by their descriptors.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openSeat, ownAddress, startChromium, startFirefox, startServer, startSite, until } from './wire.bench.mjs';

const script = fileURLToPath(new URL('../python/guest.py', import.meta.url));
const NAMES = ['chromium', 'firefox', 'guest', 'webrtc'];
let server, site, browsers, seats;
const children = [];

/** A program that prints what it has received, a JSON object a line. */
function start(program, ...words) {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const seat = { said: {} };
  createInterface({ input: child.stdout }).on('line', (line) => { seat.said = JSON.parse(line); });
  children.push(child);
  return seat;
}

before(async () => {
  const python = process.env.ONEDOOR_TEST_PYTHON;
  assert.ok(python, 'ONEDOOR_TEST_PYTHON must name a Python with tests/python/requirements.txt installed');
  // Firefox does not pair its own addresses with 127.0.0.1.
  const address = ownAddress();
  [server, site, browsers] = await Promise.all([startServer(address), startSite(), Promise.all([startChromium(), startFirefox()])]);
  const token = (identity) => server.call('GET', `/token?room=all&identity=${identity}`);
  const pages = await Promise.all(browsers.map((browser, n) => openSeat(browser, site, NAMES[n])));
  for (const page of pages) await page.call('join', server.url, await token(page.identity), true);
  const far = path.join(path.dirname(process.env.ONEDOOR_WIRE_BIN), 'guest');
  const [guest, crate] = [
    start(python, script, server.url, await token('guest'), 'vp8'),
    start(far, server.url, await token('webrtc'), `${address}:0`),
  ];
  seats = { chromium: ofPage(pages[0]), firefox: ofPage(pages[1]), guest: ofGuest(guest), webrtc: ofCrate(crate, pages[0]) };
});

after(async () => {
  for (const child of children) child.stdin.end();
  await Promise.allSettled((browsers ?? []).map((browser) => browser.close()));
  for (const child of children) if (child.exitCode === null) setTimeout(() => child.kill('SIGKILL'), 3_000).unref();
  site?.stop();
  await server?.stop();
});

/** How each kind of seat answers: pictures of `who` so far, and whether its sound is above silence. */
const ofPage = (page) => ({
  pictures: (who) => page.call('frames', who),
  hears: async (who) => (await page.call('loudness', who, 0.01)) > 0.01,
});
const ofGuest = (guest) => ({
  pictures: async (who) => guest.said.frames?.[who] ?? 0,
  hears: async (who) => until(`the guest hears ${who}`, () => guest.said.loudness?.[who] > 0.01),
});
/** The crate knows others by their sid, which a browser in the room can tell. */
const ofCrate = (crate, page) => {
  const of = async (who) => crate.said[await page.call('sidOf', who)] ?? { frames: 0, sound: 0 };
  return {
    pictures: async (who) => (await of(who)).frames,
    hears: async (who) => until(`the crate receives ${who}`, async () => (await of(who)).sound > 30),
  };
};

for (const viewer of NAMES) {
  test(`${viewer} sees and hears the three others`, async (t) => {
    const found = {};
    for (const subject of NAMES.filter((name) => name !== viewer)) {
      const before = await until(`${viewer}: a first picture of ${subject}`, () => seats[viewer].pictures(subject));
      await until(`${viewer}: ${subject} moves`, async () => (await seats[viewer].pictures(subject)) > before + 10);
      assert.ok(await seats[viewer].hears(subject), `${viewer} hears ${subject}`);
      found[subject] = await seats[viewer].pictures(subject);
    }
    t.diagnostic(JSON.stringify(found));
  });
}
