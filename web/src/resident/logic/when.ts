//! Times as people say them: “今天 14:30（还有 8 分钟）” near now, the full date otherwise. Pure: `now` is given.
import type { Translate } from '@/shared/i18n/texts';
import type { SharedKey } from '@/shared/i18n/texts';

type T = Translate<SharedKey>;
const DAY = 86_400_000;

const midnight = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

/** A moment for reading. Within an hour before or after now the distance is added. */
export function when(iso: string, now: Date, t: T, locale: string): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hour12: false });
  const days = Math.round((midnight(at) - midnight(now)) / DAY);
  let text = `${at.toLocaleDateString(locale, { year: at.getFullYear() === now.getFullYear() ? undefined : 'numeric', month: 'long', day: 'numeric', weekday: 'short' })} ${time}`;
  if (days === 0) text = t('time.today', { time });
  else if (days === 1) text = t('time.tomorrow', { time });
  else if (days === -1) text = t('time.yesterday', { time });
  const minutes = Math.round((at.getTime() - now.getTime()) / 60_000);
  if (Math.abs(minutes) > 60) return text;
  const distance = minutes > 0 ? t('time.inMinutes', { n: minutes }) : minutes < 0 ? t('time.agoMinutes', { n: -minutes }) : t('time.now');
  return locale === 'zh-CN' ? `${text}（${distance}）` : `${text} (${distance})`;
}

/** A running clock: `mm:ss`, or `h:mm:ss` after an hour. Never negative. */
export function clock(sinceIso: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(sinceIso)) / 1000));
  const two = (part: number) => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
