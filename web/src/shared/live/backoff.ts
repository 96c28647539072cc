//! How long to wait before the next try: doubling, capped, with jitter so that a whole county does not return at once.

/** Milliseconds before try number `attempt` (0-based); `random` in [0, 1). */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(8_000, 400 * 2 ** attempt);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
