//! A list at a desk that is told anew after every change: server-sent events, read with `fetch` because an `EventSource`
//! cannot carry the bearer token. Comes back by itself; a line that is silent for too long is opened again.
import { accessToken, restore } from '../login/login';

const SILENCE_MS = 40_000; // the server says something every 15 s
const SOONEST_MS = 400;
const LATEST_MS = 8_000;

export interface Stream {
  stop(): void;
}

/** The complete events in `text`, and what is left of it. Pure. */
export function events(text: string): { data: string[]; rest: string } {
  const parts = text.split('\n\n');
  const rest = parts.pop() ?? '';
  const data = parts.map((part) => part.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart()).join('\n'));
  return { data: data.filter((one) => one !== ''), rest };
}

export function openStream<T>(path: string, take: (news: T) => void, tell: (up: boolean) => void = () => undefined): Stream {
  const over = new AbortController();
  let line = new AbortController();

  async function read(): Promise<void> {
    line = new AbortController();
    let watch = setTimeout(() => line.abort(), SILENCE_MS);
    try {
      const answer = await fetch(path, { headers: { Authorization: `Bearer ${accessToken() ?? ''}` }, signal: line.signal });
      if (answer.status === 401) await restore();
      if (!answer.ok || answer.body === null) throw new Error(String(answer.status));
      tell(true);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(watch);
        watch = setTimeout(() => line.abort(), SILENCE_MS);
        const read = events(text + value);
        text = read.rest;
        for (const data of read.data) take(JSON.parse(data) as T);
      }
    } finally {
      clearTimeout(watch);
    }
  }

  void (async () => {
    let pause = SOONEST_MS;
    while (!over.signal.aborted) {
      const began = Date.now();
      try {
        await read();
      } catch {
        if (!over.signal.aborted) tell(false);
      }
      pause = Date.now() - began > LATEST_MS ? SOONEST_MS : Math.min(pause * 2, LATEST_MS);
      if (!over.signal.aborted) await new Promise((go) => setTimeout(go, pause));
    }
  })();

  return {
    stop() {
      over.abort();
      line.abort();
    },
  };
}
