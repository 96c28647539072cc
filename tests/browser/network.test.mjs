// Bad networks as people meet them, short: the figures of long runs come from `node faults.mjs`.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { impossible } from './network.mjs';
import { Story, away, harsh, lossy, narrow } from './network.stories.mjs';

const reason = impossible();
const skip = reason ? { skip: reason } : {};
let story;

before(async () => { if (!reason) story = await Story.begin(); });
after(() => story?.end());

test('20 % lost and 80 ms of jitter: what is heard is what was said', skip, async (t) => {
  const { control, found } = await lossy(story, 15);
  t.diagnostic(JSON.stringify({ control, found }));
  assert.ok(found['lin → zhao'].packets > 300 && found['lin → zhao'].lost > 50, 'the wire is bad indeed');
  // Both ways by copies of each packet (RFC 2198): the publisher brings one, filled in by the server; a subscriber gets
  // what its own losses ask.
  assert.ok(found['lin → zhao'].concealed <= 10, `down: ${found['lin → zhao'].concealed} % of the sound was invented`);
  assert.ok(found['zhao → lin'].concealed <= 10, `up: ${found['zhao → lin'].concealed} % of the sound was invented`);
});

test('400 kbit/s: the voice stays, the picture gives way', skip, async (t) => {
  const figures = await narrow(story, 10, 60_000);
  t.diagnostic(JSON.stringify(figures));
  assert.ok(figures.found['lin → zhao'].concealed <= 10, `${figures.found['lin → zhao'].concealed} % of the sound was invented`);
  assert.ok(figures.tight < figures.wide, 'the picture became smaller');
  // How soon is a figure of `faults.mjs`: a loaded machine sees it later.
  assert.ok(figures.back !== null, `never large again: ${JSON.stringify(figures.heights)}`);
});

test('30 % of all packets lost: nobody is dropped, and people still hear each other', skip, async (t) => {
  const { found, dropped } = await harsh(story, 20);
  t.diagnostic(JSON.stringify(found));
  assert.deepEqual(dropped, []);
  for (const [way, figures] of Object.entries(found)) {
    assert.ok(figures.packets > 300, `${way}: ${figures.packets} packets of sound in 20 s`);
    assert.ok(figures.concealed < 60, `${way}: ${figures.concealed} % of the sound was invented`);
  }
});

test('the link is down for ten seconds, then there is another network: media comes back by itself', skip, async (t) => {
  const { times, events } = await away(story, 1);
  t.diagnostic(`link → media, ms [others see her, she sees others]: ${JSON.stringify(times)}`);
  assert.ok(!events.includes('Disconnected'), `the page gave up: ${events}`);
});
