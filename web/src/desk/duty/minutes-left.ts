//! The ten minutes: what is left of them, and how pressing that is. Pure; `now` is handed in.

/** After `until` there is a minute to finish the sentence; then the visit ends by itself. */
export const LAST_WORD_MS = 60_000;
const WARNING_MS = 120_000;

export interface Left {
  /** `7:04`; past the end, what is left of the last minute. */
  text: string;
  tone: 'calm' | 'soon' | 'over';
}

export function left(until: string, now: number): Left {
  const ms = Date.parse(until) - now;
  const shown = Math.max(0, Math.ceil((ms > 0 ? ms : ms + LAST_WORD_MS) / 1000));
  const text = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, '0')}`;
  return { text, tone: ms <= 0 ? 'over' : ms <= WARNING_MS ? 'soon' : 'calm' };
}
