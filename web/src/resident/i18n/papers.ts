//! Importing this adds the texts of the papers: clauses, minutes, signing, afterwards.
import { addTexts } from '@/shared/i18n/texts';
import zh from './zh-CN/papers.json';

addTexts(zh);
