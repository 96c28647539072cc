//! What the connection test means for somebody who wants to sit in a sitting: one word, and what to do about it. Pure.

export type Way = 'udp' | 'tcp' | 'relay';
export type Outcome = 'well' | 'blocked' | 'absent';

export interface Measured {
  /** Bit/s that this phone may send, as its own estimate says; that came back. */
  up: number;
  down: number;
  /** Share of packets lost on the way, 0 to 1; round trip in ms. */
  loss: number;
  trip: number;
}

export interface Found {
  /** The server answered, the wire of the sitting could be opened. */
  server: boolean;
  wire: boolean;
  ways: Record<Way, Outcome>;
  measured: Measured | null;
}

export type Verdict = 'good' | 'fair' | 'weak' | 'blocked' | 'wire' | 'offline';

/** A voice needs 40 kbit/s, a small picture 150, a good one 500; above a fifth lost or a second there and back people talk over each other. */
export function verdict(found: Found): Verdict {
  if (!found.server) return 'offline';
  if (!found.wire) return 'wire';
  if (!Object.values(found.ways).includes('well')) return 'blocked';
  const { measured } = found;
  if (!measured) return 'fair';
  const slow = Math.min(measured.up, measured.down);
  if (slow < 120_000 || measured.loss > 0.2 || measured.trip > 1_000) return 'weak';
  // Media over TCP waits for every lost packet.
  if (slow < 450_000 || measured.loss > 0.05 || measured.trip > 400 || found.ways.udp !== 'well') return 'fair';
  return 'good';
}
