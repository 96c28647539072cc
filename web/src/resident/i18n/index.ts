//! The resident's texts, typed. The door's come with the page; the others with the screens after it (`./sitting`).
import { createTexts, type TextKey, useTexts } from '@/shared/i18n/texts';
import zh from './zh-CN/door.json';
import type zhSitting from './zh-CN/sitting.json';

export const residentTexts = () => createTexts(zh, async () => {
  const [door, sitting] = await Promise.all([import('./en/door.json'), import('./en/sitting.json')]);
  return { default: { ...door.default, ...sitting.default } };
});
export const useText = () => useTexts<TextKey<typeof zh> | TextKey<typeof zhSitting>>();
