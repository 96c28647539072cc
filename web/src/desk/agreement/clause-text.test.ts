import { describe, expect, it } from 'vitest';
import { blanksIn, changeOf, chineseOrdinal, fillTemplate, nextBlank, TEMPLATES, templatesFor, type TemplateName } from './clause-text';

describe('clause templates', () => {
  it('offers what fits the dispute first, and always the way to court confirmation', () => {
    expect(templatesFor('neighbour').slice(0, 2)).toEqual(['payment', 'works']);
    expect(templatesFor('labour')).toContain('instalments');
    expect(templatesFor('ip')).toContain('confirmation');
  });
  it('writes the names of the case and leaves the rest blank', () => {
    const text = fillTemplate('payment', '赵守田', '钱永福');
    expect(text).toContain('钱永福于〔日期〕前向赵守田');
    expect(blanksIn(text).map((blank) => blank.name)).toEqual(['日期', '金额', '用途']);
  });
  it('keeps blanks for names it does not know', () => {
    expect(fillTemplate('apology', undefined, undefined)).toContain('〔乙方〕');
  });
  it('goes from blank to blank and round again', () => {
    const text = TEMPLATES.visits;
    const first = nextBlank(text, 0);
    expect(first?.name).toBe('乙方');
    expect(nextBlank(text, first?.end ?? 0)?.name).toBe('期间');
    expect(nextBlank(text, text.length)?.name).toBe('乙方');
    expect(nextBlank('没有空', 0)).toBeNull();
  });
  it('has closed every bracket', () => {
    for (const name of Object.keys(TEMPLATES) as TemplateName[]) expect(TEMPLATES[name].split('〔').length, name).toBe(TEMPLATES[name].split('〕').length);
  });
});

describe('a clause', () => {
  it('is numbered as the paper is', () => {
    expect([1, 4, 10, 11, 20, 21].map(chineseOrdinal)).toEqual(['一', '四', '十', '十一', '二十', '二十一']);
  });
  it('shows what an edit changed, and only that', () => {
    expect(changeOf('允许通行二日。', '允许通行三日。')).toEqual({ before: '允许通行', removed: '二', added: '三', after: '日。' });
    expect(changeOf('甲', '甲乙')).toEqual({ before: '甲', removed: '', added: '乙', after: '' });
    expect(changeOf('付 100 元', '付 1000 元')).toMatchObject({ removed: '', added: '0' });
  });
});
