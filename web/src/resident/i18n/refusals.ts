//! Importing this adds the words of refusals that a resident can meet after the door. It is loaded behind the first screen,
//! so that they weigh on no budget; until then, and for an unknown code, the shared `problem.unknown` says whom to call.
import { addTexts } from '@/shared/i18n/texts';
import zh from './zh-CN/refusals.json';

addTexts(zh);
