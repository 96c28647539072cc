//! Events are taken whole, comments and halves are not.
import { describe, expect, it } from 'vitest';
import { events } from './stream';

describe('events', () => {
  it('are taken when they are complete', () => {
    expect(events('data: {"a":1}\n\n: \n\ndata: {"b"')).toEqual({ data: ['{"a":1}'], rest: 'data: {"b"' });
    expect(events(':\n\n')).toEqual({ data: [], rest: '' });
    expect(events('data: 1\ndata: 2\n\n')).toEqual({ data: ['1\n2'], rest: '' });
  });
});
