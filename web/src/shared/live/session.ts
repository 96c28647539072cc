//! The browser's end of the live wire: one WebSocket, kept alive, that always knows the latest view of this seat.
//!
//!   open() → hello → snapshot → view, view, …        command() → done | refused
//!      ↑______ backoff ←______ socket lost, silent or server_restarting
//!
//! Framework-free. State is immutable: every change is a new object given to the listeners. A reload or a lost network needs
//! nothing special, for the server sends the whole view after each hello.
import { notOlder } from './newer';
import type { Agreement, ClientFrame, Command, Line, MinutesEntry, Place, ServerFrame, View } from '../api/contract';
import { backoff } from './backoff';

export type Link = 'idle' | 'connecting' | 'online' | 'reconnecting' | 'closed';

export interface LiveState {
  link: Link;
  /** Since when the wire is down (client clock, ms), or null while it is up. */
  downSince: number | null;
  seq: number;
  /** Server clock minus client clock, ms: for clocks that count from server times. */
  skew: number;
  view: View | null;
  agreement: Agreement | null;
  minutes: readonly MinutesEntry[];
  /** What was written to this seat or by it, oldest first. */
  lines: readonly Line[];
  /** Why the server said goodbye for good, or null. */
  bye: string | null;
}

/** A command that the sitting did not accept; `code` is translated as a problem. */
export class CommandRefused extends Error {
  constructor(readonly code: string, readonly params: Record<string, string | number> = {}) {
    super(code);
    this.name = 'CommandRefused';
  }
}

export interface LiveOptions {
  url: string;
  /** A valid access token, asked before each hello; `fresh` when the last one was refused. A fatal rejection ends it all. */
  token: (fresh: boolean) => Promise<string>;
  /** Which window this is, and whether the person said to go on here; the saying counts for the first hello alone. */
  window?: () => { tab: string; takeover: boolean };
  socket?: (url: string) => WebSocket;
  now?: () => number;
  random?: () => number;
}

const PING_EVERY_MS = 10_000;
const SILENCE_MS = 25_000;
/** Goodbyes after which coming back by itself would be wrong. */
const FINAL_BYES = new Set(['moved_to_other_device', 'in_use_elsewhere', 'link_revoked', 'session_ended', 'session_over', 'forbidden']);
/** Goodbyes that a new token mends; after this many in a row it does not. */
const STALE_BYES = new Set(['token_expired', 'token_invalid', 'unauthenticated']);
const STALE_LIMIT = 3;
/** Commands that mean the same when they arrive twice: sent again if the wire broke before the answer. */
const REPEATABLE = new Set<Command['type']>(['stop', 'distress', 'distress_seen', 'hand', 'leave', 'note', 'mute', 'move', 'admit', 'send_back', 'answer_ask', 'knock', 'lock', 'ready', 'release', 'answer_guest', 'widen_paper', 'mark_paper', 'turn_page', 'clear_table']);

interface Pending { command: Command; resolve: () => void; reject: (reason: CommandRefused) => void; sent: boolean }

export class LiveSession {
  state: LiveState = { link: 'idle', downSince: null, seq: 0, skew: 0, view: null, agreement: null, minutes: [], lines: [], bye: null };

  /** Who looks at a page hears where others point. */
  onPoint: ((frame: Extract<ServerFrame, { type: 'point' }>) => void) | null = null;

  readonly #options: Required<Omit<LiveOptions, 'window'>> & Pick<LiveOptions, 'window'>;
  readonly #listeners = new Set<(state: LiveState) => void>();
  readonly #pending = new Map<number, Pending>();
  #socket: WebSocket | null = null;
  #attempt = 0;
  #stale = 0;
  #nextId = 1;
  #heardAt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;

  constructor(options: LiveOptions) {
    this.#options = { socket: (url) => new WebSocket(url), now: () => Date.now(), random: () => Math.random(), ...options };
  }

  /** Calls `listener` now and after every change; returns the way to stop. */
  subscribe(listener: (state: LiveState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.state);
    return () => void this.#listeners.delete(listener);
  }

  open(): void {
    if (this.state.link !== 'idle') return;
    this.#set({ link: 'connecting' });
    this.#pulse = setInterval(() => this.#beat(), PING_EVERY_MS);
    void this.#connect();
  }

