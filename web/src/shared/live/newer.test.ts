import { describe, expect, it } from 'vitest';
import type { Agreement } from '../api/contract';
import { notOlder } from './newer';

const agreement = (version: number, state: Agreement['state'], signatures = 0): Agreement => ({
  id: 'a', version, state, clauses: [],
  required: [0, 1, 2].map((n) => ({ seat_id: `${n}`, party_id: null, name: `${n}`, role: 'applicant', signed_at: n < signatures ? '2026-11-23T10:00:00Z' : null, signed_by: null })),
} as unknown as Agreement);

describe('which agreement is the later one', () => {
  it('a late answer does not cover the seal', () => {
    expect(notOlder(agreement(3, 'sealing', 3), agreement(3, 'effective', 3))).toBe(false);
    expect(notOlder(agreement(3, 'effective', 3), agreement(3, 'sealing', 3))).toBe(true);
  });
  it('nor a signature given since', () => expect(notOlder(agreement(3, 'signing', 1), agreement(3, 'signing', 2))).toBe(false));
  it('taking the text back is a new version and goes through', () => expect(notOlder(agreement(4, 'drafting'), agreement(3, 'signing', 2))).toBe(true));
  it('the first one, and the same one again, are taken', () => {
    expect(notOlder(agreement(1, 'drafting'), null)).toBe(true);
    expect(notOlder(agreement(1, 'drafting'), agreement(1, 'drafting'))).toBe(true);
  });
});
