//! Importing this adds the texts of a room's own camera; they come with its screen.
import { addTexts } from '@/shared/i18n/texts';
import zh from './zh-CN/camera.json';

addTexts(zh);
