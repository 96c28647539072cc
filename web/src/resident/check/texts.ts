//! Importing this adds the texts of the connection test.
import { addTexts } from '@/shared/i18n/texts';
import zh from '../i18n/zh-CN/check.json';

addTexts(zh);