  /** Try at once instead of waiting: the phone was unlocked, the network is back. */
  nudge(): void {
    if (this.state.link === 'reconnecting' && !this.#socket) {
      clearTimeout(this.#retry);
      this.#attempt = 0;
      void this.#connect();
    } else if (this.state.link === 'online') {
      this.#send({ type: 'ping' });
      // A socket that slept with the phone often looks open and is dead: do not wait the full silence for it.
      const asked = this.#options.now();
      setTimeout(() => this.#heardAt < asked && this.#drop(), 4_000);
    }
  }

  close(): void {
    this.#end(null);
  }

  /** Resolves when the server has carried it out; rejects with `CommandRefused`. Waits for the wire while it is down. */
  command(command: Command): Promise<void> {
    if (this.state.link === 'closed') return Promise.reject(new CommandRefused('session_closed'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { command, resolve, reject, sent: false });
      if (this.state.link === 'online') this.#flush();
    });
  }

  /** Points at the page before me. What the wire cannot take now is not said later. */
  point(at: Place | null): void {
    if (this.state.link === 'online') this.#send({ type: 'point', at });
  }

  /** Takes in an agreement that the wire or an HTTP answer brought, unless something later is known already. */
  learnAgreement(agreement: Agreement): void {
    if (notOlder(agreement, this.state.agreement)) this.#set({ agreement });
  }

  /** Takes in a minutes entry, new or changed. */
  learnMinutes(entry: MinutesEntry): void {
    const others = this.state.minutes.filter((known) => known.id !== entry.id);
    this.#set({ minutes: [...others, entry].sort((a, b) => a.seq - b.seq) });
  }

  async #connect(): Promise<void> {
    let token: string;
    try {
      token = await this.#options.token(this.#stale > 0);
    } catch (thrown) {
      const problem = thrown as { code?: string; status?: number };
      const final = problem.status !== undefined && problem.status >= 400 && problem.status < 500 && problem.status !== 429;
      if (final) this.#end(problem.code ?? 'unauthenticated');
      else this.#later();
      return;
    }
    if (this.state.link === 'closed') return;
    const socket = this.#options.socket(this.#options.url);
    this.#socket = socket;
    this.#heardAt = this.#options.now();
    const { tab, takeover } = this.#options.window?.() ?? {};
    const came = this.state.seq > 0;
    socket.onopen = () => this.#send({ type: 'hello', token, ...(came ? { last_seq: this.state.seq } : {}), ...(tab === undefined ? {} : { tab, takeover: takeover === true && !came }) });
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#take(JSON.parse(String(event.data)) as ServerFrame);
    };
    socket.onclose = () => socket === this.#socket && this.#lost();
  }

  #take(frame: ServerFrame): void {
    this.#heardAt = this.#options.now();
    switch (frame.type) {
      case 'snapshot':
        this.#attempt = 0;
        this.#stale = 0;
        this.#set({ link: 'online', downSince: null, seq: frame.seq, skew: this.#skew(frame.now), view: frame.view, agreement: frame.agreement, minutes: frame.minutes, lines: frame.lines ?? [] });
        this.#flush();
        break;
      case 'view':
        // Views travel in order on one socket, so an older one can only be a stray of a former socket.
        if (frame.seq >= this.state.seq) this.#set({ seq: frame.seq, skew: this.#skew(frame.now), view: frame.view });
        break;
      case 'agreement':
        this.learnAgreement(frame.agreement);
        break;
      case 'line':
        if (!this.state.lines.some((known) => known.seq === frame.line.seq)) this.#set({ lines: [...this.state.lines, frame.line] });
        break;
      case 'minutes':
        this.learnMinutes(frame.entry);
        break;
      case 'point':
        this.onPoint?.(frame);
        break;
      case 'done':
        this.#settle(frame.id)?.resolve();
        break;
      case 'refused':
        this.#settle(frame.id)?.reject(new CommandRefused(frame.code, frame.params as Record<string, string | number> | undefined));
        break;
      case 'bye':
        if (STALE_BYES.has(frame.code)) this.#stale++;
        if (FINAL_BYES.has(frame.code) || this.#stale >= STALE_LIMIT) this.#end(frame.code);
        else this.#drop();
        break;
      case 'pong':
        break;
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #flush(): void {
    for (const [id, pending] of this.#pending) {
      if (pending.sent) continue;
      pending.sent = true;
      this.#send({ type: 'command', id, command: pending.command });
    }
  }

  #beat(): void {
    if (!this.#socket) return;
    if (this.#options.now() - this.#heardAt > SILENCE_MS) this.#drop();
    else if (this.state.link === 'online') this.#send({ type: 'ping' });
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  #drop(): void {
    const socket = this.#socket;
    if (!socket) return;
    socket.onclose = null;
    socket.close();
    this.#lost();
  }

  #lost(): void {
    this.#socket = null;
    if (this.state.link === 'closed') return;
    for (const [id, pending] of this.#pending) {
      if (!pending.sent) continue;
      if (REPEATABLE.has(pending.command.type)) pending.sent = false;
      else this.#settle(id)?.reject(new CommandRefused('connection_lost'));
    }
    this.#later();
  }

  #later(): void {
    if (this.state.link === 'closed') return;
    this.#set({ link: 'reconnecting', downSince: this.state.downSince ?? this.#options.now() });
    this.#retry = setTimeout(() => void this.#connect(), backoff(this.#attempt++, this.#options.random()));
  }

  #end(bye: string | null): void {
    clearTimeout(this.#retry);
    clearInterval(this.#pulse);
    const socket = this.#socket;
    this.#socket = null;
    this.#set({ link: 'closed', bye });
    socket?.close();
    for (const id of this.#pending.keys()) this.#settle(id)?.reject(new CommandRefused('session_closed'));
  }

  #skew(serverNow: string): number {
    return Date.parse(serverNow) - this.#options.now();
  }

  #set(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener(this.state);
  }
}

/** The live wire's address of a session, on the page's own host. */
export function liveUrl(sessionId: string, origin = globalThis.location.origin): string {
  return `${origin.replace(/^http/, 'ws')}/api/v1/sessions/${sessionId}/live`;
}
