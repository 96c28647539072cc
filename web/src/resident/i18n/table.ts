//! Importing this adds the texts of the papers on the table: handing in, looking, answering.
import { addTexts } from '@/shared/i18n/texts';
import zh from './zh-CN/table.json';

addTexts(zh);
