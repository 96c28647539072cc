//! Importing this adds the texts of recording; they come with its parts, when a recording is asked for.
import { addTexts } from '@/shared/i18n/texts';
import zh from './zh-CN/recording.json';

addTexts(zh);
