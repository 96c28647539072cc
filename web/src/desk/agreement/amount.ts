//! Amounts in figures and in capitals (大写), checked against each other.
//!
//! A clause that says 1800 元 and 壹仟捌拾元整 cannot be enforced (CPLI 358: unclear content is refused), so the editor
//! reads both, compares them, and offers the capitals it would write. Cents are integers; no floating point.

const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const SMALL_UNITS = ['', '拾', '佰', '仟'];
const GROUP_UNITS = ['', '万', '亿', '万亿'];
/** The largest amount the capitals are written for: 9999 万亿 元, in cents. */
const LIMIT = 10n ** 18n;

/** Writes an amount in cents as capitals, after the accounting norm: 180000 → 壹仟捌佰元整. */
export function toCapitals(cents: bigint): string {
  if (cents < 0n || cents >= LIMIT) return '';
  const yuan = cents / 100n;
  const jiao = Number((cents / 10n) % 10n);
  const fen = Number(cents % 10n);
  const whole = yuan === 0n ? '' : `${integerCapitals(yuan)}元`;
  if (jiao === 0 && fen === 0) return whole === '' ? '零元整' : `${whole}整`;
  // 伍元零捌分: the missing 角 between is said; with no yuan at all it is not.
  const tenths = jiao > 0 ? `${DIGITS[jiao]}角` : whole === '' ? '' : '零';
  const hundredths = fen > 0 ? `${DIGITS[fen]}分` : '整';
  return whole + tenths + hundredths;
}

function integerCapitals(yuan: bigint): string {
  const groups: number[] = [];
  for (let rest = yuan; rest > 0n; rest /= 10000n) groups.push(Number(rest % 10000n));
  let words = '';
  let gap = false;
  for (let i = groups.length - 1; i >= 0; i -= 1) {
    const group = groups[i] ?? 0;
    if (group === 0) {
      gap = words !== '';
      continue;
    }
    if (words !== '' && (gap || group < 1000)) words += '零';
    words += groupCapitals(group) + (GROUP_UNITS[i] ?? '');
    gap = false;
  }
  return words;
}

function groupCapitals(group: number): string {
  let words = '';
  let gap = false;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(group / 10 ** place) % 10;
    if (digit === 0) {
      gap = words !== '';
      continue;
    }
    words += (gap ? '零' : '') + DIGITS[digit] + SMALL_UNITS[place];
    gap = false;
  }
  return words;
}

/** Reads capitals back to cents; `null` when they are not an amount. Simplified and common variants are understood. */
export function fromCapitals(words: string): bigint | null {
  const plain = words.replace(/[圆圓]/g, '元').replace(/[整正\s]/g, '').replace(/〇/g, '零').replace(/两/g, '贰');
  const match = /^(?:(.+)元)?零?(?:(.)角)?零?(?:(.)分)?$/.exec(plain);
  if (plain === '' || !match) return null;
  const yuan = match[1] === undefined ? 0n : integerFrom(match[1]);
  const jiao = match[2] === undefined ? 0 : digitOf(match[2]);
  const fen = match[3] === undefined ? 0 : digitOf(match[3]);
  if (yuan === null || jiao < 0 || fen < 0) return null;
  return yuan * 100n + BigInt(jiao * 10 + fen);
}

const DIGIT_WORDS = ['零', '壹一', '贰二', '叁三', '肆四', '伍五', '陆六', '柒七', '捌八', '玖九'];
function digitOf(word: string): number {
  return DIGIT_WORDS.findIndex((all) => all.includes(word));
}

function integerFrom(words: string): bigint | null {
  let total = 0n;
  let group = 0n;
  let digit: number | null = null;
  for (const word of words) {
    const small = { 拾: 10n, 十: 10n, 佰: 100n, 百: 100n, 仟: 1000n, 千: 1000n }[word];
    const large = { 万: 10_000n, 亿: 100_000_000n }[word];
    if (small !== undefined) {
      group += BigInt(digit ?? 1) * small;
      digit = null;
    } else if (large !== undefined) {
      total = large === 100_000_000n ? (total + group + BigInt(digit ?? 0)) * large : total + (group + BigInt(digit ?? 0)) * large;
      group = 0n;
      digit = null;
    } else {
      const value = digitOf(word);
      if (value < 0) return null;
      digit = value;
    }
  }
  return total + group + BigInt(digit ?? 0);
}

/** One amount found in a clause. `start`/`end` are where figures (and capitals, when there) stand in the text. */
export interface AmountFound {
  figures: string;
  cents: bigint;
  capitals: string | null;
  expected: string;
  state: 'agrees' | 'differs' | 'no_capitals';
  start: number;
  end: number;
}

const FIGURES = /(\d[\d,，]*(?:\.\d{1,2})?)\s*(万)?\s*元(?:\s*[((]\s*(?:大写[::]?\s*)?([零〇一二三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟两万亿元圆圓角分整正\s]+)[))])?/g;

/** Every amount of a text with its capitals and whether the two agree. */
export function findAmounts(text: string): AmountFound[] {
  return [...text.matchAll(FIGURES)].map((match) => {
    const cents = centsOf(match[1] ?? '0', match[2] !== undefined);
    const capitals = match[3]?.trim() ?? null;
    const state = capitals === null ? 'no_capitals' : fromCapitals(capitals) === cents ? 'agrees' : 'differs';
    const figures = `${match[1]}${match[2] ?? ''} 元`;
    return { figures, cents, capitals, expected: toCapitals(cents), state, start: match.index, end: match.index + match[0].length };
  });
}

function centsOf(figures: string, tenThousand: boolean): bigint {
  const [yuan = '0', cents = ''] = figures.replace(/[,,]/g, '').split('.');
  const value = BigInt(yuan) * 100n + BigInt(cents.padEnd(2, '0'));
  return tenThousand ? value * 10_000n : value;
}

/** The text with right capitals behind every figure. */
export function withCapitals(text: string): string {
  let out = text;
  // From the end, so that the places found earlier in the text stay right.
  for (const found of findAmounts(text).sort((a, b) => b.start - a.start)) {
    if (found.state === 'agrees') continue;
    const written = out.slice(found.start, found.end).replace(/\s*[((].*$/s, '');
    out = `${out.slice(0, found.start)}${written}(${found.expected})${out.slice(found.end)}`;
  }
  return out;
}
