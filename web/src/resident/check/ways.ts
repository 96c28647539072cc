//! The ways to the media server, each really walked: a drawn picture and a tone go up in a room of the test's own and must
//! come back. Nothing of this phone's camera or microphone is sent.
import type { Room, RoomConnectOptions } from 'livekit-client';
import { preloadMedia } from '@/shared/room/media-room';
import type { Measured, Way } from './verdict';

/** What `POST /connection-checks` answers. */
export interface Ticket { media_url: string; sender_token: string; receiver_token: string; relay: boolean; expires_in: number }

/** A way that carries nothing within this is blocked. */
const PATIENCE = 9_000;
/** The picture sent while the line is measured, in bit/s: what a good phone sends in a sitting. */
const WANTED = 1_000_000;

/** An answer with the candidates of one way only: TCP, or UDP, which a relay speaks to the server too. */
export function onlyWay(sdp: string, way: Way): string {
  const transport = way === 'tcp' ? 'tcp' : 'udp';
  return sdp.split('\r\n').filter((line) => !line.startsWith('a=candidate:') || line.split(' ')[2]?.toLowerCase() === transport).join('\r\n');
}

/** Lets connections made during `act` know one way only. The client library offers no such choice. */
async function along<T>(way: Way, act: () => Promise<T>): Promise<T> {
  const every = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends every {
    override setRemoteDescription(told: RTCSessionDescriptionInit): Promise<void> {
      return super.setRemoteDescription({ type: told.type, sdp: onlyWay(told.sdp ?? '', way) });
    }
  };
  try {
    return await act();
  } finally {
    globalThis.RTCPeerConnection = every;
  }
}

/** A moving picture and a quiet tone, drawn here. */
function drawn(): { picture: MediaStreamTrack; tone: MediaStreamTrack; stop: () => void } {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
  const pen = canvas.getContext('2d');
  const patch = () => {
    if (!pen) return;
    pen.fillStyle = `hsl(${String(Math.random() * 360)} 60% 50%)`;
    pen.fillRect(Math.random() * 640, Math.random() * 360, 80, 60);
  };
  const paint = setInterval(() => { for (let n = 0; n < 60; n += 1) patch(); }, 50);
  const sound = new AudioContext();
  const source = sound.createOscillator();
  const out = sound.createMediaStreamDestination();
  source.connect(out);
  source.start();
  const [picture] = canvas.captureStream(20).getVideoTracks();
  const [tone] = out.stream.getAudioTracks();
  const stop = () => { clearInterval(paint); void sound.close(); picture?.stop(); tone?.stop(); };
  if (!picture || !tone) { stop(); throw new Error('this browser cannot draw a picture to send'); }
  return { picture, tone, stop };
}

/** Walks one way. `measure`: and looks for some seconds how much it carries. Rejects when nothing comes back. */
export async function walk(ticket: Ticket, way: Way, measure: boolean, opened: () => void): Promise<Measured | null> {
  const lib = await preloadMedia();
  const [sends, receives] = [new lib.Room({ dynacast: false }), new lib.Room({ adaptiveStream: false })];
  const media = drawn();
  const how: RoomConnectOptions = { maxRetries: 0, peerConnectionTimeout: PATIENCE, rtcConfig: way === 'relay' ? { iceTransportPolicy: 'relay' } : { iceServers: [] } };
  try {
    for (const room of [sends, receives]) room.once(lib.RoomEvent.SignalConnected, opened);
    const arrived = within(PATIENCE, new Promise<void>((resolve) => { receives.once(lib.RoomEvent.TrackSubscribed, () => resolve()); }));
    arrived.catch(() => undefined);
    return await along(way, async () => {
      await Promise.all([sends.connect(ticket.media_url, ticket.sender_token, how), receives.connect(ticket.media_url, ticket.receiver_token, how)]);
      const source = lib.Track.Source;
      await sends.localParticipant.publishTrack(new lib.LocalAudioTrack(media.tone, undefined, true), { source: source.Microphone });
      await sends.localParticipant.publishTrack(new lib.LocalVideoTrack(media.picture, undefined, true), {
        source: source.Camera, simulcast: false, videoCodec: 'vp8', videoEncoding: { maxBitrate: WANTED, maxFramerate: 20 },
      });
      await arrived;
      await flows(receives);
      return measure ? await weigh(sends, receives) : null;
    });
  } finally {
    media.stop();
    await Promise.allSettled([sends.disconnect(), receives.disconnect()]);
  }
}

function within<T>(time: number, promise: Promise<T>): Promise<T> {
  return Promise.race([promise, new Promise<never>((_, reject) => setTimeout(() => reject(new Error('nothing came back in time')), time))]);
}
const pause = (time: number) => new Promise<void>((resolve) => setTimeout(resolve, time));

interface Counts { bytes: number; packets: number; lost: number; trip: number; room: number }

async function counts(room: Room): Promise<Counts> {
  const found: Counts = { bytes: 0, packets: 0, lost: 0, trip: 0, room: 0 };
  for (const person of [room.localParticipant, ...room.remoteParticipants.values()]) {
    for (const { track } of person.trackPublications.values()) {
      const report = await track?.getRTCStatsReport();
      report?.forEach((entry: Record<string, unknown>) => {
        const number = (key: string) => Number(entry[key] ?? 0);
        if (entry['type'] === 'inbound-rtp') {
          found.bytes += number('bytesReceived');
          found.packets += number('packetsReceived');
          found.lost += Math.max(0, number('packetsLost'));
        } else if (entry['type'] === 'candidate-pair' && entry['nominated'] === true) {
          found.trip = number('currentRoundTripTime') * 1000;
          found.room = number('availableOutgoingBitrate');
        }
      });
    }
  }
  return found;
}

/** Media has come back. */
async function flows(room: Room): Promise<void> {
  const end = performance.now() + PATIENCE;
  while ((await counts(room)).packets < 10) {
    if (performance.now() > end) throw new Error('nothing came back in time');
    await pause(100);
  }
}

/** Four seconds of it, after two for the estimate to rise. */
async function weigh(sends: Room, receives: Room): Promise<Measured> {
  await pause(2_000);
  const [before, since] = [await counts(receives), performance.now()];
  await pause(4_000);
  const [after, sent] = [await counts(receives), await counts(sends)];
  const packets = after.packets - before.packets;
  const lost = Math.max(0, after.lost - before.lost);
  const down = ((after.bytes - before.bytes) * 8000) / (performance.now() - since);
  return { up: Math.max(sent.room, down), down, loss: lost / Math.max(1, packets + lost), trip: sent.trip || after.trip };
}
