import { describe, expect, it } from 'vitest';
import { findAmounts, fromCapitals, toCapitals, withCapitals } from './amount';

const PAIRS: [bigint, string][] = [
  [0n, '零元整'],
  [5n, '伍分'],
  [80n, '捌角整'],
  [508n, '伍元零捌分'],
  [1_000n, '壹拾元整'],
  [10_500n, '壹佰零伍元整'],
  [180_000n, '壹仟捌佰元整'],
  [276_000n, '贰仟柒佰陆拾元整'],
  [1_260_000n, '壹万贰仟陆佰元整'],
  [4_320_000n, '肆万叁仟贰佰元整'],
  [8_640_050n, '捌万陆仟肆佰元伍角整'],
  [10_000_100n, '壹拾万零壹元整'],
  [10_050_000n, '壹拾万零伍佰元整'],
  [1_000_000_000n, '壹仟万元整'],
  [100_000_000_00n, '壹亿元整'],
  [100_000_001_00n, '壹亿零壹元整'],
  [1_0000_5000_00n, '壹亿零伍仟元整'],
];

describe('amounts in capitals', () => {
  it.each(PAIRS)('%s cents is %s', (cents, words) => {
    expect(toCapitals(cents)).toBe(words);
    expect(fromCapitals(words)).toBe(cents);
  });

  it('reads its own writing for every amount tried', () => {
    for (let cents = 1n; cents < 10n ** 13n; cents = cents * 3n + 7n) expect(fromCapitals(toCapitals(cents))).toBe(cents);
  });

  it('is not misled by words that are no amount', () => {
    expect(fromCapitals('壹仟捌佰')).toBeNull();
    expect(fromCapitals('若干元')).toBeNull();
    expect(fromCapitals('')).toBeNull();
  });
});

describe('amounts in a clause', () => {
  it('sees that figures and capitals agree', () => {
    const [found] = findAmounts('钱永福转账 1800 元(壹仟捌佰元整),用于墙面修补。');
    expect(found).toMatchObject({ figures: '1800 元', state: 'agrees' });
  });

  it('sees one wrong character', () => {
    const [found] = findAmounts('支付 43,200 元(大写:肆万叁仟贰拾元整)。');
    expect(found).toMatchObject({ state: 'differs', expected: '肆万叁仟贰佰元整' });
  });

  it('reads 1.5 万元 and cents', () => {
    expect(findAmounts('赔偿1.5万元').map((a) => a.cents)).toEqual([1_500_000n]);
    expect(findAmounts('退还 86.4 元').map((a) => a.cents)).toEqual([8_640n]);
  });

  it('writes the capitals that are missing and mends the wrong ones', () => {
    expect(withCapitals('先付 600 元,再付 43200元(肆万元整)。')).toBe('先付 600 元(陆佰元整),再付 43200元(肆万叁仟贰佰元整)。');
    const right = '付 1800 元(壹仟捌佰元整)';
    expect(withCapitals(right)).toBe(right);
  });

  it('leaves dates and lengths alone', () => {
    expect(findAmounts('2026 年 5 月 10 日前修排水沟,长 9 米、宽 0.3 米')).toEqual([]);
  });
});
