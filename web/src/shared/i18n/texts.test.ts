//! Both languages say the same things: same files, same keys, same placeholders, nothing empty.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addTexts, createTexts, setLocale, translate, useTexts } from './texts';

const source = new URL('../../', import.meta.url).pathname;

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

function leaves(tree: Record<string, unknown>, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(prefix + key, value);
    else for (const [path, text] of leaves(value as Record<string, unknown>, `${prefix}${key}.`)) found.set(path, text);
  }
  return found;
}

const read = (path: string) => leaves(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>);
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
const chinese = filesBelow(source).filter((path) => /i18n.*zh-CN.*\.json$/.test(path));

describe('texts', () => {
  it('are found', () => expect(chinese.length).toBeGreaterThan(0));
  for (const path of chinese) {
    it(`${path.slice(source.length)} is complete in English`, () => {
      const zh = read(path);
      const en = read(path.replace('zh-CN', 'en'));
      expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
      for (const [key, text] of zh) {
        expect(text.trim(), key).not.toBe('');
        expect(en.get(key)?.trim(), key).not.toBe('');
        expect(placeholders(en.get(key) ?? ''), key).toEqual(placeholders(text));
        expect(en.get(key), `${key} has Chinese in the English text`).not.toMatch(/[\u4e00-\u9fff]/);
      }
    });
  }
});

describe('a text', () => {
  it('is looked up by path, filled, and falls back to Chinese, then to its key', async () => {
    addTexts({ door: { hello: '{name}，您好', only: '只有中文' } });
    await createTexts({}, async () => ({ default: { door: { hello: 'Hello, {name}' } } }));
    expect(translate('door.hello', { name: '赵守田' })).toBe('赵守田，您好');
    await setLocale('en');
    expect(translate('door.hello', { name: 'Zhao' })).toBe('Hello, Zhao');
    expect([translate('door.only'), translate('door.none'), translate('door')]).toEqual(['只有中文', 'door.none', 'door']);
    await setLocale('zh-CN');
  });

  it('of an unknown problem still helps, and names the code', () => {
    const { problem } = useTexts<never>();
    expect(problem('link_expired')).toContain('已经过期');
    expect(problem('never_heard_of')).toContain('never_heard_of');
  });

  it('of a problem is the page’s own when there is one, with its figures; a hole is never shown', () => {
    addTexts({ refusal: { too_many: '请过 {retry_after} 秒再试。', consent_missing: '还没有问 {parties}。', unknown: '告诉管理员 {code}。' } });
    const { problem } = useTexts<never>();
    expect(problem('too_many', { retry_after: 9 })).toBe('请过 9 秒再试。');
    expect(problem('too_many')).toContain('请稍等');
    expect(problem('consent_missing', { parties: ['赵守田', '何秀英'] })).toBe('还没有问 赵守田、何秀英。');
    expect(problem('consent_missing', { parties: [] })).toBe('告诉管理员 consent_missing。');
  });
});
