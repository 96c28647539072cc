//! The clock of a visit warns two minutes before the end, and counts the last minute.
import { describe, expect, it } from 'vitest';
import { left } from './minutes-left';

const until = '2026-11-23T10:10:00Z';
const at = (time: string) => left(until, Date.parse(`2026-11-23T${time}Z`));

describe('what is left of a visit', () => {
  it('is counted down, warned of, and then the last minute', () => {
    expect(at('10:00:00')).toEqual({ text: '10:00', tone: 'calm' });
    expect(at('10:08:00')).toEqual({ text: '2:00', tone: 'soon' });
    expect(at('10:10:00')).toEqual({ text: '1:00', tone: 'over' });
    expect(at('10:12:00')).toEqual({ text: '0:00', tone: 'over' });
  });
});
