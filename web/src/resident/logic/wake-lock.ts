//! Keeps the screen on while someone waits or speaks: a dark phone loses its camera. Asked again whenever the page is seen.
import { onBeforeUnmount, onMounted } from 'vue';

export function useWakeLock(): void {
  let lock: WakeLockSentinel | null = null;
  const hold = async () => {
    if (document.visibilityState !== 'visible') return;
    lock = await navigator.wakeLock?.request('screen').catch(() => null) ?? null;
  };
  const seen = () => void hold();
  onMounted(() => {
    void hold();
    document.addEventListener('visibilitychange', seen);
  });
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', seen);
    void lock?.release();
  });
}
