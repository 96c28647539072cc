//! Importing this adds the texts of everything after the door.
import { addTexts } from '@/shared/i18n/texts';
import zh from './zh-CN/sitting.json';

addTexts(zh);
