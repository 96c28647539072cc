//! The parts of livekit-client that are used, in one chunk of their own: naming them lets the bundler leave the rest out.
export { AudioPresets, DisconnectReason, LocalAudioTrack, LocalVideoTrack, Room, RoomEvent, Track, VideoPresets } from 'livekit-client';
