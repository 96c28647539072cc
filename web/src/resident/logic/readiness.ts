//! What the mediator sees of a seat before the beginning: the device test, the way the media takes, who else is in the room
//! as the person said at the door, and the language of the page. Sent once a visit, when the way is known.
import { watch, type ShallowRef } from 'vue';
import type { Command, Readiness } from '@/shared/api/contract';
import type { LiveState } from '@/shared/live/session';
import type { MediaRoom, MediaState } from '@/shared/room/media-room';
import type { Visit } from './visit';

export type DevicesFound = Pick<Readiness, 'camera' | 'microphone' | 'sound'>;

/** Media that is not there by then counts as blocked, ms. */
const PATIENCE = 15_000;

export function reportReadiness(visit: Visit, live: ShallowRef<LiveState>, media: ShallowRef<MediaState>, room: MediaRoom, act: (command: Command) => Promise<void>): void {
  let patience: ReturnType<typeof setTimeout> | undefined;
  let sent = false;
  const send = (network: string | null): void => {
    if (sent) return;
    sent = true;
    clearTimeout(patience);
    const { found, company } = visit.kept.value;
    const report: Readiness = { camera: null, microphone: null, sound: null, ...found, network, language: document.documentElement.lang, company: company ? [company] : [] };
    // A sitting that ended meanwhile needs none of this.
    act({ type: 'ready', readiness: report }).catch(() => undefined);
  };
  watch([live, media], async () => {
    const phase = live.value.view?.phase;
    if (sent || live.value.link !== 'online' || (phase !== 'scheduled' && phase !== 'lobby')) return;
    // Of a seat without any track the way is not known, which is not a fault.
    patience ??= setTimeout(() => send(media.value.link === 'connected' ? null : 'none'), PATIENCE);
    const way = media.value.link === 'connected' ? await room.way() : 'none';
    if (way !== 'none') send(way);
  });
}
