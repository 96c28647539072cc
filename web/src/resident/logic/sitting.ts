//! A resident in the sitting: the live wire and the media wire together, and what the screens ask of them. The view of the
//! live wire is the truth about where I am; the media wire only brings pictures and sound for the seats the view names.
import { computed, inject, onBeforeUnmount, onMounted, provide, ref, shallowRef, watch, type InjectionKey } from 'vue';
import type { Agreement, Command, SeatView } from '@/shared/api/contract';
import { Problem } from '@/shared/api/http';
import { CommandRefused, LiveSession, liveUrl } from '@/shared/live/session';
import { openDevices, type DeviceFault } from '@/shared/room/devices';
import { MediaRoom, type PersonMedia } from '@/shared/room/media-room';
import { mark } from '@/shared/room/probe';
import { reportReadiness } from './readiness';
import { seatApi } from './seat-api';
import type { Visit } from './visit';

export type Place = 'waiting' | 'away' | 'paused' | 'joint' | 'private' | 'consult' | 'door' | 'over';
export interface Face { seat: SeatView; media: PersonMedia | null }

const WATCH_SIGNING_MS = 4_000;

export function useSitting(visit: Visit) {
  const door = visit.door.value;
  if (!door) throw new Error('a sitting needs its door');
  const session = new LiveSession({ url: liveUrl(door.session_id), token: visit.token, window: visit.window });
  const room = new MediaRoom({
    entry: async () => {
      const entry = await visit.freshEntry();
      return { url: entry.media_url, token: entry.media_token };
    },
  });
  /** Who of those at this phone holds it now, if it is not whose link it is: what is signed and confirmed is theirs. */
  const holder = ref<string | null>(null);
  const papers = seatApi(door.session_id, () => visit.token(), visit.renew, () => holder.value);
  const live = shallowRef(session.state);
  const media = shallowRef(room.state);
  const micFault = shallowRef<DeviceFault | null>(null);

  const view = computed(() => live.value.view);
  const over = computed(() => view.value?.phase === 'ended' || view.value?.phase === 'cancelled' || live.value.bye === 'session_ended' || live.value.bye === 'session_over' || (view.value === null && visit.over.value));
  const away = computed(() => Boolean(view.value?.waiting_since) && view.value?.host.here === false);
  const place = computed<Place>(() => {
    const now = view.value;
    if (over.value) return 'over';
    if (now?.mine.greeted) return 'door';
    if (!now || now.area.kind === 'lobby') return 'waiting';
    if (now.phase === 'paused') return 'paused';
    if (now.area.kind === 'caucus') return 'private';
    if (now.area.kind === 'consult') return 'consult';
    // With others still here the faces stay; the card says that the mediator is away.
    return away.value && !now.area.seats.some((seat) => seat.id !== now.me.id && seat.online) ? 'away' : 'joint';
  });
  const faces = computed<Face[]>(() => (view.value?.area.seats ?? [])
    .filter((seat) => seat.id !== view.value?.me.id)
    .map((seat) => ({ seat, media: media.value.people.get(seat.id) ?? null })));

  /** The one shown large: who speaks, else who spoke last, else the mediator, else the first. */
  let spokeLast = '';
  const large = computed<Face | null>(() => {
    const present = faces.value.filter((face) => face.seat.online || face.media);
    const speaking = media.value.speakers.find((id) => present.some((face) => face.seat.id === id));
    if (speaking) spokeLast = speaking;
    return present.find((face) => face.seat.id === spokeLast) ?? present.find((face) => face.seat.role === 'mediator') ?? present[0] ?? faces.value[0] ?? null;
  });

  const beside = computed(() => (view.value?.area.seats ?? []).filter((seat) => seat.device_of === view.value?.me.id));
  const held = computed(() => beside.value.find((seat) => seat.id === holder.value) ?? view.value?.me ?? null);
  watch(beside, (now) => { if (!now.some((seat) => seat.id === holder.value)) holder.value = null; });
  const clauses = computed(() => live.value.agreement?.clauses ?? []);
  const myParty = computed(() => held.value?.party_id ?? held.value?.private?.mandate?.party_id ?? null);
  const toDecide = computed(() => (myParty.value && live.value.agreement?.state === 'drafting'
    ? clauses.value.filter((clause) => { const mine = clause.stances.find((one) => one.party_id === myParty.value); return mine !== undefined && (mine.stance === null || mine.stale); })
    : []));
  const toConfirm = computed(() => (myParty.value ? live.value.minutes.filter((entry) => !entry.confirmations.some((one) => one.seat_id === held.value?.id)) : []));
  const mySignature = computed(() => live.value.agreement?.required.find((one) => one.seat_id === (held.value?.id ?? door.seat.id) || (myParty.value !== null && one.party_id === myParty.value)) ?? null);
  const toSign = computed(() => live.value.agreement?.state === 'signing' && mySignature.value !== null && mySignature.value.signed_at === null);

  async function act(command: Command): Promise<void> {
    try {
      await session.command(command);
    } catch (thrown) {
      throw thrown instanceof CommandRefused ? new Problem(thrown.code, 0, thrown.params) : thrown;
    }
  }

  async function refreshAgreement(): Promise<Agreement | null> {
    try {
      const agreement = await papers.agreement();
      session.learnAgreement(agreement);
      return agreement;
    } catch {
      return null;
    }
  }

  async function setMicrophone(on: boolean): Promise<void> {
    micFault.value = await room.setMicrophone(on);
  }

  /** Gone for a while: the seat stays, the same link leads back. */
  async function leave(): Promise<void> {
    await session.command({ type: 'leave' }).catch(() => undefined);
    session.close();
    room.close();
    visit.go('left');
  }

  const stops = [
    session.subscribe((state) => {
      if (state.link === 'online' && live.value.link !== 'online') mark('liveOnline');
      live.value = state;
    }),
    room.subscribe((state) => { media.value = state; }),
  ];
  reportReadiness(visit, live, media, room, act);
  const nudge = () => document.visibilityState === 'visible' && session.nudge();
  let signing: ReturnType<typeof setInterval> | undefined;

  onMounted(() => {
    session.open();
    if (!visit.over.value) {
      const tracks = visit.prepared.value ?? openDevices(visit.kept.value.voiceOnly ? ['microphone'] : ['camera', 'microphone']);
      void room.connect(tracks);
    } else {
      void refreshAgreement();
    }
    visit.prepared.value = null;
    document.addEventListener('visibilitychange', nudge);
    globalThis.addEventListener('online', nudge);
    // Seals arrive on the live wire; when it has said goodbye, the paper is asked after instead.
    signing = setInterval(() => {
      const state = live.value.agreement?.state;
      if (live.value.link !== 'online' && (state === 'signing' || state === 'sealing')) void refreshAgreement();
    }, WATCH_SIGNING_MS);
  });
  watch(over, (ended) => {
    if (!ended) return;
    room.close();
    if (!live.value.agreement) void refreshAgreement();
  });
  watch(() => live.value.bye, (bye) => {
    if (!bye || bye === 'session_ended' || bye === 'session_over') return;
    room.close();
    visit.fail(new Problem(bye, 0));
  });
  onBeforeUnmount(() => {
    clearInterval(signing);
    document.removeEventListener('visibilitychange', nudge);
    globalThis.removeEventListener('online', nudge);
    for (const stop of stops) stop();
    session.close();
    room.close();
  });

  const sitting = {
    visit, door, session, room, papers, live, media, view, place, away, over, faces, large, micFault, myParty,
    beside, held, hand: (to: string) => { holder.value = to === view.value?.me.id ? null : to; },
    toDecide, toConfirm, toSign, mySignature, act, leave, refreshAgreement, setMicrophone,
    show: (person: PersonMedia, video: HTMLVideoElement) => room.show(person, video),
    /** Server time now, ms. */
    serverNow: (clientNow: number) => clientNow + live.value.skew,
  };
  provide(KEY, sitting);
  return sitting;
}

export type Sitting = ReturnType<typeof useSitting>;
const KEY: InjectionKey<Sitting> = Symbol('sitting');

/** The sitting this part belongs to. */
export function theSitting(): Sitting {
  const sitting = inject(KEY);
  if (!sitting) throw new Error('outside a sitting');
  return sitting;
}
