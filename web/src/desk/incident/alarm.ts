//! The incident desk's sound: two falling notes, again and again while a call for help has not been seen. Louder than the
//! soft note of the other pages: nobody in a mediation room hears this loudspeaker.
const AGAIN_MS = 1_900;

export interface Alarm {
  ring(on: boolean): void;
}

export function alarm(): Alarm {
  let context: AudioContext | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;
  const sound = (): void => {
    try {
      context ??= new AudioContext();
      if (context.state === 'suspended') void context.resume();
      const start = context.currentTime;
      for (const [pitch, after] of [[988, 0], [740, 0.28]] as const) {
        const voice = context.createOscillator();
        const loudness = context.createGain();
        voice.type = 'triangle';
        voice.frequency.value = pitch;
        loudness.gain.setValueAtTime(0, start + after);
        loudness.gain.linearRampToValueAtTime(0.22, start + after + 0.02);
        loudness.gain.exponentialRampToValueAtTime(0.0001, start + after + 0.5);
        voice.connect(loudness).connect(context.destination);
        voice.start(start + after);
        voice.stop(start + after + 0.55);
      }
    } catch {
      // No sound device: the card, the title and the badge say it too.
    }
  };
  return {
    ring(on) {
      clearInterval(timer);
      timer = undefined;
      if (!on) return;
      sound();
      timer = setInterval(sound, AGAIN_MS);
    },
  };
}
