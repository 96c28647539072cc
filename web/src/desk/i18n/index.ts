//! The desk's texts: typed keys over its own JSON and the shared ones, and a way to ask for words that may be missing
//! (kinds of timeline events come from the server and grow before the desk does).
import { createTexts, useI18n, useTexts, type SharedKey, type TextKey, type TextParams, type Texts } from '@/shared/i18n/texts';
import zh from './zh-CN.json';

export type DeskKey = TextKey<typeof zh>;

export const deskTexts = () => createTexts(zh, () => import('./en.json'));

export interface DeskTexts extends Texts<DeskKey> {
  /** The text when there is one for this key, else the fallback. */
  maybe: (key: string, fallback: string, params?: TextParams) => string;
}

export function useDesk(): DeskTexts {
  const texts = useTexts<DeskKey>();
  const { t, te } = useI18n();
  return {
    ...texts,
    maybe: (key, fallback, params) => (te(key) ? t(key, params ?? {}) : fallback),
  };
}

export type AnyKey = DeskKey | SharedKey;
