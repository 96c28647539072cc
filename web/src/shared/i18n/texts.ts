//! Texts in Chinese (the source) and English. Keys are typed from the Chinese JSON: a missing key does not compile, and
//! `texts.test.ts` proves that both languages have the same keys and placeholders. English loads only when it is asked for.
//!
//! Own code instead of vue-i18n: all we use of it is looking up a path and filling `{name}`, and its 11 KB (gzip, messages
//! precompiled) would break the budget of the resident's page, where livekit-client alone takes two thirds.
import { computed, ref, shallowReactive, type ComputedRef, type Plugin } from 'vue';
import sharedZh from './messages/zh-CN/shared.json';

export type Locale = 'zh-CN' | 'en';

/** Every path to a text in a tree of messages: `{a: {b: ''}}` gives `'a.b'`. */
export type TextKey<M> = { [K in keyof M & string]: M[K] extends string ? K : `${K}.${TextKey<M[K]>}` }[keyof M & string];
export type TextParams = Record<string, string | number | readonly (string | number)[]>;
export type SharedKey = TextKey<typeof sharedZh>;
export type Translate<K extends string> = (key: K, params?: TextParams) => string;

export interface Texts<K extends string> {
  t: Translate<K | SharedKey>;
  /** The words of a refusal or problem by its stable `code`; words that help even when the code is unknown. */
  problem: (code: string, params?: TextParams) => string;
  locale: ComputedRef<Locale>;
}

export interface Tree { [key: string]: string | Tree }
interface Loaded { default: Tree }

const STORE = 'onedoor.locale';
const messages = shallowReactive<Record<Locale, Tree | null>>({ 'zh-CN': sharedZh, en: null });
const current = ref<Locale>('zh-CN');
let loadEnglish: () => Promise<Tree> = async () => ({});

function remembered(): Locale | undefined {
  try {
    const asked = new URLSearchParams(globalThis.location?.search ?? '').get('lang') ?? globalThis.localStorage?.getItem(STORE);
    return asked === 'en' || asked === 'zh-CN' ? asked : undefined;
  } catch {
    return undefined;
  }
}

/** Prepares the texts of one page: its own Chinese ones now, its English ones when wanted. Ready when it resolves. */
export async function createTexts(zh: Tree, english: () => Promise<Loaded>): Promise<Plugin> {
  addTexts(zh);
  loadEnglish = async () => {
    const [shared, own] = await Promise.all([import('./messages/en/shared.json'), english()]);
    return { ...shared.default, ...own.default };
  };
  await setLocale(remembered() ?? 'zh-CN');
  return { install: (app) => { app.config.globalProperties['$t'] = translate; } };
}

/** Adds Chinese texts of a part of the page that is loaded later; English always comes whole. */
export function addTexts(zh: Tree): void {
  messages['zh-CN'] = { ...messages['zh-CN'], ...zh };
}

/** Switches the language, loading it when needed, and remembers it on this device. */
export async function setLocale(locale: Locale): Promise<void> {
  if (locale === 'en') messages.en ??= await loadEnglish();
  current.value = locale;
  if (globalThis.document) document.documentElement.lang = locale;
  try {
    globalThis.localStorage?.setItem(STORE, locale);
  } catch {
    // Storage may be forbidden; the language then lasts as long as the page.
  }
}

function find(locale: Locale, key: string): string | undefined {
  let at: string | Tree | null | undefined = messages[locale];
  for (const part of key.split('.')) at = typeof at === 'object' ? at?.[part] : undefined;
  return typeof at === 'string' ? at : undefined;
}

/** The text at `key` in the current language, else in Chinese, else the key itself. */
export function translate(key: string, params: TextParams = {}): string {
  const text = find(current.value, key) ?? find('zh-CN', key) ?? key;
  return text.replaceAll(HOLE, (hole, name: string) => {
    const value = params[name];
    return Array.isArray(value) ? value.join(current.value === 'en' ? ', ' : '、') || hole : String(value ?? hole);
  });
}

const HOLE = /\{(\w+)\}/g;

const exists = (key: string): boolean => find('zh-CN', key) !== undefined;
/** The page's own words (`refusal`) before the shared ones; words with a hole that cannot be filled are not said. */
function problem(code: string, params?: TextParams): string {
  for (const key of [`refusal.${code}`, `problem.${code}`]) {
    const words = exists(key) ? translate(key, params) : '{}';
    if (!words.includes('{')) return words;
  }
  return translate(exists('refusal.unknown') ? 'refusal.unknown' : 'problem.unknown', { code });
}
const locale = computed(() => current.value);

/** Typed texts for a component. `K` is the page's own key type; see resident/i18n for the use. */
export function useTexts<K extends string>(): Texts<K> {
  return { t: translate as Translate<K | SharedKey>, problem, locale };
}

/** Untyped, for keys that come from the server (an event kind newer than this page): ask `te` whether there is a text. */
export function useI18n() {
  return { t: translate, te: exists, locale };
}
