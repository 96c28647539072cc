//! The media wire for a page: a thin, framework-free wrapper on livekit-client, loaded only when someone really goes in.
//! It connects, publishes, keeps who can be seen and heard by identity (= seat id), and heals itself: livekit resumes short
//! cuts, this wrapper joins anew (with a fresh token) after long ones. Who may hear whom is the server's business alone.
import type { LocalTrack, LocalVideoTrack, Participant, RemoteTrack, Room, Track } from 'livekit-client';
import { backoff } from '../live/backoff';
import { levelBrowsers } from './adapter';
import { faultOf, type DeviceFault } from './devices';
import { patience } from './patience';
import { forgetFrames, mark, probe, watchFirstFrame, type TrackStats } from './probe';

export type MediaLink = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed';
export type Quality = 'excellent' | 'good' | 'poor' | 'lost' | 'unknown';

export interface PersonMedia {
  identity: string;
  /** Attach with `MediaRoom.show`; a new object whenever another track must be shown. */
  camera: Track | null;
  cameraOn: boolean;
  micOn: boolean;
  speaking: boolean;
  /** The server holds the picture back because the line is too narrow for it; the voice goes on. */
  paused: boolean;
  quality: Quality;
}

export interface MediaState {
  link: MediaLink;
  /** The browser forbids sound until a tap: offer “tap to hear” and call `hear()`. */
  muffled: boolean;
  me: PersonMedia;
  people: ReadonlyMap<string, PersonMedia>;
  /** Who speaks now, loudest first. */
  speakers: readonly string[];
}

export interface MediaRoomOptions {
  /** Address and a fresh token, asked before every join. */
  entry: () => Promise<{ url: string; token: string }>;
  /** `phone` sends 640×360, `desk` 960×540. */
  quality?: 'phone' | 'desk';
}

export interface PreparedTracks { camera: MediaStreamTrack | null; microphone: MediaStreamTrack | null }
/** `Track.StreamState.Paused`; the library itself is not loaded yet here. */
const PAUSED = 'paused' as Track.StreamState.Paused;
const NO_TRACKS: PreparedTracks = { camera: null, microphone: null };
const NOBODY: PersonMedia = { identity: '', camera: null, cameraOn: false, micOn: false, speaking: false, paused: false, quality: 'unknown' };

type Library = typeof import('./livekit');
let library: Promise<Library> | undefined;
/** Starts loading livekit-client; call early (device check) so that going in does not wait for it. */
export function preloadMedia(): Promise<Library> {
  library ??= Promise.all([import('./livekit'), levelBrowsers()]).then(([loaded]) => loaded);
  return library;
}

export class MediaRoom {
  state: MediaState = { link: 'idle', muffled: false, me: NOBODY, people: new Map(), speakers: [] };

  readonly #options: MediaRoomOptions;
  readonly #listeners = new Set<(state: MediaState) => void>();
  readonly #loudspeakers = new Map<string, HTMLMediaElement>();
  #room: Room | null = null;
  #attempt = 0;
  #published = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #wanted = { camera: false, microphone: false };
  #prepared: Promise<PreparedTracks> = Promise.resolve(NO_TRACKS);

  constructor(options: MediaRoomOptions) {
    this.#options = options;
  }

