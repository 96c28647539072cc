import { describe, expect, it } from 'vitest';
import { daysLeft, elapsed, minutesSince, nearness } from './clock';

const now = new Date(2026, 4, 6, 14, 30, 0).getTime();
const at = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();

describe('times on the screen', () => {
  it('counts up, and past the hour', () => {
    expect(elapsed(new Date(now - 1_930_000).toISOString(), now)).toBe('32:10');
    expect(elapsed(new Date(now - 3_729_000).toISOString(), now)).toBe('1:02:09');
  });
  it('does not run backwards when the desk clock is behind', () => {
    expect(elapsed(at(2), now)).toBe('00:00');
    expect(minutesSince(at(2), now)).toBe(0);
  });
  it('is relative near now and absolute otherwise', () => {
    expect(nearness(at(0), now)).toEqual({ kind: 'now' });
    expect(nearness(at(8), now)).toEqual({ kind: 'in_minutes', n: 8 });
    expect(nearness(at(-20), now)).toEqual({ kind: 'minutes_ago', n: 20 });
    expect(nearness(at(120), now)).toEqual({ kind: 'today' });
    expect(nearness(at(24 * 60), now)).toEqual({ kind: 'tomorrow' });
    expect(nearness(at(-3 * 24 * 60), now)).toEqual({ kind: 'date' });
  });
  it('counts days to a deadline by the calendar', () => {
    expect(daysLeft(at(11 * 60), now)).toBe(1);
    expect(daysLeft(at(-24 * 60), now)).toBe(-1);
    expect(daysLeft(null, now)).toBeNull();
  });
});
