//! The page before me, and where people point at it.
import { onScopeDispose, reactive, ref, watch, type Ref } from 'vue';
import type { Place } from '../api/contract';
import type { LiveSession } from '../live/session';
import { paperPage } from './hand-in';

export interface Leaf { paper: string; page: number }
export interface Pointed extends Place { seat: string; name: string }

/** The picture of a page as an address for `<img>`; null while it is on its way. */
export function usePage(leaf: () => Leaf | null, token: () => Promise<string>): { url: Ref<string | null>; failed: Ref<boolean>; again: () => void } {
  const url = ref<string | null>(null);
  const failed = ref(false);
  const tries = ref(0);
  let run = 0;
  const drop = () => { if (url.value) URL.revokeObjectURL(url.value); url.value = null; };
  watch([() => leaf()?.paper, () => leaf()?.page, tries], async () => {
    const mine = ++run;
    const now = leaf();
    failed.value = false;
    drop();
    if (!now) return;
    try {
      const blob = await paperPage(now.paper, now.page, await token());
      if (mine === run) url.value = URL.createObjectURL(blob);
    } catch {
      if (mine === run) failed.value = true;
    }
  }, { immediate: true });
  onScopeDispose(() => { run += 1; drop(); });
  return { url, failed, again: () => { tries.value += 1; } };
}

const EVERY_MS = 80;
const FADES_MS = 4_000;

/** Where others point at this page, and my own pointing, at most a dozen places a second. */
export function usePointing(live: LiveSession, leaf: () => Leaf | null) {
  const places = reactive(new Map<string, Pointed>());
  const fading = new Map<string, ReturnType<typeof setTimeout>>();
  let [told, resting]: [number, ReturnType<typeof setTimeout> | undefined] = [0, undefined];
  const forget = (seat: string) => { clearTimeout(fading.get(seat)); fading.delete(seat); places.delete(seat); };
  const put = (seat: string, name: string, at: Place | null) => {
    forget(seat);
    if (!at) return;
    places.set(seat, { seat, name, ...at });
    fading.set(seat, setTimeout(() => forget(seat), FADES_MS));
  };
  const hear: LiveSession['onPoint'] = (frame) => {
    const now = leaf();
    if (now?.paper === frame.paper && now.page === frame.page) put(frame.seat, frame.name, frame.at);
  };
  live.onPoint = hear;
  watch(() => [leaf()?.paper, leaf()?.page], () => { places.forEach((_, seat) => forget(seat)); });
  onScopeDispose(() => { if (live.onPoint === hear) live.onPoint = null; clearTimeout(resting); places.forEach((_, seat) => forget(seat)); });
  return {
    places,
    /** `mine` names me on my own page. */
    point(at: Place | null, mine: { seat: string; name: string }): void {
      put(mine.seat, mine.name, at);
      const send = () => { told = Date.now(); live.point(at); };
      clearTimeout(resting);
      if (Date.now() - told >= EVERY_MS) send();
      else resting = setTimeout(send, EVERY_MS);
    },
  };
}
