//! The time now, once a second, for clocks on the screen.
import { onBeforeUnmount, ref, type Ref } from 'vue';

export function useNow(): Ref<number> {
  const now = ref(Date.now());
  const timer = setInterval(() => { now.value = Date.now(); }, 1000);
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}
