//! The resident's texts, typed.
import { createTexts, type TextKey, useTexts } from '@/shared/i18n/texts';
import zh from './zh-CN.json';

export const residentTexts = () => createTexts(zh, () => import('./en.json'));
export const useText = () => useTexts<TextKey<typeof zh>>();
