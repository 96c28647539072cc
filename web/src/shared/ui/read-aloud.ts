//! Reading a page aloud with the phone's own voice (Web Speech). One text at a time; nothing is sent anywhere.
import { readonly, ref } from 'vue';

const speakingNow = ref<string | null>(null);
const missing = ref(false);

/** The text being read, or null; and whether this device has no voice. */
export const reading = readonly(speakingNow);
export const noVoice = readonly(missing);

export function stopReading(): void {
  speakingNow.value = null;
  globalThis.speechSynthesis?.cancel();
}

/** Reads `text`; calling it again with the same text stops. */
export function readAloud(text: string, locale: string): void {
  const voice = globalThis.speechSynthesis;
  if (!voice) {
    missing.value = true;
    return;
  }
  const again = speakingNow.value === text;
  stopReading();
  if (again) return;
  // Long utterances are cut off by Chromium after ~15 s, so sentences are queued one by one.
  const sentences = text.match(/[^。！？；.!?;\n]+[。！？；.!?;]?/g) ?? [text];
  speakingNow.value = text;
  sentences.forEach((sentence, index) => {
    const said = new SpeechSynthesisUtterance(sentence.trim());
    said.lang = locale;
    said.rate = 0.9;
    said.onerror = (event) => {
      if (event.error !== 'canceled' && event.error !== 'interrupted') missing.value = true;
      if (speakingNow.value === text) speakingNow.value = null;
    };
    if (index === sentences.length - 1) said.onend = () => { if (speakingNow.value === text) speakingNow.value = null; };
    voice.speak(said);
  });
  // A phone without any voice neither speaks nor reports an error.
  setTimeout(() => {
    if (speakingNow.value === text && !voice.speaking && !voice.pending) {
      missing.value = true;
      speakingNow.value = null;
    }
  }, 1_500);
}
