//! A soft double note when someone comes to the door: heard by the mediator, not by the people in the room (it is short,
//! quiet, and echo cancellation takes out what the loudspeaker gives back).
let context: AudioContext | null = null;

export function ringSoftly(): void {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume();
    const start = context.currentTime;
    for (const [pitch, after] of [[659.25, 0], [880, 0.16]] as const) {
      const voice = context.createOscillator();
      const loudness = context.createGain();
      voice.type = 'sine';
      voice.frequency.value = pitch;
      loudness.gain.setValueAtTime(0, start + after);
      loudness.gain.linearRampToValueAtTime(0.08, start + after + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, start + after + 0.7);
      voice.connect(loudness).connect(context.destination);
      voice.start(start + after);
      voice.stop(start + after + 0.75);
    }
  } catch {
    // No sound device: the badge and the lane say it too.
  }
}
