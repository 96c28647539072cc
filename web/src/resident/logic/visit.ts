//! A resident's way through one link, from the door to afterwards. The server is the memory: after a reload the same link
//! leads to the same place, because a bound link joins again by itself.
//!
//!   GET door ─┬─ problem ──▶ link page          bound ──▶ POST join ──▶ sitting
//!             └─ door ▶ rights ▶ devices ▶ POST join ▶ sitting ▶ afterwards
import { computed, ref, shallowRef } from 'vue';
import type { Door, Entry, JoinRequest, Phase } from '@/shared/api/contract';
import { Problem } from '@/shared/api/http';
import type { PreparedTracks } from '@/shared/room/media-room';
import { mark } from '@/shared/room/probe';
import { rememberInside } from './ahead';
import type { DevicesFound } from './readiness';
import { doorApi } from './seat-api';

export type Screen = 'opening' | 'link' | 'door' | 'declined' | 'rights' | 'devices' | 'sitting' | 'left';
export type Declined = { kind: 'refused' } | { kind: 'rescheduled'; message: string };

const FATAL = new Set(['link_unknown', 'link_expired', 'link_revoked', 'link_bound_elsewhere']);
const MARGIN_MS = 30_000;
const KNOCK_MS = 2_000;
const OVER: ReadonlySet<Phase> = new Set(['ended', 'cancelled']);

/** What this device chose, kept for a reload of the same link's session (no secret is in it).
 *  `others`: the sentence for the file; `company`: who it is, empty if nobody. */
interface Kept { consents: JoinRequest['consents']; others: string; company?: string; voiceOnly: boolean; found?: DevicesFound }

export function useVisit(link: string) {
  const api = doorApi(link);
  const screen = ref<Screen>('opening');
  const door = shallowRef<Door | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const declined = shallowRef<Declined | null>(null);
  const entry = shallowRef<Entry | null>(null);
  const prepared = shallowRef<PreparedTracks | null>(null);
  const kept = ref<Kept>({ consents: { online_procedure: false, e_signature: false, recording: false }, others: '', voiceOnly: false });
  let expiresAt = 0;
  let joining: Promise<Entry> | null = null;

  const storeKey = () => `onedoor.visit.${door.value?.session_id ?? ''}.${door.value?.seat.id ?? ''}`;
  const remember = () => {
    try {
      localStorage.setItem(storeKey(), JSON.stringify(kept.value));
    } catch {
      // Private windows may forbid storage: then a reload asks the server alone, which is enough.
    }
  };
  const recall = () => {
    let stored: Kept | null = null;
    try {
      stored = JSON.parse(localStorage.getItem(storeKey()) ?? 'null') as Kept | null;
    } catch {
      // As above.
    }
    // The server's word on a consent wins. Seats that are no party have none there; a bound link proves the first one.
    const word = door.value?.consents;
    const said = (kind: keyof Kept['consents']) => word?.[kind] ?? stored?.consents[kind] ?? false;
    kept.value = {
      consents: { online_procedure: door.value?.bound === true || said('online_procedure'), e_signature: said('e_signature'), recording: said('recording') },
      others: stored?.others ?? '',
      voiceOnly: stored?.voiceOnly ?? false,
      ...(stored?.company && { company: stored.company }),
      ...(stored?.found && { found: stored.found }),
    };
  };

  /** One join at a time; every caller gets the same fresh entry. */
  function join(): Promise<Entry> {
    joining ??= (async () => {
      try {
        const got = await api.join({ consents: kept.value.consents, notice_version: door.value?.notice_version ?? '', others_in_room: kept.value.others });
        entry.value = got;
        expiresAt = Date.now() + got.expires_in * 1000;
        mark('joined');
        rememberInside();
        return got;
      } finally {
        joining = null;
      }
    })();
    return joining;
  }

  const freshEntry = async (): Promise<Entry> => (entry.value && Date.now() < expiresAt - MARGIN_MS ? entry.value : join());
  const token = async (fresh = false): Promise<string> => (await (fresh ? join() : freshEntry())).access_token;
  const renew = async (): Promise<boolean> => join().then(() => true, () => false);

  function fail(thrown: unknown): void {
    problem.value = Problem.of(thrown);
    screen.value = 'link';
  }

  /** This window's name. A reload keeps it, so that it comes back without a question; another window has another one. */
  const tab = (() => {
    try {
      return { came: sessionStorage.getItem('onedoor.tab') !== null, name: sessionStorage.getItem('onedoor.tab') ?? crypto.randomUUID() };
    } catch {
      return { came: true, name: '' };
    }
  })();
  let takeover = false;
  function inside(): void {
    screen.value = 'sitting';
    try {
      sessionStorage.setItem('onedoor.tab', tab.name);
    } catch {
      // Without storage a reload is another window.
    }
  }

  /** `here`: the person said to go on in this window although another one has the seat. */
  async function open(here = false): Promise<void> {
    takeover = here;
    screen.value = 'opening';
    problem.value = null;
    try {
      door.value = await api.door();
      recall();
      if (door.value.bound) {
        if (door.value.elsewhere && !here && !tab.came) throw new Problem('in_use_elsewhere', 409);
        await join();
        inside();
      } else if (door.value.phase === 'cancelled') {
        throw new Problem('session_over', 410);
      } else {
        screen.value = 'door';
      }
    } catch (thrown) {
      // A notice newer than the consents: read and decide anew, then on.
      if (Problem.of(thrown).code === 'notice_outdated' && door.value) screen.value = 'rights';
      else fail(thrown);
    }
  }

  /** Another device has the seat: asks for it, and knocks at the door until it opens here. Answers how to stop. */
  async function moveHere(asked: (code: string) => void): Promise<() => void> {
    const { code } = await api.moveHere();
    asked(code);
    let stopped = false;
    const knock = async (): Promise<void> => {
      if (stopped) return;
      const opens = await api.door().then((found) => found.bound, () => false);
      if (opens && !stopped) await open(true);
      else setTimeout(() => void knock(), KNOCK_MS);
    };
    setTimeout(() => void knock(), KNOCK_MS);
    return () => { stopped = true; };
  }

  async function enter(devices: PreparedTracks, voiceOnly: boolean, found: DevicesFound): Promise<void> {
    prepared.value = devices;
    kept.value.voiceOnly = voiceOnly;
    kept.value.found = found;
    remember();
    // The place is shown at once; the join runs behind it, so nobody stares at a dead button on a slow line.
    try {
      await join();
      inside();
    } catch (thrown) {
      const known = Problem.of(thrown);
      if (FATAL.has(known.code)) fail(known);
      else throw known;
    }
  }

  async function refuse(reason: string): Promise<void> {
    await api.refuse(reason);
    declined.value = { kind: 'refused' };
    screen.value = 'declined';
  }

  async function reschedule(message: string): Promise<void> {
    await api.reschedule(message);
    declined.value = { kind: 'rescheduled', message };
    screen.value = 'declined';
  }

  return {
    screen, door, problem, declined, entry, prepared, kept, open, enter, moveHere, refuse, reschedule, window: () => ({ tab: tab.name, takeover }), freshEntry, token, renew, remember, fail,
    go: (to: Screen) => { screen.value = to; },
    over: computed(() => door.value !== null && OVER.has(door.value.phase)),
  };
}

export type Visit = ReturnType<typeof useVisit>;
