//! The words of clauses: templates by kind of dispute, the blanks in them, numbering, and what an edit changed. Pure.
import type { DisputeKind } from '@/shared/api/contract';

export type TemplateName = 'payment' | 'instalments' | 'works' | 'passage' | 'apology' | 'upkeep' | 'refund' | 'removal' | 'care' | 'visits' | 'confidential' | 'confirmation' | 'settled';

/**
 * Templates are Chinese whatever the screen's language is: the agreement is a Chinese document. Blanks stand in 〔…〕;
 * 〔甲方〕 is the applicant, 〔乙方〕 the respondent, both filled in from the case.
 */
export const TEMPLATES: Record<TemplateName, string> = {
  payment: '〔乙方〕于〔日期〕前向〔甲方〕一次性支付〔金额〕元，用于〔用途〕，转入〔甲方〕名下账户。',
  instalments: '〔乙方〕向〔甲方〕支付共计〔金额〕元：于〔日期〕前支付〔金额〕元，于〔日期〕前支付〔金额〕元。任一期逾期，未付部分一并到期。',
  works: '〔乙方〕于〔日期〕前自费〔施工内容〕，长〔数量〕米、宽〔数量〕米，完工后由双方共同验收。',
  passage: '自〔日期〕起至〔日期〕止，〔甲方〕允许〔乙方〕从〔位置〕通行，用于〔用途〕。',
  apology: '〔乙方〕于〔日期〕前以〔方式〕向〔甲方〕当面道歉。',
  upkeep: '〔设施〕日后由双方共同维护，〔甲方〕负责〔范围〕，〔乙方〕负责〔范围〕，费用各担一半。',
  refund: '〔乙方〕于〔日期〕前将〔金额〕元按原支付方式退还〔甲方〕。',
  removal: '〔乙方〕于〔日期〕前将〔位置〕恢复原状，费用由〔乙方〕承担。',
  care: '自〔日期〕起，〔乙方〕每月〔日期〕日前向〔甲方〕支付赡养费〔金额〕元。',
  visits: '〔乙方〕每〔期间〕至少看望〔甲方〕〔次数〕次。',
  confidential: '双方对本协议内容及调解过程中知悉的对方信息保密。',
  confirmation: '自本协议生效之日起三十日内，双方共同向人民法院申请司法确认。',
  settled: '本协议履行完毕后，双方就本纠纷再无其他争议。',
};

const COMMON: TemplateName[] = ['confirmation', 'settled'];
const BY_KIND: Partial<Record<DisputeKind, TemplateName[]>> = {
  neighbour: ['payment', 'works', 'passage', 'upkeep', 'apology'],
  house_site: ['removal', 'works', 'passage', 'payment'],
  land_forest: ['payment', 'removal', 'passage', 'instalments'],
  labour: ['instalments', 'payment', 'apology'],
  consumer: ['refund', 'payment', 'apology'],
  medical: ['payment', 'upkeep', 'confidential', 'apology'],
  family: ['care', 'visits', 'payment', 'apology'],
  traffic: ['payment', 'instalments', 'apology'],
  property_mgmt: ['payment', 'upkeep', 'works', 'refund'],
  environment: ['removal', 'works', 'payment', 'upkeep'],
};

/** The templates that fit a kind of dispute, the likeliest first. */
export function templatesFor(kind: DisputeKind): TemplateName[] {
  return [...(BY_KIND[kind] ?? ['payment', 'instalments', 'works', 'apology']), ...COMMON];
}

/** A template with the names of the case in it. */
export function fillTemplate(name: TemplateName, applicant: string | undefined, respondent: string | undefined): string {
  return TEMPLATES[name].replaceAll('〔甲方〕', applicant ?? '〔甲方〕').replaceAll('〔乙方〕', respondent ?? '〔乙方〕');
}

export interface Blank { start: number; end: number; name: string }

/** The blanks still to be filled. */
export function blanksIn(text: string): Blank[] {
  return [...text.matchAll(/〔([^〕]*)〕/g)].map((match) => ({ start: match.index, end: match.index + match[0].length, name: match[1] ?? '' }));
}

/** The first blank at or after a place, else the first of all: where Tab goes. */
export function nextBlank(text: string, from: number): Blank | null {
  const blanks = blanksIn(text);
  return blanks.find((blank) => blank.start >= from) ?? blanks[0] ?? null;
}

const NUMERALS = '〇一二三四五六七八九';
/** 一, 十二, 二十 … for clause numbers up to 99. */
export function chineseOrdinal(n: number): string {
  if (n < 1 || n > 99) return String(n);
  const tens = Math.floor(n / 10);
  const ones = n % 10;
  return `${tens > 1 ? NUMERALS[tens] : ''}${tens > 0 ? '十' : ''}${ones > 0 ? NUMERALS[ones] : ''}`;
}

export interface Change { before: string; removed: string; added: string; after: string }

/** What changed between two wordings: the common beginning and end, and the two middles. */
export function changeOf(old: string, now: string): Change {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  return { before: now.slice(0, head), removed: old.slice(head, old.length - tail), added: now.slice(head, now.length - tail), after: now.slice(now.length - tail) };
}
