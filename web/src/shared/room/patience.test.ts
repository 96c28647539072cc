import { expect, test } from 'vitest';
import { patience } from './patience';

test('tries come soon, then every second, and end', () => {
  const delay = (retryCount: number, elapsedMs = 0) => patience.nextRetryDelayInMs({ retryCount, elapsedMs });
  expect(delay(0)).toBe(0);
  expect(delay(1)).toBeLessThanOrEqual(300);
  for (let n = 4; n < 100; n += 1) {
    expect(delay(n)).toBeGreaterThanOrEqual(800);
    expect(delay(n)).toBeLessThanOrEqual(1200);
  }
  expect(delay(100, 120_001)).toBeNull();
});
