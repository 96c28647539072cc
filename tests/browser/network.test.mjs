// Bad networks as people meet them, short: the figures of long runs come from `node faults.mjs`.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { impossible } from './network.mjs';
import { Story, away, harsh } from './network.stories.mjs';

const reason = impossible();
const skip = reason ? { skip: reason } : {};
let story;

before(async () => { if (!reason) story = await Story.begin(); });
after(() => story?.end());

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
