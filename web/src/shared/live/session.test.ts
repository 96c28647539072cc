//! The live wire against a fake socket: what a phone lives through in a sitting.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServerFrame, View } from '../api/contract';
import { backoff } from './backoff';
import { LiveSession, liveUrl } from './session';

class FakeSocket {
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  send(text: string) { this.sent.push(JSON.parse(text) as Record<string, unknown>); }
  close() { this.readyState = 3; this.onclose?.(); }
  accept() { this.readyState = 1; this.onopen?.(); }
  tell(frame: ServerFrame) { this.onmessage?.({ data: JSON.stringify(frame) }); }
}

const NOW = '2026-11-23T06:30:00Z';
const view = (area: 'lobby' | 'joint' | 'caucus') => ({ area: { id: area, kind: area, seats: [], since: NOW } }) as unknown as View;
const snapshot = (seq: number, area: 'lobby' | 'joint' | 'caucus' = 'lobby'): ServerFrame => ({ type: 'snapshot', seq, now: NOW, view: view(area), agreement: null, minutes: [], lines: [] });

let sockets: FakeSocket[];
const last = () => sockets.at(-1) as FakeSocket;

function zhaoOpens(token: (fresh: boolean) => Promise<string> = async () => 'token') {
  const live = new LiveSession({ url: 'ws://door', token, random: () => 0, socket: () => {
    sockets.push(new FakeSocket());
    return last() as unknown as WebSocket;
  } });
  live.open();
  return live;
}
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => { sockets = []; vi.useFakeTimers({ now: Date.parse(NOW) - 5_000 }); });
afterEach(() => { vi.useRealTimers(); });