  subscribe(listener: (state: MediaState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.state);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Joins, and publishes what the device check opened. `prepared` may still be on its way (a reload opens the devices while
   * the wire connects). A device at fault keeps nobody out.
   */
  async connect(prepared: PreparedTracks | Promise<PreparedTracks>): Promise<void> {
    this.#prepared = Promise.resolve(prepared).then((tracks) => {
      this.#wanted = { camera: tracks.camera !== null, microphone: tracks.microphone !== null };
      // Shown as on until published: buttons must not flash “off” while the wire connects.
      if (this.state.me === NOBODY) this.#set({ me: { ...NOBODY, cameraOn: this.#wanted.camera, micOn: this.#wanted.microphone } });
      return tracks;
    });
    this.#set({ link: 'connecting' });
    await this.#join();
  }

  async setMicrophone(on: boolean): Promise<DeviceFault | null> {
    this.#wanted.microphone = on;
    return this.#toggle(() => this.#room?.localParticipant.setMicrophoneEnabled(on));
  }

  async setCamera(on: boolean): Promise<DeviceFault | null> {
    this.#wanted.camera = on;
    return this.#toggle(() => this.#room?.localParticipant.setCameraEnabled(on));
  }

  async devices(kind: MediaDeviceKind): Promise<MediaDeviceInfo[]> {
    return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === kind && device.deviceId !== '');
  }

  /** The device in use of a kind, or '' when unknown. */
  activeDevice(kind: MediaDeviceKind): string {
    return this.#room?.getActiveDevice(kind) ?? '';
  }

  /** Uses another camera, microphone or loudspeaker from now on. */
  async switchDevice(kind: MediaDeviceKind, id: string): Promise<DeviceFault | null> {
    return this.#toggle(() => this.#room?.switchActiveDevice(kind, id));
  }

  /** Turns a phone's camera round: face or papers on the table. */
  async faceCamera(facing: 'user' | 'environment'): Promise<DeviceFault | null> {
    const track = this.#room?.localParticipant.getTrackPublication(this.#source('Camera'))?.track;
    return this.#toggle(() => (track as LocalVideoTrack | undefined)?.restartTrack({ facingMode: facing }));
  }

  /** After a tap: lets the sound through where autoplay was blocked. */
  async hear(): Promise<void> {
    await this.#room?.startAudio();
    this.#refresh();
  }

  /** Shows a person's camera in `video` and starts it explicitly, for WeChat's web view draws nothing otherwise. */
  show(person: PersonMedia, video: HTMLVideoElement): () => void {
    const track = person.camera;
    if (!track) return () => undefined;
    video.playsInline = true;
    track.attach(video);
    video.muted = true;
    void video.play().catch(() => undefined);
    if (person.identity !== this.state.me.identity) watchFirstFrame(person.identity, video);
    return () => void track.detach(video);
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#set({ link: 'closed' });
    void this.#room?.disconnect();
    this.#room = null;
    this.#silence();
  }

  async #join(): Promise<void> {
    try {
      mark('mediaConnectStart');
      const [lib, entry] = await Promise.all([preloadMedia(), this.#options.entry()]);
      if (this.state.link === 'closed') return;
      const room = this.#build(lib);
      this.#room = room;
      mark('mediaSignalStart');
      await room.connect(entry.url, entry.token, { autoSubscribe: true });
      mark('mediaConnected');
      this.#attempt = 0;
      this.#set({ link: 'connected' });
      await this.#publish(lib, room);
      mark('published');
    } catch {
      this.#later();
    }
  }

  #build(lib: Library): Room {
    const desk = this.#options.quality === 'desk';
    const resolution = desk ? lib.VideoPresets.h540.resolution : lib.VideoPresets.h360.resolution;
    const room = new lib.Room({
      // A picture is asked for in the size it is shown in, not at all while nobody looks, and sent only as anybody wants it.
      adaptiveStream: true,
      dynacast: true,
      stopLocalTrackOnUnpublish: true,
      reconnectPolicy: patience,
      videoCaptureDefaults: { resolution, facingMode: 'user' },
      publishDefaults: { videoCodec: 'vp8', simulcast: true, red: true, dtx: true, audioPreset: lib.AudioPresets.speech, stopMicTrackOnMute: false },
    });
    const { RoomEvent: on } = lib;
    for (const event of [on.ParticipantConnected, on.ParticipantDisconnected, on.TrackMuted, on.TrackUnmuted, on.LocalTrackPublished,
      on.LocalTrackUnpublished, on.ActiveSpeakersChanged, on.ConnectionQualityChanged, on.TrackStreamStateChanged,
      on.AudioPlaybackStatusChanged] as const) {
      room.on(event as 'participantConnected', () => room === this.#room && this.#refresh());
    }
    room.on(on.TrackSubscribed, (track, _publication, participant) => this.#arrived(track, participant.identity));
    room.on(on.TrackUnsubscribed, (track, _publication, participant) => this.#gone(track, participant.identity));
    room.on(on.Reconnecting, () => room === this.#room && this.#set({ link: 'reconnecting' }));
    room.on(on.Reconnected, () => room === this.#room && this.#set({ link: 'connected' }));
    room.on(on.Disconnected, (reason) => {
      if (room !== this.#room || this.state.link === 'closed') return;
      this.#room = null;
      this.#silence();
      // The same seat went in elsewhere: coming back would only throw the other one out.
      if (reason === lib.DisconnectReason.DUPLICATE_IDENTITY) this.#set({ link: 'closed', people: new Map(), speakers: [] });
      else this.#later();
    });
    probe().people = () => [...this.state.people.keys()];
    probe().stats = () => this.#stats();
    return room;
  }

  async #publish(lib: Library, room: Room): Promise<void> {
    const { camera, microphone } = await this.#prepared;
    this.#prepared = Promise.resolve(NO_TRACKS);
    const mine = room.localParticipant;
    const jobs: Promise<unknown>[] = [];
    // `false`: the track is livekit's from here on, so it may stop and restart it for mute and device changes.
    if (microphone?.readyState === 'live') jobs.push(mine.publishTrack(new lib.LocalAudioTrack(microphone, undefined, false), { source: lib.Track.Source.Microphone }));
    else if (this.#wanted.microphone) jobs.push(mine.setMicrophoneEnabled(true));
    if (camera?.readyState === 'live') jobs.push(mine.publishTrack(new lib.LocalVideoTrack(camera, undefined, false) as LocalTrack, { source: lib.Track.Source.Camera }));
    else if (this.#wanted.camera) jobs.push(mine.setCameraEnabled(true));
    await Promise.allSettled(jobs);
    this.#published = true;
    this.#refresh();
  }

  #arrived(track: RemoteTrack, identity: string): void {
    if (track.kind !== 'audio') forgetFrames(identity);
    this.#refresh();
  }

  /** Every voice sounds. Not by the event alone: livekit-client forgets to tell what it subscribes while it ends a full reconnect. */
  #voices(room: Room): void {
    for (const { identity, audioTrackPublications } of room.remoteParticipants.values()) {
      for (const { track } of audioTrackPublications.values()) {
        const id = track?.sid ?? identity;
        if (!track || this.#loudspeakers.has(id)) continue;
        const speaker = track.attach();
        speaker.hidden = true;
        document.body.append(speaker);
        this.#loudspeakers.set(id, speaker);
      }
    }
  }

  #gone(track: RemoteTrack, identity: string): void {
    for (const element of track.detach()) if (element.tagName === 'AUDIO') element.remove();
    this.#loudspeakers.delete(track.sid ?? identity);
    this.#refresh();
  }

  #silence(): void {
    for (const element of this.#loudspeakers.values()) element.remove();
    this.#loudspeakers.clear();
  }

  #later(): void {
    if (this.state.link === 'closed') return;
    this.#published = false;
    this.#set({ link: 'reconnecting', people: new Map(), speakers: [], me: { ...this.state.me, camera: null } });
    this.#retry = setTimeout(() => void this.#join(), backoff(this.#attempt++, Math.random()));
  }

  async #toggle(act: () => Promise<unknown> | undefined): Promise<DeviceFault | null> {
    try {
      await act();
      return null;
    } catch (thrown) {
      return faultOf(thrown);
    } finally {
      this.#refresh();
    }
  }

  #source(name: 'Camera' | 'Microphone'): Track.Source {
    return (name === 'Camera' ? 'camera' : 'microphone') as Track.Source;
  }

  #person(participant: Participant): PersonMedia {
    const camera = participant.getTrackPublication(this.#source('Camera'));
    return {
      identity: participant.identity,
      camera: camera?.track && !camera.isMuted ? camera.track : null,
      cameraOn: participant.isCameraEnabled,
      micOn: participant.isMicrophoneEnabled,
      speaking: participant.isSpeaking,
      paused: camera?.track?.streamState === PAUSED,
      quality: participant.connectionQuality as Quality,
    };
  }

  #refresh(): void {
    const room = this.#room;
    if (!room) return;
    this.#voices(room);
    this.#set({
      muffled: !room.canPlaybackAudio,
      me: this.#published ? this.#person(room.localParticipant) : this.state.me,
      people: new Map([...room.remoteParticipants.values()].map((person) => [person.identity, this.#person(person)])),
      speakers: room.activeSpeakers.map((person) => person.identity),
    });
  }

  /** The way the media takes: `udp`, `tcp` or `relay`; `none` while there is none. */
  async way(): Promise<'udp' | 'tcp' | 'relay' | 'none'> {
    const people = this.#room ? [this.#room.localParticipant, ...this.#room.remoteParticipants.values()] : [];
    for (const { track } of people.flatMap((person) => [...person.trackPublications.values()])) {
      const report = await track?.getRTCStatsReport();
      const entries: Record<string, unknown>[] = [];
      report?.forEach((entry: Record<string, unknown>) => entries.push(entry));
      const pair = entries.find((entry) => entry['type'] === 'candidate-pair' && entry['nominated'] === true && entry['state'] === 'succeeded');
      const local = entries.find((entry) => entry['id'] === pair?.['localCandidateId']);
      if (!local) continue;
      return local['candidateType'] === 'relay' ? 'relay' : local['protocol'] === 'tcp' ? 'tcp' : 'udp';
    }
    return 'none';
  }

  async #stats(): Promise<TrackStats[]> {
    const found: TrackStats[] = [];
    for (const person of this.#room?.remoteParticipants.values() ?? []) {
      for (const publication of person.trackPublications.values()) {
        const report = await (publication.track as RemoteTrack | undefined)?.getRTCStatsReport();
        report?.forEach((entry: Record<string, unknown>) => {
          if (entry['type'] !== 'inbound-rtp') return;
          const number = (key: string) => Number(entry[key] ?? 0);
          found.push({
            identity: person.identity, kind: publication.kind as 'audio' | 'video', framesDecoded: number('framesDecoded'), packetsReceived: number('packetsReceived'),
            bytesReceived: number('bytesReceived'), totalAudioEnergy: number('totalAudioEnergy'), audioLevel: number('audioLevel'),
          });
        });
      }
    }
    return found;
  }

  #set(change: Partial<MediaState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener(this.state);
  }
}
