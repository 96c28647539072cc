//! What a blind reader must be told without moving the focus: one line, spoken by the screen reader through ScreenReaderAnnouncer.
import { ref } from 'vue';

export const announcement = ref({ text: '', urgent: false });

export function announce(text: string, urgent = false): void {
  announcement.value = { text, urgent };
}
