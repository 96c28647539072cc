//! One open sitting at the desk: the live wire, the media room and the seat's own calls, as refs the components read.
//!
//!   enter (staff token) → Entry → LiveSession (view, agreement, minutes) + MediaRoom (faces, voices)
//!
//! The page opens it and provides it; every part below takes it with `useSitting()`.
import { computed, inject, onUnmounted, ref, shallowRef, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from 'vue';
import type { Case, Command, Entry, SeatView, Session, View } from '@/shared/api/contract';
import { createApi } from '@/shared/api/http';
import { LiveSession, liveUrl, type LiveState } from '@/shared/live/session';
import { openDevices, type DeviceFault, type DeviceKind } from '@/shared/room/devices';
import { MediaRoom, type MediaState } from '@/shared/room/media-room';
import * as calls from '../calls';
import { seatCalls, type SeatCalls } from './seat-calls';

export interface Sitting {
  id: string;
  session: ShallowRef<Session | null>;
  file: ShallowRef<Case | null>;
  live: ShallowRef<LiveState>;
  media: ShallowRef<MediaState>;
  room: MediaRoom;
  /** The live wire itself: for pointing, which is no command. */
  wire: LiveSession;
  /** A valid token of my seat. */
  token(): Promise<string>;
  view: ComputedRef<View | null>;
  /** My seat id, or an empty string before the first snapshot. */
  me: ComputedRef<string>;
  /** Server time now, in ms, ticking each second. */
  now: Ref<number>;
  faults: Ref<Partial<Record<DeviceKind, DeviceFault>>>;
  /** Why one could not come in, or null. */
  failed: ShallowRef<unknown>;
  seat: SeatCalls;
  command(command: Command): Promise<void>;
  openMedia(): Promise<void>;
  reloadFile(): Promise<void>;
  /** A seat's view anywhere in the corridor. */
  seatOf(id: string): SeatView | undefined;
}

const KEY: InjectionKey<Sitting> = Symbol('sitting');
export { KEY as SITTING };

export function useSitting(): Sitting {
  const sitting = inject(KEY);
  if (!sitting) throw new Error('no sitting is open here');
  return sitting;
}

/** Seconds before its end at which a seat's token is not used any more. */
const LEAD_S = 60;

export function openSitting(id: string): Sitting {
  let entry: { got: number; promise: Promise<Entry>; lasts: number } | null = null;
  const freshEntry = async (force = false): Promise<Entry> => {
    if (force || entry === null || Date.now() - entry.got > entry.lasts) {
      const mine = { got: Date.now(), promise: calls.enter(id), lasts: Infinity };
      entry = mine;
      mine.promise.then((e) => (mine.lasts = (e.expires_in - LEAD_S) * 1000), () => entry === mine && (entry = null));
    }
    return entry.promise;
  };
  const token = async (): Promise<string> => (await freshEntry()).access_token;

  const wire = new LiveSession({ url: liveUrl(id), token });
  const room = new MediaRoom({
    quality: 'desk',
    entry: async () => {
      const mine = await freshEntry();
      return { url: mine.media_url, token: mine.media_token };
    },
  });
  const live = shallowRef<LiveState>(wire.state);
  const media = shallowRef<MediaState>(room.state);
  const session = shallowRef<Session | null>(null);
  const file = shallowRef<Case | null>(null);
  const failed = shallowRef<unknown>(null);
  const faults = ref<Partial<Record<DeviceKind, DeviceFault>>>({});
  const now = ref(Date.now());
  const view = computed(() => live.value.view);
  const me = computed(() => view.value?.me.id ?? '');

  const seat = seatCalls(id, {
    api: createApi({ token, renew: () => freshEntry(true).then(() => true, () => false) }),
    token,
    agreement: (agreement) => wire.learnAgreement(agreement),
    entry: (minute) => wire.learnMinutes(minute),
  });

  async function reloadFile(): Promise<void> {
    if (session.value === null) return;
    [session.value, file.value] = await Promise.all([calls.session(id), calls.caseFile(session.value.case_id)]);
  }

  async function openMedia(): Promise<void> {
    const opened = await openDevices(['camera', 'microphone']);
    faults.value = opened.faults;
    await room.connect(opened);
  }

  async function begin(): Promise<void> {
    try {
      session.value = await calls.session(id);
      await freshEntry();
      wire.open();
      const ended = session.value.phase === 'ended' || session.value.phase === 'cancelled';
      await Promise.allSettled([reloadFile(), ended ? null : openMedia()]);
    } catch (error) {
      failed.value = error;
    }
  }

  const stops = [
    wire.subscribe((state) => {
      live.value = state;
      // When the sitting is over, or another device has taken this seat, the camera goes dark at once.
      const over = state.view?.phase === 'ended' || state.view?.phase === 'cancelled' || state.link === 'closed';
      if (over && room.state.link !== 'idle' && room.state.link !== 'closed') room.close();
    }),
    room.subscribe((state) => (media.value = state)),
  ];
  const tick = setInterval(() => (now.value = Date.now() + live.value.skew), 1000);
  const nudge = (): void => {
    if (document.visibilityState === 'visible') wire.nudge();
  };
  document.addEventListener('visibilitychange', nudge);
  window.addEventListener('online', nudge);
  void begin();

  onUnmounted(() => {
    for (const stop of stops) stop();
    clearInterval(tick);
    document.removeEventListener('visibilitychange', nudge);
    window.removeEventListener('online', nudge);
    wire.close();
    room.close();
  });

  return {
    id, session, file, live, media, room, wire, token, view, me, now, faults, failed, seat, openMedia, reloadFile,
    command: (command) => wire.command(command),
    seatOf: (seatId) => view.value?.corridor?.areas.flatMap((area) => area.seats).find((each) => each.id === seatId),
  };
}
