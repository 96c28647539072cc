//! Which of two tellings of an agreement is the later one. An HTTP answer and the wire travel apart and may overtake each
//! other: “sealing”, asked for earlier, must not cover “effective”, told since.
import type { Agreement } from '../api/contract';

const STATES: readonly Agreement['state'][] = ['drafting', 'signing', 'sealing', 'effective', 'void'];

/** Whether `told` may replace `known`. Within one version an agreement only moves on: state, signatures, answers given. */
export function notOlder(told: Agreement, known: Agreement | null): boolean {
  if (!known || told.id !== known.id) return true;
  for (const measure of [(one: Agreement) => one.version, (one: Agreement) => STATES.indexOf(one.state), signed, answered]) {
    const step = measure(told) - measure(known);
    if (step !== 0) return step > 0;
  }
  return true;
}

function signed(agreement: Agreement): number {
  return agreement.required.filter((one) => one.signed_at !== null).length;
}

function answered(agreement: Agreement): number {
  return agreement.clauses.flatMap((clause) => clause.stances).filter((one) => one.stance !== null && !one.stale).length;
}
