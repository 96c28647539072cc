//! For tests: the stable codes of refusals, problems and goodbyes, read from the Rust sources.
//!
//! A code is a snake_case literal given to (1) a function with a parameter `code` of text (`Refusal::conflict("…")`,
//! `demand(holds, "…")`, `bye("…")`), (2) a pair with a status or a kind (`(StatusCode::X, "…")`), (3) `return Err("…")`, or
//! (4) a variable named `code` (`let code = if … { "…" } else { "…" }`).
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../../../../', import.meta.url).pathname;
const CRATES = ['server/app', 'server/domain', 'server/store', 'server/documents', 'signaling/session'];
const LITERAL = /"([a-z][a-z0-9]*(?:_[a-z0-9]+)*)"/g;

function rustFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'tests' || entry.name === 'demo' ? [] : rustFiles(path);
    return entry.name.endsWith('.rs') && entry.name !== 'tests.rs' ? [path] : [];
  });
}

/** Without comments and without the unit tests at the end of the file. */
function spoken(source: string): string {
  return (source.split(/^#\[cfg\(test\)\]\s*mod \w+ \{/m)[0] ?? '').replaceAll(/^\s*\/\/.*$/gm, '');
}

/** The text between an opening bracket (just before `from`) and its partner. */
function inside(source: string, from: number): string {
  let depth = 1;
  let at = from;
  for (; at < source.length && depth > 0; at += 1) {
    if ('([{'.includes(source[at] ?? '')) depth += 1;
    if (')]}'.includes(source[at] ?? '')) depth -= 1;
  }
  return source.slice(from, at - 1);
}

/** Each code, and one file that says it. */
export function serverCodes(): Map<string, string> {
  const files = CRATES.flatMap((crate) => rustFiles(join(ROOT, crate, 'src'))).map((path) => ({ path: path.slice(ROOT.length), source: spoken(readFileSync(path, 'utf8')) }));
  const takers = new Set<string>();
  for (const { source } of files) for (const found of source.matchAll(/\bfn (\w+)(?:<[^>]*>)?\([^)]*\bcode: &(?:'static )?str\b[^)]*\) -> [^{;]*|\bfn (\w+)\([^)]*\bcode: &(?:'static )?str\b[^)]*\)/g)) takers.add(found[1] ?? found[2] ?? '');
  takers.delete('new'); // its calls carry a status or a kind
  const codes = new Map<string, string>();
  for (const { path, source } of files) {
    const say = (text: string) => { for (const literal of text.matchAll(LITERAL)) if (!codes.has(literal[1] ?? '')) codes.set(literal[1] ?? '', path); };
    for (const call of source.matchAll(/\b(\w+)\(/g)) if (takers.has(call[1] ?? '')) say(inside(source, call.index + call[0].length));
    for (const pair of source.matchAll(/\b(?:StatusCode|RefusalKind)::\w+,\s*("\w+")/g)) say(pair[1] ?? '');
    for (const answer of source.matchAll(/\breturn Err\(("\w+")\)/g)) say(answer[1] ?? '');
    for (const named of source.matchAll(/\blet code = ([^;]*);/g)) say(named[1] ?? '');
  }
  return codes;
}
