//! The connection test, step by step: the server, the wire, each way of the media; what is known is shown as it comes.
import { reactive } from 'vue';
import { createApi, Problem, unwrap } from '@/shared/api/http';
import type { paths } from '@/shared/api/schema';
import type { Found, Way } from './verdict';
import { walk, type Ticket } from './ways';

export type Mark = 'waiting' | 'running' | 'well' | 'blocked' | 'absent';
const WAYS: readonly Way[] = ['udp', 'tcp', 'relay'];

export interface Progress {
  server: Mark;
  wire: Mark;
  ways: Record<Way, Mark>;
  /** Why no test could begin: the code of a refusal. */
  refusal: string;
  found: Found | null;
}

export function freshProgress(): Progress {
  return reactive({ server: 'waiting', wire: 'waiting', ways: { udp: 'waiting', tcp: 'waiting', relay: 'waiting' }, refusal: '', found: null });
}

/** Runs it; `progress.found` says when it is over. */
export async function testConnection(progress: Progress): Promise<void> {
  const found: Found = { server: false, wire: false, ways: { udp: 'blocked', tcp: 'blocked', relay: 'absent' }, measured: null };
  progress.server = 'running';
  let ticket: Ticket;
  try {
    ticket = await unwrap<Ticket>(createApi<paths>().POST('/api/v1/connection-checks'));
  } catch (thrown) {
    progress.server = 'blocked';
    const { code, status } = Problem.of(thrown);
    // A refusal is an answer: the server is there.
    if (status !== 0) progress.refusal = code;
    else progress.found = found;
    return;
  }
  found.server = true;
  progress.server = 'well';
  progress.wire = 'running';
  const opened = () => { found.wire = true; progress.wire = 'well'; };
  for (const way of WAYS) {
    if (way === 'relay' && !ticket.relay) { progress.ways[way] = 'absent'; continue; }
    progress.ways[way] = 'running';
    try {
      const measured = await walk(ticket, way, found.measured === null, opened);
      found.measured ??= measured;
      found.ways[way] = progress.ways[way] = 'well';
    } catch {
      found.ways[way] = progress.ways[way] = 'blocked';
    }
    // Without the wire no way can be asked for; the others would only make people wait.
    if (!found.wire) { progress.wire = 'blocked'; break; }
  }
  progress.found = found;
}
