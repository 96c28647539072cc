//! Turns any failure of a call or a command into one sentence that says why and what to do.
import { ElMessage } from 'element-plus';
import 'element-plus/theme-chalk/el-message.css';
import { Problem } from '@/shared/api/http';
import type { TextParams } from '@/shared/i18n/texts';
import { useDesk } from './i18n';

export interface Say {
  (error: unknown): string;
  /** Shows the sentence for some seconds, over whatever is on screen. */
  toast(error: unknown): void;
  done(words: string): void;
}

/** In a component: `const say = useProblems()`; `say(error)` is the sentence. */
export function useProblems(): Say {
  const { problem } = useDesk();
  const say = (error: unknown): string => {
    const { code, params } = codeOf(error);
    return problem(code, params);
  };
  return Object.assign(say, {
    toast: (error: unknown) => void ElMessage({ type: 'error', message: say(error), duration: 6000 }),
    done: (words: string) => void ElMessage({ type: 'success', message: words }),
  });
}

/** The stable code of a problem, a refused command, or anything else. */
export function codeOf(error: unknown): { code: string; params: TextParams } {
  const refused = error as { code?: unknown; params?: TextParams } | null;
  if (typeof refused?.code === 'string') return { code: refused.code, params: refused.params ?? {} };
  const problem = Problem.of(error);
  return { code: problem.code, params: problem.params };
}
