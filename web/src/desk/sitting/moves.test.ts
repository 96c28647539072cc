import { describe, expect, it } from 'vitest';
import type { Corridor, SeatView } from '@/shared/api/contract';
import { arrivals, lanesOf, moveCommand, NEW_CAUCUS, targetsFor, waitingSeats } from './moves';

const seat = (id: string, area: string, extra: Partial<SeatView> = {}): SeatView => ({
  id, area, role: 'applicant', side: 'applicant', name: id, party_id: null, device_of: null, online: true, hand: false,
  since: '2026-05-01T06:00:00Z', distress: false, note: null, hand_since: null, locked: false, private: null, recording: null, ...extra,
});
const lin = seat('lin', 'joint', { role: 'mediator', side: 'neutral' });
const zhao = seat('zhao', 'joint');
const qian = seat('qian', 'lobby', { role: 'respondent', side: 'respondent' });
const since = '2026-05-01T06:00:00Z';
const corridor: Corridor = {
  areas: [
    { id: 'lobby', kind: 'lobby', seats: [qian, seat('absent', 'lobby', { online: false })], since, floor: null, locked: false },
    { id: 'joint', kind: 'joint', seats: [lin, zhao], since, floor: null, locked: false },
    { id: 'caucus-1', kind: 'caucus', seats: [], since, floor: null, locked: false },
  ],
  opening: { required: false, done: [], conflict: null, unchecked: [], complete: true }, calls: [], screens: [], kept_apart: false, safety_reports: [], chair: 'lin', greeted: null,
};

describe('a chip put down in a lane', () => {
  it('admits who waits', () => {
    expect(moveCommand(qian, 'joint', 'lin')).toEqual({ type: 'admit', seat: 'qian' });
  });
  it('opens a private talk with one party', () => {
    expect(moveCommand(zhao, NEW_CAUCUS, 'lin')).toEqual({ type: 'open_caucus', seats: ['zhao'] });
  });
  it('sends back to the waiting room', () => {
    expect(moveCommand(zhao, 'lobby', 'lin')).toEqual({ type: 'send_back', seat: 'zhao' });
  });
  it('moves between rooms that are there', () => {
    expect(moveCommand(seat('zhao', 'caucus-1'), 'joint', 'lin')).toEqual({ type: 'move', seat: 'zhao', area: 'joint' });
  });
  it('does nothing where the seat already is', () => {
    expect(moveCommand(zhao, 'joint', 'lin')).toBeNull();
  });
  it('never puts the host before the door or alone in a private talk', () => {
    expect(targetsFor(lin, lanesOf(corridor), 'lin')).toEqual([]);
  });
});

describe('the corridor', () => {
  it('hides private rooms nobody is in', () => {
    expect(lanesOf(corridor).privates).toEqual([]);
  });
  it('rings only for who is really there', () => {
    expect(waitingSeats(corridor, 'lin').map((s) => s.id)).toEqual(['qian']);
  });
  it('knows who has just come', () => {
    expect(arrivals([zhao], [zhao, qian]).map((s) => s.id)).toEqual(['qian']);
  });
  it('offers the keyboard what the pointer can do', () => {
    expect(targetsFor(zhao, lanesOf(corridor), 'lin')).toEqual([NEW_CAUCUS, 'lobby']);
    expect(targetsFor(qian, lanesOf(corridor), 'lin')).toEqual(['joint', NEW_CAUCUS]);
  });
});
