//! Who is large on the stage and who is small. Pure.
import type { SeatRole, SeatView } from '@/shared/api/contract';

export interface StageLayout { large: SeatView[]; strip: SeatView[]; columns: number }

const PARTIES: ReadonlySet<SeatRole> = new Set(['applicant', 'respondent', 'third_party', 'agent', 'guardian']);

/**
 * The parties and those who speak for them are large, so that the mediator watches their faces; everyone else and the
 * mediator's own picture are in the strip. Without parties the others are large. Applicants stand left of respondents.
 */
export function stageLayout(seats: readonly SeatView[], me: string): StageLayout {
  const others = seats.filter((seat) => seat.id !== me);
  const mine = seats.filter((seat) => seat.id === me);
  const parties = others.filter((seat) => PARTIES.has(seat.role));
  const large = [...(parties.length > 0 ? parties : others)].sort((a, b) => side(a) - side(b));
  const strip = [...mine, ...others.filter((seat) => !large.includes(seat))];
  return { large, strip, columns: columnsFor(large.length) };
}

const side = (seat: SeatView): number => ({ applicant: 0, third_party: 1, neutral: 2, respondent: 3 })[seat.side];

/** Columns that keep faces upright and near square on a wide stage. */
export function columnsFor(faces: number): number {
  if (faces <= 3) return Math.max(1, faces);
  if (faces === 4) return 2;
  return faces <= 9 ? 3 : 4;
}
