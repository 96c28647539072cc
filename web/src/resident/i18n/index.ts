//! The resident's texts, typed. The door's come with the page; the others with the screens after it (`./sitting`,
//! `./papers`), and the words of refusals a moment after the first screen (`./refusals`).
import { createTexts, type TextKey, useTexts } from '@/shared/i18n/texts';
import zh from './zh-CN/door.json';
import type zhAsks from './zh-CN/asks.json';
import type zhCamera from './zh-CN/camera.json';
import type zhCheck from './zh-CN/check.json';
import type zhPapers from './zh-CN/papers.json';
import type zhRecording from './zh-CN/recording.json';
import type zhSitting from './zh-CN/sitting.json';
import type zhTable from './zh-CN/table.json';

export const residentTexts = () => createTexts(zh, async () => {
  const [door, sitting, papers, refusals, check, asks, recording, table, camera] = await Promise.all([import('./en/door.json'), import('./en/sitting.json'), import('./en/papers.json'), import('./en/refusals.json'), import('./en/check.json'), import('./en/asks.json'), import('./en/recording.json'), import('./en/table.json'), import('./en/camera.json')]);
  return { default: { ...door.default, ...sitting.default, ...papers.default, ...refusals.default, ...check.default, ...asks.default, ...recording.default, ...table.default, ...camera.default } };
});
export const useText = () => useTexts<TextKey<typeof zh> | TextKey<typeof zhSitting> | TextKey<typeof zhPapers> | TextKey<typeof zhCheck> | TextKey<typeof zhAsks> | TextKey<typeof zhRecording> | TextKey<typeof zhTable> | TextKey<typeof zhCamera>>();
