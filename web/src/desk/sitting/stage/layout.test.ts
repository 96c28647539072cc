import { describe, expect, it } from 'vitest';
import type { SeatRole, SeatView, Side } from '@/shared/api/contract';
import { columnsFor, stageLayout } from './layout';

const seat = (id: string, role: SeatRole, side: Side): SeatView => ({
  id, role, side, name: id, party_id: null, device_of: null, online: true, hand: false, area: 'joint', since: '2026-05-01T06:00:00Z', distress: false, note: null, hand_since: null, locked: false, private: null, recording: null,
});
const lin = seat('lin', 'mediator', 'neutral');
const zhao = seat('zhao', 'applicant', 'applicant');
const qian = seat('qian', 'respondent', 'respondent');
const lawyer = seat('lawyer', 'lawyer', 'neutral');
const ids = (seats: SeatView[]): string[] => seats.map((each) => each.id);

describe('the stage', () => {
  it('shows the parties large, applicant first, and the mediator small', () => {
    const layout = stageLayout([qian, lin, lawyer, zhao], 'lin');
    expect(ids(layout.large)).toEqual(['zhao', 'qian']);
    expect(ids(layout.strip)).toEqual(['lin', 'lawyer']);
  });
  it('shows the others large when no party is here', () => {
    expect(ids(stageLayout([lin, lawyer], 'lin').large)).toEqual(['lawyer']);
  });
  it('keeps faces upright for many', () => {
    expect([1, 2, 3, 4, 6, 9, 12].map(columnsFor)).toEqual([1, 2, 3, 2, 3, 3, 4]);
  });
});
