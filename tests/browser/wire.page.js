// The page of the wire tests: one participant with the unmodified livekit-client, steered by the test.
import { Room, RoomEvent, Track, VideoPreset, VideoPresets } from 'livekit-client';
import { patience } from '../../web/src/shared/room/patience.ts';

const people = new Map(); // identity → { frames, firstFrameAt, video, analyser, left }
let room;
let timeline = [];

function person(identity) {
  if (!people.has(identity)) people.set(identity, { frames: 0, firstFrameAt: 0, attachedAt: 0 });
  return people.get(identity);
}

function watch(identity, track) {
  const one = person(identity);
  const element = track.attach();
  element.muted = track.kind !== Track.Kind.Audio;
  document.body.append(element);
  if (track.kind === Track.Kind.Audio) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(analyser);
    // Firefox starts no context where there is no sound card; then the decoder's own level is asked.
    context.resume();
    Object.assign(one, { analyser, context, receiver: track.receiver });
    return;
  }
  Object.assign(one, { video: element, firstFrameAt: 0, attachedAt: performance.now() });
  const count = () => {
    if (one.video !== element) return;
    one.frames += 1;
    one.firstFrameAt ||= performance.now();
    element.requestVideoFrameCallback(count);
  };
  element.requestVideoFrameCallback(count);
}

function forget(identity, track) {
  for (const element of track.detach()) element.remove();
  const one = person(identity);
  if (track.kind === Track.Kind.Video) one.video = undefined;
  else one.analyser = undefined;
}

