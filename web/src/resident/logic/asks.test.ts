import { describe, expect, it } from 'vitest';
import type { Mine } from '@/shared/api/contract';
import { keyOf, nextAsk } from './asks';

const mine = (extra: Partial<Mine>): Mine => ({
  silenced: false, asked_to_speak: false, greeted: false, device_asks: null, document_asked: false, invited: false, knocking: false, safety_question: false, guests: [], confidences: [], offers: [], announcement: null,
  conflict: null, wants_another: false, next_at: null, until: null, represented_by: [], ...extra,
});
const offer = (extra: Partial<Mine['offers'][number]>): Mine['offers'][number] => ({
  id: 1, kind: 'bids', text: '修墙款', mine: null, asked: true, answered: null, withdrawn: false, bids: null, accepted: null, ...extra,
});

describe('what is asked of me', () => {
  it('is one thing at a time, the most pressing first', () => {
    const guest = { seat: 's', role: 'counsellor' as const, name: '方心怡' };
    const all = mine({ asked_to_speak: true, invited: true, guests: [guest], offers: [offer({})] });
    expect(nextAsk(all, new Set())?.kind).toBe('speak');
    expect(nextAsk({ ...all, asked_to_speak: false }, new Set())?.kind).toBe('invite');
    expect(nextAsk({ ...all, asked_to_speak: false, invited: false }, new Set())).toEqual({ kind: 'guest', guest });
  });

  it('does not ask to speak whom it keeps silent', () => expect(nextAsk(mine({ asked_to_speak: true, silenced: true }), new Set())).toBeNull());

  it('a sealed answer can be put away, and comes back when all are in', () => {
    const sealed = nextAsk(mine({ offers: [offer({ mine: 180_000 })] }), new Set());
    const seen = new Set([sealed === null ? '' : keyOf(sealed) ?? '']);
    expect(nextAsk(mine({ offers: [offer({ mine: 180_000 })] }), seen)).toBeNull();
    expect(nextAsk(mine({ offers: [offer({ mine: 180_000, bids: [] })] }), seen)?.kind).toBe('offer');
  });

  it('an unanswered one cannot be put away', () => expect(keyOf({ kind: 'offer', offer: offer({}) })).toBeNull());
});
