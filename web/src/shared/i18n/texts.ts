//! Texts in Chinese (the source) and English. Keys are typed from the Chinese JSON: a missing key does not compile, and
//! `texts.test.ts` proves that both languages have the same keys. English loads only when it is asked for.
import { computed, nextTick, type ComputedRef } from 'vue';
import { createI18n, type I18n, type I18nOptions, useI18n } from 'vue-i18n';
import sharedZh from './messages/zh-CN/shared.json';

export type Locale = 'zh-CN' | 'en';

/** Every path to a text in a tree of messages: `{a: {b: ''}}` gives `'a.b'`. */
export type TextKey<M> = { [K in keyof M & string]: M[K] extends string ? K : `${K}.${TextKey<M[K]>}` }[keyof M & string];
export type TextParams = Record<string, string | number>;
export type SharedKey = TextKey<typeof sharedZh>;
export type Translate<K extends string> = (key: K, params?: TextParams) => string;

export interface Texts<K extends string> {
  t: Translate<K | SharedKey>;
  /** The words of a refusal or problem by its stable `code`; words that help even when the code is unknown. */
  problem: (code: string, params?: TextParams) => string;
  locale: ComputedRef<Locale>;
}

const STORE = 'onedoor.locale';
type Tree = Record<string, unknown>;
interface Loaded { default: Tree }

let active: { i18n: I18n; english: () => Promise<Tree> } | undefined;

function remembered(): Locale | undefined {
  const asked = new URLSearchParams(globalThis.location?.search ?? '').get('lang');
  const stored = asked ?? globalThis.localStorage?.getItem(STORE);
  return stored === 'en' || stored === 'zh-CN' ? stored : undefined;
}

/** Builds the plugin for one page. `zh` and `loadEnglish` are that page's own messages; shared ones are added. */
export async function createTexts(zh: Tree, loadEnglish: () => Promise<Loaded>): Promise<I18n> {
  const options = {
    legacy: false,
    locale: 'zh-CN',
    fallbackLocale: 'zh-CN',
    messages: { 'zh-CN': { ...sharedZh, ...zh } },
    missingWarn: false,
    fallbackWarn: false,
  };
  const i18n = createI18n(options as I18nOptions) as unknown as I18n;
  active = {
    i18n,
    english: async () => {
      const [shared, own] = await Promise.all([import('./messages/en/shared.json'), loadEnglish()]);
      return { ...(shared.default as Tree), ...own.default };
    },
  };
  if (remembered() === 'en') await setLocale('en');
  else document.documentElement.lang = 'zh-CN';
  return i18n;
}

/** Adds Chinese texts of a part of the page that is loaded later; English always comes whole. */
export function addTexts(zh: Tree): void {
  (active?.i18n.global as unknown as Composer | undefined)?.mergeLocaleMessage('zh-CN', zh);
}

interface Composer { locale: { value: string }; availableLocales: string[]; setLocaleMessage: (locale: string, tree: Tree) => void; mergeLocaleMessage: (locale: string, tree: Tree) => void }

/** Switches the language, loading it when needed, and remembers it on this device. */
export async function setLocale(locale: Locale): Promise<void> {
  if (!active) return;
  const composer = active.i18n.global as unknown as Composer;
  if (locale === 'en' && !composer.availableLocales.includes('en')) composer.setLocaleMessage('en', await active.english());
  composer.locale.value = locale;
  document.documentElement.lang = locale;
  try {
    localStorage.setItem(STORE, locale);
  } catch {
    // Storage may be forbidden; the language then lasts as long as the page.
  }
  await nextTick();
}

/** Typed texts for a component. `K` is the page's own key type; see resident/i18n for the use. */
export function useTexts<K extends string>(): Texts<K> {
  const { t, te, locale } = useI18n();
  const has = (key: string) => te(key) || te(key, 'zh-CN');
  return {
    t: (key, params) => t(key, params ?? {}),
    problem: (code, params) => (has(`problem.${code}`) ? t(`problem.${code}`, params ?? {}) : t('problem.unknown', { code })),
    locale: computed(() => locale.value as Locale),
  };
}
