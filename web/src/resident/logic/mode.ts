//! Elder mode (关怀模式): one attribute on <html>, remembered on this device.
import { ref } from 'vue';

const STORE = 'onedoor.mode';
export const elder = ref(false);

function apply(): void {
  if (elder.value) document.documentElement.dataset['mode'] = 'elder';
  else delete document.documentElement.dataset['mode'];
}

export function recallMode(): void {
  try {
    elder.value = localStorage.getItem(STORE) === 'elder';
  } catch {
    elder.value = false;
  }
  apply();
}

export function toggleElder(): void {
  elder.value = !elder.value;
  apply();
  try {
    localStorage.setItem(STORE, elder.value ? 'elder' : 'standard');
  } catch {
    // Not remembered then; the page still changes.
  }
}
