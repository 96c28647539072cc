//! Signing, step by step: read → draw → code → signed. The text's hash read at the start goes with the signature, so a text
//! that changed meanwhile is refused by the server and read again.
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue';
import type { Stroke } from '@/shared/api/contract';
import { Problem } from '@/shared/api/http';
import type { CodeSent } from './seat-api';
import type { Sitting } from './sitting';

export type Step = 'read' | 'draw' | 'code' | 'signed';
export interface Drawn { strokes: Stroke[]; width: number; height: number }

const RESEND_AFTER_S = 60;

export function useSigning(sitting: Sitting) {
  const agreement = computed(() => sitting.live.value.agreement);
  const reached = ref<Exclude<Step, 'signed'>>('read');
  const drawn = shallowRef<Drawn | null>(null);
  const sent = shallowRef<CodeSent | null>(null);
  const code = ref('');
  const wait = ref(0);
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const codeNeeded = computed(() => agreement.value?.code_needed ?? true);
  const signed = computed(() => sitting.mySignature.value?.signed_at !== null && sitting.mySignature.value !== null);
  const step = computed<Step>(() => (signed.value ? 'signed' : reached.value));
  const timer = setInterval(() => { wait.value = Math.max(0, wait.value - 1); }, 1000);
  onBeforeUnmount(() => clearInterval(timer));

  async function attempt(work: () => Promise<void>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (thrown) {
      problem.value = Problem.of(thrown);
      // Learn what really holds now: signed on another tap, a text that changed, an agreement taken back.
      if (problem.value.status === 409 || problem.value.code === 'text_changed') {
        await sitting.refreshAgreement();
        if (problem.value.code === 'text_changed') reached.value = 'read';
      }
    } finally {
      busy.value = false;
    }
  }

  const sendCode = () => attempt(async () => {
    sent.value = await sitting.papers.code();
    wait.value = RESEND_AFTER_S;
    code.value = '';
  });

  const submit = () => attempt(async () => {
    const now = agreement.value;
    if (!drawn.value || !now?.text_sha256) return;
    sitting.session.learnAgreement(await sitting.papers.sign({ text_sha256: now.text_sha256, ...drawn.value, code: code.value.trim() }));
    sent.value = null;
  });

  async function accept(signature: Drawn): Promise<void> {
    drawn.value = signature;
    if (!codeNeeded.value) return submit();
    reached.value = 'code';
    if (!sent.value) await sendCode();
  }

  return { agreement, step, sent, code, wait, busy, problem, codeNeeded, sendCode, submit, accept, to: (next: 'read' | 'draw') => { reached.value = next; problem.value = null; } };
}
