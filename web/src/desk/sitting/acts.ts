//! What the mediator does in the corridor, with the refusal shown when the sitting says no. `moving` names the seats under
//! way, so that a chip can show it until the next view comes.
import { reactive } from 'vue';
import type { Command, SeatView } from '@/shared/api/contract';
import { useProblems } from '../problems';
import { moveCommand, NEW_CAUCUS, type Target } from './moves';
import type { Sitting } from './sitting';

const moving = reactive(new Set<string>());

export interface Acts {
  moving: ReadonlySet<string>;
  /** Sends a command; false when it was refused (the refusal is shown). */
  send(command: Command): Promise<boolean>;
  move(seat: SeatView, target: Target): Promise<boolean>;
  caucus(seat: SeatView): Promise<boolean>;
  /** Brings everyone of the private area I am in back together. */
  closePrivate(): Promise<boolean>;
}

export function useActs(sitting: Sitting): Acts {
  const say = useProblems();
  const send = async (command: Command): Promise<boolean> => {
    try {
      await sitting.command(command);
      return true;
    } catch (error) {
      say.toast(error);
      return false;
    }
  };
  const move = async (seat: SeatView, target: Target): Promise<boolean> => {
    const command = moveCommand(seat, target, sitting.me.value);
    if (command === null || moving.has(seat.id)) return false;
    moving.add(seat.id);
    try {
      return await send(command);
    } finally {
      moving.delete(seat.id);
    }
  };
  return {
    moving,
    send,
    move,
    caucus: (seat) => move(seat, NEW_CAUCUS),
    closePrivate: async () => {
      const view = sitting.view.value;
      return view?.private === true && send({ type: 'close_caucus', area: view.area.id });
    },
  };
}
