//! One clock for many tracks. The recording's time runs by the page's own clock; each track is held to it: started when its
//! time comes, put right when it strays, stopped when it is over.

/** What of an `<audio>` or `<video>` the clock needs. */
export interface Player {
  currentTime: number;
  playbackRate: number;
  readonly paused: boolean;
  play(): Promise<void>;
  pause(): void;
}

export interface Slave { player: Player; offset: number; length: number }

/** A track may be this far off, in seconds, before it is moved: less would stutter, more would be seen on lips. */
export const DRIFT = 0.15;

/** `1:05:09`, `4:07`. */
export function lengthOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Brings one track in line with the recording's time `at` (ms). */
export function hold({ player, offset, length }: Slave, at: number, playing: boolean, rate: number): void {
  const own = (at - offset) / 1000;
  const inside = own >= 0 && own < length / 1000;
  if (player.playbackRate !== rate) player.playbackRate = rate;
  if (inside && Math.abs(player.currentTime - own) > DRIFT) player.currentTime = own;
  if (inside && playing && player.paused) void player.play().catch(() => undefined);
  else if ((!inside || !playing) && !player.paused) player.pause();
}

/** The pause `at` falls into, if it does; its end is where the player jumps to. */
export function pauseAt<T extends { from_ms: number; to_ms?: number | null }>(pauses: T[], at: number): T | null {
  return pauses.find((pause) => at >= pause.from_ms && at < (pause.to_ms ?? Infinity)) ?? null;
}

/** Milliseconds somebody spoke, of all their tracks. */
export function spoken(tracks: { speech: number[][] }[]): number {
  return tracks.flatMap((track) => track.speech).reduce((sum, [from = 0, to = 0]) => sum + to - from, 0);
}
