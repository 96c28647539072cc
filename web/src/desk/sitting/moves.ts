//! What a drag or a key in the corridor means: from a seat and a lane to one command of the live wire.
//!
//! Pure, so that the pointer, the keyboard menu and the shortcut cannot disagree.

import type { AreaView, Command, Corridor, SeatRole, SeatView } from '@/shared/api/contract';

/** Where a chip can be put down: an area that is there, or a caucus yet to be opened. */
export type Target = string;
/** The lane “单独谈话 · 拖到这里”. */
export const NEW_CAUCUS: Target = 'new-caucus';

/** The corridor in the order it is read: together, private talks, consultations, waiting. */
export interface Lanes {
  joint: AreaView | null;
  privates: AreaView[];
  lobby: AreaView | null;
}

export function lanesOf(corridor: Corridor | null): Lanes {
  const areas = corridor?.areas ?? [];
  return {
    joint: areas.find((area) => area.kind === 'joint') ?? null,
    privates: areas.filter((area) => (area.kind === 'caucus' || area.kind === 'consult') && area.seats.length > 0),
    lobby: areas.find((area) => area.kind === 'lobby') ?? null,
  };
}

/** The command that carries a seat to a target; `null` when it is already there or may not go. */
export function moveCommand(seat: SeatView, target: Target, me: string): Command | null {
  if (seat.area === target) return null;
  if (target === NEW_CAUCUS) return seat.id === me ? null : { type: 'open_caucus', seats: [seat.id] };
  if (target === 'lobby') return seat.id === me ? null : { type: 'send_back', seat: seat.id };
  if (target === 'joint' && seat.area === 'lobby' && seat.id !== me) return { type: 'admit', seat: seat.id };
  return { type: 'move', seat: seat.id, area: target };
}

/** Every place a seat can go from where it is, for the keyboard menu. */
export function targetsFor(seat: SeatView, lanes: Lanes, me: string): Target[] {
  const all = ['joint', ...lanes.privates.map((area) => area.id), NEW_CAUCUS, 'lobby'];
  return all.filter((target) => moveCommand(seat, target, me) !== null);
}

const HOSTS: ReadonlySet<SeatRole> = new Set(['mediator', 'co_mediator']);
export const isHost = (seat: SeatView): boolean => HOSTS.has(seat.role);

const ORDER: Partial<Record<SeatRole, number>> = { applicant: 1, respondent: 2, third_party: 3 };
/** The order one looks for: the host, the parties, then everyone else. */
export const rankOf = (seat: { role: SeatRole }): number => (HOSTS.has(seat.role) ? 0 : (ORDER[seat.role] ?? 4));

/** Who waits and is really there: these ring. The host's own seat never does. */
export function waitingSeats(corridor: Corridor | null, me: string): SeatView[] {
  const lobby = lanesOf(corridor).lobby;
  return (lobby?.seats ?? []).filter((seat) => seat.online && seat.id !== me && !isHost(seat));
}

/** Who came to the door since the last look. */
export function arrivals(before: readonly SeatView[], now: readonly SeatView[]): SeatView[] {
  const known = new Set(before.map((seat) => seat.id));
  return now.filter((seat) => !known.has(seat.id));
}

export function distressedSeats(corridor: Corridor | null): SeatView[] {
  return (corridor?.areas ?? []).flatMap((area) => area.seats).filter((seat) => seat.distress);
}
