import { describe, expect, it } from 'vitest';
import { readingTime } from './subtitles';

describe('a caption stays as long as it takes to read', () => {
  it('a short one for at least four seconds', () => expect(readingTime('好')).toBe(4_200));
  it('a long one never longer than fifteen', () => expect(readingTime('墙'.repeat(500))).toBe(15_000));
});
