//! What somebody may do for a party, in one line: on the case file and in the sitting (R28, R29).
import type { Mandate } from '@/shared/api/contract';
import { useDates } from './dates';
import { useDesk } from './i18n';

export function useAuthority(): (mandate: Mandate) => string {
  const { t } = useDesk();
  const dates = useDates();
  return ({ kind, powers, until }) => {
    const named = powers.map((power) => t(`mandate.power.${power}`)).join(t('list'));
    const line = named ? t('mandate.line', { kind: t(`mandate.${kind}`), powers: named }) : t(`mandate.${kind}`);
    return until ? `${line} · ${t('mandate.until')} ${dates.value.full(until)}` : line;
  };
}
