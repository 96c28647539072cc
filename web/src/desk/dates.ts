//! Dates and times in the reader's language: relative near now, absolute otherwise.
import { computed, type ComputedRef } from 'vue';
import { useDesk } from './i18n';
import { daysLeft, nearness } from './sitting/clock';

export interface Dates {
  clock(moment: string): string;
  date(moment: string): string;
  full(moment: string): string;
  near(moment: string, now?: number): string;
  /** As `near`, for beside a clock: the day or the minutes, never the time again. */
  day(moment: string, now?: number): string;
  due(moment: string | null, now?: number): string;
}

export function useDates(): ComputedRef<Dates> {
  const { t, locale } = useDesk();
  return computed(() => {
    const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale.value, options);
    const clockFormat = format({ hour: '2-digit', minute: '2-digit', hour12: false });
    const dateFormat = format({ month: 'long', day: 'numeric', weekday: 'short' });
    const fullFormat = format({ year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });
    const clock = (moment: string): string => clockFormat.format(new Date(moment));
    const date = (moment: string): string => dateFormat.format(new Date(moment));
    const minutes = (moment: string, now: number): string | null => {
      const near = nearness(moment, now);
      if (near.kind === 'now') return t('time.now');
      if (near.kind === 'in_minutes') return t('time.inMinutes', { n: near.n });
      return near.kind === 'minutes_ago' ? t('time.agoMinutes', { n: near.n }) : null;
    };
    return {
      clock,
      date,
      full: (moment) => fullFormat.format(new Date(moment)),
      near(moment, now = Date.now()) {
        const near = nearness(moment, now);
        if (near.kind === 'today' || near.kind === 'tomorrow' || near.kind === 'yesterday') return t(`time.${near.kind}`, { time: clock(moment) });
        return minutes(moment, now) ?? `${date(moment)} ${clock(moment)}`;
      },
      day(moment, now = Date.now()) {
        const near = nearness(moment, now);
        if (near.kind === 'today' || near.kind === 'tomorrow' || near.kind === 'yesterday') return t(`time.${near.kind}`, { time: '' }).trim();
        return minutes(moment, now) ?? date(moment);
      },
      due(moment, now = Date.now()) {
        const days = daysLeft(moment, now);
        if (days === null) return t('due.none');
        if (days === 0) return t('due.today');
        return days > 0 ? t('due.left', { n: days }) : t('due.over', { n: -days });
      },
    };
  });
}
