//! The palette keeps its promise: every text pair reaches WCAG AA, and 7:1 in elder mode; controls reach 3:1.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function palette(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((found) => [found[1], found[2]]));
}

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (channels[0] ?? 0) + 0.7152 * (channels[1] ?? 0) + 0.0722 * (channels[2] ?? 0);
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const standard = palette(':root');
const elder = { ...standard, ...palette("[data-mode='elder']") };
const TEXT_PAIRS = [
  ['ink', 'paper'], ['ink', 'card'], ['ink-muted', 'paper'], ['ink-muted', 'card'],
  ['joint', 'paper'], ['joint', 'card'], ['joint', 'joint-wash'], ['on-colour', 'joint'],
  ['private', 'paper'], ['private', 'card'], ['private', 'private-wash'], ['on-colour', 'private'],
  ['waiting', 'paper'], ['waiting', 'card'], ['waiting', 'waiting-wash'], ['on-colour', 'waiting'],
  ['cinnabar', 'card'], ['cinnabar', 'cinnabar-wash'], ['on-colour', 'cinnabar'], ['on-colour', 'stage'],
] as const;

describe('the palette', () => {
  for (const [mode, colours, least] of [['standard', standard, 4.5], ['elder', elder, 7]] as const) {
    for (const [text, ground] of TEXT_PAIRS) {
      it(`${mode}: ${text} on ${ground} is at least ${least}:1`, () => {
        expect(contrast(colours[text] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(least);
      });
    }
    it(`${mode}: control borders are at least 3:1`, () => {
      expect(contrast(colours['line-strong'] ?? '', colours['paper'] ?? '')).toBeGreaterThanOrEqual(3);
      expect(contrast(colours['line-strong'] ?? '', colours['card'] ?? '')).toBeGreaterThanOrEqual(3);
    });
  }
});