describe('a live session', () => {
  it('says hello with its token and shows the snapshot, then each view', async () => {
    const live = zhaoOpens();
    await settle();
    last().accept();
    expect(last().sent).toEqual([{ type: 'hello', token: 'token' }]);
    last().tell(snapshot(3));
    expect(live.state).toMatchObject({ link: 'online', seq: 3, skew: 5_000 });
    last().tell({ type: 'view', seq: 4, now: NOW, view: view('joint') });
    expect(live.state.view?.area.kind).toBe('joint');
  });

  it('ignores a view older than what it knows', async () => {
    const live = zhaoOpens();
    await settle();
    last().accept();
    last().tell(snapshot(9, 'caucus'));
    last().tell({ type: 'view', seq: 8, now: NOW, view: view('joint') });
    expect(live.state.view?.area.kind).toBe('caucus');
  });

  it('keeps promises of commands: done resolves, refused rejects with its code', async () => {
    const live = zhaoOpens();
    await settle();
    last().accept();
    last().tell(snapshot(1));
    const raised = live.command({ type: 'hand', up: true });
    const started = live.command({ type: 'start' });
    last().tell({ type: 'refused', id: 2, code: 'not_host' });
    last().tell({ type: 'done', id: 1, seq: 2 });
    await expect(raised).resolves.toBeUndefined();
    await expect(started).rejects.toMatchObject({ code: 'not_host' });
  });

  it('comes back after a lost network, resumes from its seq, and keeps the last view meanwhile', async () => {
    const live = zhaoOpens();
    await settle();
    last().accept();
    last().tell(snapshot(7, 'caucus'));
    last().close();
    expect(live.state.link).toBe('reconnecting');
    expect(live.state.downSince).not.toBeNull();
    expect(live.state.view?.area.kind).toBe('caucus');
    await vi.advanceTimersByTimeAsync(500);
    last().accept();
    expect(last().sent[0]).toEqual({ type: 'hello', token: 'token', last_seq: 7 });
    last().tell(snapshot(8, 'joint'));
    expect(live.state).toMatchObject({ link: 'online', downSince: null, seq: 8 });
  });

  it('sends a stop asked for while the wire is down, as soon as it is up', async () => {
    const live = zhaoOpens();
    await settle();
    last().accept();
    last().tell(snapshot(1));
    last().close();
    const stopped = live.command({ type: 'stop' });
    await vi.advanceTimersByTimeAsync(500);
    last().accept();
    last().tell(snapshot(1));
    expect(last().sent.at(-1)).toEqual({ type: 'command', id: 1, command: { type: 'stop' } });
    last().tell({ type: 'done', id: 1, seq: 2 });
    await expect(stopped).resolves.toBeUndefined();
  });

  it('repeats a distress call whose answer was lost, but never a caucus command', async () => {
    const live = zhaoOpens();
    await settle();
    last().accept();
    last().tell(snapshot(1));
    void live.command({ type: 'distress' });
    const opened = live.command({ type: 'open_caucus', seats: ['zhao'] });
    const refused = expect(opened).rejects.toMatchObject({ code: 'connection_lost' });
    last().close();
    await refused;
    await vi.advanceTimersByTimeAsync(500);
    last().accept();
    last().tell(snapshot(1));
    expect(last().sent.filter((frame) => frame['type'] === 'command')).toEqual([{ type: 'command', id: 1, command: { type: 'distress' } }]);
  });

  it('drops a socket that has gone silent', async () => {
    const live = zhaoOpens();
    await settle();
    last().accept();
    last().tell(snapshot(1));
    await vi.advanceTimersByTimeAsync(31_000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(live.state.link).toBe('reconnecting');
  });

  it('stays away after a final goodbye and comes back after a restart', async () => {
    const live = zhaoOpens();
    await settle();
    last().accept();
    last().tell(snapshot(1));
    last().tell({ type: 'bye', code: 'server_restarting' });
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets).toHaveLength(2);
    last().accept();
    last().tell({ type: 'bye', code: 'moved_to_other_device' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(live.state).toMatchObject({ link: 'closed', bye: 'moved_to_other_device' });
    expect(sockets).toHaveLength(2);
    await expect(live.command({ type: 'leave' })).rejects.toMatchObject({ code: 'session_closed' });
  });

  it('ends when its token is refused, and tries again when the server is merely away', async () => {
    const revoked = zhaoOpens(() => Promise.reject(Object.assign(new Error('gone'), { code: 'link_revoked', status: 410 })));
    await settle();
    expect(revoked.state).toMatchObject({ link: 'closed', bye: 'link_revoked' });
    const away = zhaoOpens(() => Promise.reject(Object.assign(new Error('offline'), { code: 'offline', status: 0 })));
    await settle();
    expect(away.state.link).toBe('reconnecting');
  });

  it('asks for a fresh token when the last one was refused, and gives up when that does not help', async () => {
    const asked: boolean[] = [];
    const live = zhaoOpens(async (fresh?: boolean) => (asked.push(fresh ?? false), 'token'));
    for (let round = 0; round < 3; round++) {
      await vi.advanceTimersByTimeAsync(3_000);
      last().accept();
      last().tell({ type: 'bye', code: 'token_expired' });
    }
    expect(asked).toEqual([false, true, true]);
    expect(live.state).toMatchObject({ link: 'closed', bye: 'token_expired' });
  });

  it('puts a corrected minutes entry in its place', () => {
    const live = new LiveSession({ url: 'ws://door', token: async () => '' });
    const entry = (id: string, seq: number, text: string) => ({ id, seq, text, at: NOW, kind: 'statement' as const, speaker: '赵守田', corrects: null, confirmations: [] });
    live.learnMinutes(entry('b', 2, '二'));
    live.learnMinutes(entry('a', 1, '一'));
    live.learnMinutes(entry('b', 2, '二改'));
    expect(live.state.minutes.map((known) => known.text)).toEqual(['一', '二改']);
  });
});

it('waits longer each time, up to a limit', () => {
  expect([0, 1, 2, 9].map((attempt) => backoff(attempt, 0.5))).toEqual([300, 600, 1200, 6000]);
});

it('speaks wss to a secure page', () => {
  expect(liveUrl('42', 'https://door.example')).toBe('wss://door.example/api/v1/sessions/42/live');
});
