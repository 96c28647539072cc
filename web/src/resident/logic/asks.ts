//! What is asked of me now, the most pressing first. Pure: from my view to one question, or none.
import type { Mine } from '@/shared/api/contract';

export type Ask =
  | { kind: 'speak' } | { kind: 'document' } | { kind: 'device'; code: string } | { kind: 'invite' } | { kind: 'safety'; key: string }
  | { kind: 'guest'; guest: Mine['guests'][number] }
  | { kind: 'offer'; offer: Mine['offers'][number] }
  | { kind: 'told'; text: string; key: string }
  | { kind: 'announce'; text: string; key: string }
  | { kind: 'conflict'; text: string | null; key: string };

/** What can be put away by “I see”, told apart from what comes later. */
export const keyOf = (ask: Ask): string | null => {
  if (ask.kind === 'told' || ask.kind === 'announce' || ask.kind === 'conflict' || ask.kind === 'safety') return ask.key;
  if (ask.kind === 'offer' && answered(ask.offer)) return `offer-${ask.offer.id}-${String(ask.offer.bids !== null || ask.offer.accepted !== null)}`;
  return null;
};

const answered = (offer: Mine['offers'][number]): boolean => offer.mine !== null || offer.withdrawn;

export function nextAsk(mine: Mine | null | undefined, seen: ReadonlySet<string>): Ask | null {
  if (!mine) return null;
  const asks: Ask[] = [
    ...(mine.device_asks !== null ? [{ kind: 'device' as const, code: mine.device_asks }] : []),
    ...(mine.asked_to_speak && !mine.silenced ? [{ kind: 'speak' as const }] : []),
    ...(mine.document_asked ? [{ kind: 'document' as const }] : []),
    ...(mine.invited ? [{ kind: 'invite' as const }] : []),
    ...(mine.safety_question ? [{ kind: 'safety' as const, key: 'safety' }] : []),
    ...mine.guests.map((guest) => ({ kind: 'guest' as const, guest })),
    ...mine.offers.filter((offer) => offer.asked && !offer.withdrawn).map((offer) => ({ kind: 'offer' as const, offer })),
    ...mine.confidences.filter((one) => one.of === null).map((one) => ({ kind: 'told' as const, text: one.text, key: `told-${one.id}` })),
    ...(mine.announcement ? [{ kind: 'announce' as const, text: mine.announcement.text, key: `announce-${mine.announcement.at}` }] : []),
    ...(mine.conflict ? [{ kind: 'conflict' as const, text: mine.conflict.disclosed, key: `conflict-${mine.conflict.at}` }] : []),
  ];
  return asks.find((ask) => { const key = keyOf(ask); return key === null || !seen.has(key); }) ?? null;
}
