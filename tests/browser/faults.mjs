// The figures of bad networks, long: `node faults.mjs [rounds]` (root; 20 rounds take about ten minutes).
// ONEDOOR_WIRE_BIN names the example server. Prints one JSON object a story.
import { impossible } from './network.mjs';
import { Story, away, harsh, lossy, narrow } from './network.stories.mjs';

const rounds = Number(process.argv[2] ?? 20);
const seconds = Number(process.env.ONEDOOR_FAULT_SECONDS ?? 60);
const only = process.argv.slice(3);
const reason = impossible();
if (reason) throw new Error(reason);
const stories = {
  lossy: (story) => lossy(story, seconds), harsh: (story) => harsh(story, seconds), narrow: (story) => narrow(story, 20), away: (story) => away(story, rounds),
};
for (const [name, tell] of Object.entries(stories)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const story = await Story.begin();
  try {
    console.log(JSON.stringify({ [name]: await tell(story) }));
  } finally {
    await story.end();
  }
}
