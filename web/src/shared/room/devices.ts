//! Camera and microphone before any room exists: opening them, naming what went wrong in words a page can help with, and
//! measuring the voice. Knows nothing of LiveKit, so the device check loads fast.

export type DeviceFault = 'denied' | 'missing' | 'busy' | 'insecure' | 'unsupported' | 'unknown';
export type DeviceKind = 'camera' | 'microphone';
/** Whose steps to show when a permission must be mended. */
export type Platform = 'wechat' | 'ios' | 'android' | 'desktop';

export interface OpenedDevices {
  camera: MediaStreamTrack | null;
  microphone: MediaStreamTrack | null;
  faults: Partial<Record<DeviceKind, DeviceFault>>;
}

export function platform(userAgent = navigator.userAgent): Platform {
  if (/MicroMessenger/i.test(userAgent)) return 'wechat';
  if (/iPhone|iPad|iPod/i.test(userAgent)) return 'ios';
  return /Android/i.test(userAgent) ? 'android' : 'desktop';
}

export function faultOf(thrown: unknown): DeviceFault {
  const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'unknown';
}

const WANTED: Record<DeviceKind, MediaTrackConstraints> = {
  camera: { facingMode: 'user', width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 30 } },
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

async function openOne(kind: DeviceKind, deviceId?: string): Promise<MediaStreamTrack> {
  const wanted: MediaTrackConstraints = { ...WANTED[kind], ...(deviceId ? { deviceId: { exact: deviceId } } : {}) };
  const stream = await navigator.mediaDevices.getUserMedia(kind === 'camera' ? { video: wanted } : { audio: wanted });
  const track = stream.getTracks()[0];
  if (!track) throw new DOMException('no track', 'NotFoundError');
  return track;
}

/** Opens both with one question to the user when possible; when that fails, each alone, so that one fault spares the other. */
export async function openDevices(kinds: readonly DeviceKind[], ids: Partial<Record<DeviceKind, string>> = {}): Promise<OpenedDevices> {
  const opened: OpenedDevices = { camera: null, microphone: null, faults: {} };
  if (!navigator.mediaDevices?.getUserMedia) {
    for (const kind of kinds) opened.faults[kind] = globalThis.isSecureContext ? 'unsupported' : 'insecure';
    return opened;
  }
  if (kinds.length === 2 && !ids.camera && !ids.microphone) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: WANTED.camera, audio: WANTED.microphone });
      return { camera: stream.getVideoTracks()[0] ?? null, microphone: stream.getAudioTracks()[0] ?? null, faults: {} };
    } catch {
      // Fall through: find out which of the two is at fault.
    }
  }
  for (const kind of kinds) {
    try {
      opened[kind] = await openOne(kind, ids[kind]);
    } catch (thrown) {
      opened.faults[kind] = faultOf(thrown);
    }
  }
  return opened;
}

/** Loudness of a track, 0 to 1, a few times a second, until the returned function is called. */
export function meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (context.state === 'suspended') void context.resume();
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    tell(Math.min(1, Math.sqrt(power) * 5));
  }, 80);
  return () => {
    clearInterval(timer);
    source.disconnect();
    if (context.state !== 'closed') void context.close();
  };
}

/** Three soft notes through the loudspeaker: “can you hear this?” Resolves when they have faded. */
export async function playTestSound(): Promise<void> {
  const context = new AudioContext();
  await context.resume();
  [523.25, 659.25, 783.99].forEach((pitch, index) => {
    const from = context.currentTime + index * 0.32;
    const voice = context.createOscillator();
    const loudness = context.createGain();
    voice.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(0.35, from + 0.04);
    loudness.gain.exponentialRampToValueAtTime(0.001, from + 0.5);
    voice.connect(loudness).connect(context.destination);
    voice.start(from);
    voice.stop(from + 0.55);
  });
  await new Promise((resolve) => { setTimeout(resolve, 1_300); });
  await context.close();
}
