//! What rings at this desk, for the whole time somebody who can be called is signed in: one stream, one sound, one badge.
import { computed, ref, shallowRef, watch } from 'vue';
import { staff } from '../login/login';
import { ringSoftly } from '../sitting/chime';
import type { ExpertCall } from './duty-calls';
import { openStream, type Stream } from './stream';

/** Offices that can be put on the roster. */
const CALLED = new Set(['lawyer', 'counsellor', 'liaison', 'grid_worker']);
const AGAIN_MS = 2_600;

export const isCalled = computed(() => CALLED.has(staff.value?.role ?? ''));
export const calls = shallowRef<ExpertCall[]>([]);
/** The list has come; before that nothing is known. */
export const known = ref(false);
export const line = ref(true);
export const ringing = computed(() => calls.value.filter((one) => one.status === 'ringing'));
export const visits = computed(() => calls.value.filter((one) => one.status !== 'ringing'));

let stream: Stream | null = null;
let sound: ReturnType<typeof setInterval> | undefined;

watch(() => (isCalled.value ? (staff.value?.id ?? '') : ''), (who) => {
  stream?.stop();
  stream = null;
  calls.value = [];
  known.value = false;
  if (who === '') return;
  stream = openStream<{ items: ExpertCall[] }>('/api/v1/calls/live', (news) => {
    calls.value = news.items;
    known.value = true;
  }, (up) => (line.value = up));
}, { immediate: true });

watch(() => ringing.value.map((one) => one.id).join(), (ids) => {
  clearInterval(sound);
  if (ids === '') return;
  ringSoftly();
  sound = setInterval(ringSoftly, AGAIN_MS);
});
