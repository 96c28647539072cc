//! Loading ahead: the sitting's code and livekit-client, before they are needed. A device that was in a sitting before (a
//! reload, a returning party) starts at once, while the link is still being asked about; others at the rights screen.
import { preloadMedia } from '@/shared/room/media-room';

const STORE = 'onedoor.inside';

export const loadSitting = () => import('../screens/SittingScreen.vue');

export function loadAhead(): void {
  void loadSitting();
  void preloadMedia();
}

export function loadAheadIfKnown(): void {
  try {
    if (localStorage.getItem(STORE)) loadAhead();
  } catch {
    // Without storage it loads when it is needed.
  }
}

export function rememberInside(): void {
  try {
    localStorage.setItem(STORE, '1');
  } catch {
    // As above.
  }
}
