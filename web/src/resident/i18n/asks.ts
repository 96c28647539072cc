//! Importing this adds the texts of what is asked of a party, of lines, and of the hearing ledger.
import { addTexts } from '@/shared/i18n/texts';
import zh from './zh-CN/asks.json';

addTexts(zh);
