//! Times on the screen: elapsed, minutes alone, relative near now. Pure; `now` is handed in.

/** 32:10, or 1:02:09 past the hour. Never negative: a phone's or desk's clock may run behind the server's. */
export function elapsed(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** Whole minutes since a moment. */
export function minutesSince(since: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
}

/** How near a moment is, for words: within the hour in minutes, the same day by the clock, else by the date. */
export type Nearness =
  | { kind: 'now' }
  | { kind: 'in_minutes' | 'minutes_ago'; n: number }
  | { kind: 'today' | 'tomorrow' | 'yesterday' | 'date' };

export function nearness(moment: string, now: number): Nearness {
  const at = Date.parse(moment);
  const minutes = Math.round((at - now) / 60_000);
  if (Math.abs(minutes) < 1) return { kind: 'now' };
  if (minutes > 0 && minutes <= 60) return { kind: 'in_minutes', n: minutes };
  if (minutes < 0 && minutes >= -60) return { kind: 'minutes_ago', n: -minutes };
  const days = dayNumber(at) - dayNumber(now);
  if (days === 0) return { kind: 'today' };
  if (days === 1) return { kind: 'tomorrow' };
  if (days === -1) return { kind: 'yesterday' };
  return { kind: 'date' };
}

/** Days until a deadline: negative when it is past, `null` without one. */
export function daysLeft(due: string | null, now: number): number | null {
  return due === null ? null : dayNumber(Date.parse(due)) - dayNumber(now);
}

function dayNumber(time: number): number {
  const day = new Date(time);
  return Math.round(Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()) / 86_400_000);
}
