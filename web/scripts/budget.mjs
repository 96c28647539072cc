//! Weighs what a resident's phone must load, in gzip bytes of JavaScript, from Vite's manifest: the door page, and the
//! sitting (everything a phone has loaded once it is in the room). Fails when a budget of ux is broken.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = new URL('../dist/', import.meta.url).pathname;
/** @type {Record<string, {file: string, isEntry?: boolean, imports?: string[], dynamicImports?: string[], src?: string}>} */
const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest-resident.json'), 'utf8'));

/** All chunks a start chunk needs before it runs. @param {string} key @param {Set<string>} seen */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) closure(next, seen);
  return seen;
}

/** @param {Iterable<string>} keys */
function weigh(keys) {
  let sum = 0;
  for (const key of keys) {
    const file = manifest[key]?.file ?? '';
    if (file.endsWith('.js')) sum += gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length;
  }
  return sum;
}

/** @param {RegExp} pattern */
const chunks = (pattern) => Object.keys(manifest).filter((key) => pattern.test(key));
const door = closure('resident.html');
const sitting = new Set(door);
// Papers (clauses, minutes, signing, afterwards) load when they are opened; they are weighed apart, without a limit.
for (const key of chunks(/screens\/(?:Rights|Devices|Sitting)Screen\.vue$|room\/livekit\.ts$/)) for (const needed of closure(key)) sitting.add(needed);
const papers = new Set(sitting);
for (const key of chunks(/screens\/(?:Clauses|Minutes|Sign|After)Screen\.vue$/)) for (const needed of closure(key)) papers.add(needed);

const safari = new Set(sitting);
for (const key of chunks(/webrtc-adapter\//)) for (const needed of closure(key)) safari.add(needed);

const budgets = [
  { name: 'resident door', bytes: weigh(door), limit: 60 * 1024 },
  { name: 'resident sitting', bytes: weigh(sitting), limit: 200 * 1024 },
  { name: 'the same in Safari, with webrtc-adapter', bytes: weigh(safari), limit: 212 * 1024 },
];
let broken = false;
if (sitting.size <= door.size + 3) throw new Error('the sitting was not found in the manifest');
for (const { name, bytes, limit } of budgets) {
  const over = bytes > limit;
  broken ||= over;
  console.log(`${over ? 'OVER ' : 'ok   '} ${name}: ${(bytes / 1024).toFixed(1)} of ${limit / 1024} KB gzip JavaScript`);
}
for (const key of door) if (/vant|livekit|\/en\b/.test(key)) { broken = true; console.log(`OVER  the door loads ${key}`); }
console.log(`info  with all papers opened: ${(weigh(papers) / 1024).toFixed(1)} KB`);
process.exit(broken ? 1 : 0);
