//! The resident's pure parts: times, changes of a clause, dates for the calendar.
import type { View } from '@/shared/api/contract';
import { hearing } from './hearing';
import { describe, expect, it } from 'vitest';
import type { TextParams } from '@/shared/i18n/texts';
import { changes } from './changes';
import { confirmationDeadline, datesOf, icsFile } from './calendar';
import { clock, when } from './when';

const t = (key: string, params?: TextParams) => `${key}:${Object.values(params ?? {}).join()}`;

describe('times', () => {
  const now = new Date(2026, 10, 23, 14, 22);
  const at = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).toISOString();

  it('near now are relative, others absolute', () => {
    expect(when(at(23, 14, 30), now, t, 'zh-CN')).toBe('time.today:14:30（time.inMinutes:8）');
    expect(when(at(23, 14, 20), now, t, 'en')).toBe('time.today:14:20 (time.agoMinutes:2)');
    expect(when(at(24, 9, 0), now, t, 'zh-CN')).toBe('time.tomorrow:09:00');
    expect(when(at(30, 9, 0), now, t, 'zh-CN')).toMatch(/11月30日.*09:00/);
  });

  it('clocks count up and never below zero', () => {
    expect(clock('2026-11-23T06:00:00Z', Date.parse('2026-11-23T06:06:12Z'))).toBe('06:12');
    expect(clock('2026-11-23T06:00:00Z', Date.parse('2026-11-23T07:01:02Z'))).toBe('1:01:02');
    expect(clock('2026-11-23T06:00:00Z', Date.parse('2026-11-23T05:59:00Z'))).toBe('00:00');
  });
});

describe('changes of a clause', () => {
  it('marks the amount as one change', () => {
    expect(changes('转账 1800 元', '转账 2000 元')).toEqual([
      { kind: 'same', text: '转账 ' }, { kind: 'removed', text: '1800' }, { kind: 'added', text: '2000' }, { kind: 'same', text: ' 元' },
    ]);
  });

  it('gives back both texts', () => {
    const [before, now] = ['钱永福于5月10日前付款。', '钱永福于2026年5月20日前一次付清。'];
    const found = changes(before, now);
    expect(found.filter((piece) => piece.kind !== 'added').map((piece) => piece.text).join('')).toBe(before);
    expect(found.filter((piece) => piece.kind !== 'removed').map((piece) => piece.text).join('')).toBe(now);
  });
});

describe('dates of an agreement', () => {
  it('are found in order, the year carried on', () => {
    const found = datesOf(['公司2026年5月15日、6月15日前各支付43200元', '5月10日前转账'], 2025);
    expect(found.map((day) => day.date)).toEqual(['2026-05-10', '2026-05-15', '2026-06-15']);
  });

  it('end the confirmation window after thirty days', () => expect(confirmationDeadline('2026-11-23T06:00:00Z')).toBe('2026-12-23'));

  it('become a calendar whose lines fit and whose text is escaped', () => {
    const file = icsFile([{ date: '2026-05-20', summary: '修排水沟，长9米、宽0.3米; 沿界址自费修排水沟一条，沟渠日后由两家各清理一半', description: 'a,b' }], new Date('2026-11-23T06:00:00Z'), 'x');
    expect(file).toContain('DTSTART;VALUE=DATE:20260520\r\nDTEND;VALUE=DATE:20260521');
    expect(file).toContain('DESCRIPTION:a\\,b');
    expect(file).toContain('DTSTAMP:20261123T060000Z');
    for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  });
});

describe('who can hear me', () => {
  const t = (key: string, values?: Record<string, unknown>) => (values ? `${key}:${Object.values(values).join()}` : key);
  const me = { identity: 'me', camera: null, cameraOn: true, micOn: true, speaking: false, paused: false, quality: 'good' } as const;
  const view = { hears_me: ['林岚', '钱永福'], private: false, mine: { greeted: false }, host: { name: '林岚' } } as unknown as View;
  const line = (online: boolean) => hearing(view, { link: 'connected', me }, t as never, online);

  it('names those of the forwarding table', () => expect(line(true)).toBe('room.hears:林岚、钱永福'.replace('、', 'app.separator')));
  it('claims nothing while cut off from the server', () => expect(line(false)).toBe('room.unknownHears'));
});
