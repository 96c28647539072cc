//! Dragging a chip by pointer events (mouse, pen and touch alike): after six pixels a ghost follows, the lane under it is
//! named by `data-target`, letting go there is the drop, Escape takes it back.
import { onUnmounted, reactive } from 'vue';
import type { SeatView } from '@/shared/api/contract';
import type { Target } from '../moves';

export interface Drag { seat: SeatView | null; x: number; y: number; over: Target | null }

const THRESHOLD_PX = 6;

export function useSeatDrag(drop: (seat: SeatView, target: Target) => void): { drag: Drag; start(event: PointerEvent, seat: SeatView): void } {
  const drag = reactive<Drag>({ seat: null, x: 0, y: 0, over: null });
  let from: { seat: SeatView; x: number; y: number; pointer: number } | null = null;

  const targetAt = (x: number, y: number): Target | null =>
    document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-target]')?.dataset['target'] ?? null;

  function move(event: PointerEvent): void {
    if (from === null || event.pointerId !== from.pointer) return;
    if (drag.seat === null && Math.hypot(event.clientX - from.x, event.clientY - from.y) < THRESHOLD_PX) return;
    event.preventDefault();
    Object.assign(drag, { seat: from.seat, x: event.clientX, y: event.clientY, over: targetAt(event.clientX, event.clientY) });
  }

  function up(event: PointerEvent): void {
    if (from === null || event.pointerId !== from.pointer) return;
    const { seat, over } = drag;
    stop();
    if (seat !== null && over !== null) drop(seat, over);
  }

  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') stop();
  };

  function stop(): void {
    from = null;
    Object.assign(drag, { seat: null, over: null });
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', up);
    window.removeEventListener('pointercancel', stop);
    window.removeEventListener('keydown', key);
    document.body.style.removeProperty('user-select');
  }

  function start(event: PointerEvent, seat: SeatView): void {
    if (event.button !== 0 || (event.target as HTMLElement).closest('[data-no-drag]')) return;
    stop();
    from = { seat, x: event.clientX, y: event.clientY, pointer: event.pointerId };
    document.body.style.userSelect = 'none';
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', stop);
    window.addEventListener('keydown', key);
  }

  onUnmounted(stop);
  return { drag, start };
}