window.wire = {
  /** `how.room`: options of the room; `how.connect`: of the connection, for instance `{ rtcConfig }`; `how.patient`: it
   * comes back as our own pages do. */
  async join(url, token, publish, how = {}) {
    people.clear();
    timeline = [];
    // Three pages encode on the machine that decodes them: a third of the default picture leaves it room.
    room = new Room({ videoCaptureDefaults: { resolution: VideoPresets[window.preset ?? 'h360'].resolution }, ...(how.patient ? { reconnectPolicy: patience } : {}), ...how.room });
    window.room = room;
    for (const event of ['Reconnecting', 'SignalReconnecting', 'Reconnected', 'Disconnected', 'Connected']) {
      room.on(RoomEvent[event], (...more) => timeline.push({ event, at: performance.now(), more: more.map(String) }));
    }
    for (const event of ['ParticipantConnected', 'ParticipantDisconnected']) {
      room.on(RoomEvent[event], (who) => timeline.push({ event, who: who.identity, at: performance.now() }));
    }
    room.on(RoomEvent.TrackSubscribed, (track, _publication, who) => watch(who.identity, track));
    room.on(RoomEvent.TrackUnsubscribed, (track, _publication, who) => forget(who.identity, track));
    room.on(RoomEvent.DataReceived, (payload, who) =>
      timeline.push({ event: 'Data', who: who?.identity, text: new TextDecoder().decode(payload), at: performance.now() }),
    );
    room.on(RoomEvent.ActiveSpeakersChanged, (speakers) =>
      timeline.push({ event: 'Speakers', who: speakers.map((one) => one.identity), at: performance.now() }),
    );
    room.on(RoomEvent.TrackStreamStateChanged, (publication, state, who) =>
      timeline.push({ event: 'Stream', who: who.identity, kind: publication.kind, state, at: performance.now() }),
    );
    room.on(RoomEvent.ConnectionQualityChanged, (quality, who) =>
      timeline.push({ event: 'Quality', who: who.identity, quality, at: performance.now() }),
    );
    room.on(RoomEvent.ParticipantPermissionsChanged, (_before, who) =>
      timeline.push({ event: 'Permissions', who: who.identity, may: who.permissions?.canPublish, at: performance.now() }),
    );
    room.on(RoomEvent.LocalTrackUnpublished, (publication) =>
      timeline.push({ event: 'LocalTrackUnpublished', kind: publication.kind, at: performance.now() }),
    );
    room.registerRpcMethod('confirm', async (call) => `${call.callerIdentity}: ${call.payload}`);
    const started = performance.now();
    await room.connect(url, token, how.connect);
    const connected = performance.now();
    if (publish) await room.localParticipant.enableCameraAndMicrophone();
    return { started, connected, published: performance.now(), sid: room.localParticipant.sid };
  },
  leave: () => room.disconnect(),
  // Milliseconds from `since` until a frame of `identity` was delivered by the track.
  async firstFrame(identity, since, limit = 30000) {
    const end = performance.now() + limit;
    while (performance.now() < end) {
      const one = people.get(identity);
      if (one?.video && one.firstFrameAt > since) return one.firstFrameAt - since;
      await new Promise((again) => setTimeout(again, 2));
    }
    throw new Error(`no frame of ${identity} in ${limit} ms: ${JSON.stringify(timeline)}`);
  },
  now: () => performance.now(),
  frames: (identity) => people.get(identity)?.frames ?? 0,
  // Mean brightness and spread of the picture, 0 to 255: a black or flat picture has no spread.
  picture(identity) {
    const { video } = people.get(identity);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [64, 36];
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 64, 36);
    const { data } = context.getImageData(0, 0, 64, 36);
    const values = [];
    for (let i = 0; i < data.length; i += 4) values.push((data[i] + data[i + 1] + data[i + 2]) / 3);
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length);
    return { mean, spread, width: video.videoWidth };
  },
  // Loudest sample heard of `identity`, 0 to 1, listening until it is above `enough` or for `ms`.
  async loudness(identity, enough, ms = 15000) {
    const end = performance.now() + ms;
    let peak = 0;
    while (performance.now() < end && peak <= enough) {
      const { analyser, context, receiver } = people.get(identity) ?? {};
      if (analyser && context.state !== 'running') {
        for (const report of (await receiver.getStats()).values()) peak = Math.max(peak, report.audioLevel ?? 0);
      } else if (analyser) {
        const samples = new Float32Array(analyser.fftSize);
        analyser.getFloatTimeDomainData(samples);
        peak = Math.max(peak, ...samples.map(Math.abs));
      }
      await new Promise((again) => setTimeout(again, 20));
    }
    return peak;
  },
  // What the receiver of `identity`'s sound or picture counts, summed over its reports of one kind.
  async received(identity, kind) {
    const publication = [...(room.remoteParticipants.get(identity)?.trackPublications.values() ?? [])].find((one) => one.kind === kind);
    const report = await publication?.track?.getRTCStatsReport();
    for (const one of report?.values() ?? []) if (one.type === 'inbound-rtp') return { ...one };
    return {};
  },
  // The pair of candidates in use: protocols and kinds of both ends, round trip, what may be sent.
  async path() {
    for (const sender of room.engine.pcManager.publisher.getSenders?.() ?? []) {
      const found = [...(await sender.getStats()).values()];
      const pair = found.find((one) => one.type === 'candidate-pair' && one.nominated && one.state === 'succeeded');
      if (!pair) continue;
      const local = found.find((one) => one.id === pair.localCandidateId);
      const remote = found.find((one) => one.id === pair.remoteCandidateId);
      return { kind: local.candidateType, relay: local.relayProtocol, protocol: local.protocol, tcp: local.tcpType, address: local.address, remote: `${remote.address}:${remote.port}` };
    }
    return undefined;
  },
  say: (text, to) =>
    room.localParticipant.publishData(new TextEncoder().encode(text), { reliable: true, destinationIdentities: to }),
  ask: (destinationIdentity, payload) => room.localParticipant.performRpc({ destinationIdentity, method: 'confirm', payload }),
  mute: (muted) => room.localParticipant.setMicrophoneEnabled(!muted),
  camera: (on) => room.localParticipant.setCameraEnabled(on),
  // Shares a screen with layers of `[width, height, bits a second, frames a second]`; without any, the client's own.
  async share(layers) {
    const own = layers?.map((one) => new VideoPreset(...one));
    const publication = await room.localParticipant.setScreenShareEnabled(true, { audio: false }, own ? { screenShareSimulcastLayers: own } : {});
    return { source: publication.source, settings: publication.track.mediaStreamTrack.getSettings(), layers: publication.trackInfo.layers.map((one) => one.width) };
  },
  unshare: () => room.localParticipant.setScreenShareEnabled(false),
  timeline: () => timeline,
  people: () => [...room.remoteParticipants.keys()],
  sid: () => room.localParticipant.sid,
  sidOf: (identity) => room.remoteParticipants.get(identity)?.sid ?? room.localParticipant.sid,
  isMuted: (identity) => room.remoteParticipants.get(identity)?.isMicrophoneEnabled === false,
  // Shows the picture of `identity` this many pixels wide; 0 hides it.
  show(identity, width) {
    const { video } = people.get(identity);
    Object.assign(video.style, { display: width ? 'block' : 'none', width: `${width}px` });
    Object.assign(people.get(identity), { firstFrameAt: 0 });
  },
  // The layers this participant's camera encodes: width of each active one, by its rid.
  layers: () => {
    const camera = [...room.localParticipant.videoTrackPublications.values()][0]?.track;
    return camera?.sender.getParameters().encodings.map((one) => ({ rid: one.rid, active: one.active }));
  },
  simulate: (scenario) => room.simulateScenario(scenario),
  updateName: (name) => room.localParticipant.setName(name).then(() => 'ok', (error) => error.message),
};
window.ready = true;
