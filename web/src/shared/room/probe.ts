//! Time marks and counters for the browser journeys, on `window.__onedoor`. Frames are counted when a video element has
//! really presented them (requestVideoFrameCallback), never from transport counters, which also rise without a picture.

export interface TrackStats { identity: string; kind: 'audio' | 'video'; framesDecoded: number; packetsReceived: number; bytesReceived: number; totalAudioEnergy: number; audioLevel: number }

export interface Probe {
  /** performance.now() of named moments: mediaConnectStart, mediaConnected, published, liveOnline … (latest wins). */
  marks: Record<string, number>;
  /** performance.now() of the first frame presented of each identity since it last appeared. */
  firstFrame: Record<string, number>;
  /** Each appearance in order: caucus switches are read from here. */
  appearances: { identity: string; at: number }[];
  /** Receiver statistics of what is subscribed now. */
  stats: () => Promise<TrackStats[]>;
  /** Identities whose tracks are subscribed now. */
  people: () => string[];
}

declare global {
  interface Window { __onedoor?: Probe }
}

export function probe(): Probe {
  globalThis.window.__onedoor ??= { marks: {}, firstFrame: {}, appearances: [], stats: async () => [], people: () => [] };
  return globalThis.window.__onedoor;
}

export function mark(name: string): void {
  probe().marks[name] = performance.now();
}

export function forgetFrames(identity: string): void {
  delete probe().firstFrame[identity];
}

/** Notes the first frame of `identity` that `video` presents from now on. */
export function watchFirstFrame(identity: string, video: HTMLVideoElement): void {
  const seen = () => {
    if (probe().firstFrame[identity] !== undefined) return;
    const at = performance.now();
    probe().firstFrame[identity] = at;
    probe().appearances.push({ identity, at });
  };
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(seen);
  else (video as HTMLVideoElement).addEventListener('loadeddata', seen, { once: true });
}
