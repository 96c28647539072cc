//! What the media plane tells the wire: events of one peer, answers to offers, and why something was refused.

use std::time::Instant;

use bytes::Bytes;
use thiserror::Error;

use crate::{Channel, Codec, Kind, PeerId, Quality, Score, Source, TrackId};

/// A track the client announced, before any section carries it.
#[derive(Debug, Clone)]
pub struct TrackSpec {
    /// The id given by the wire (`TR_…`).
    pub id: TrackId,
    /// The client's own id: the msid track id its offer will carry.
    pub cid: String,
    /// Sound or picture.
    pub kind: Kind,
    /// Name of the media stream it belongs to (`camera`, `screen_share`); subscribers see `PA_x|stream`.
    pub stream: String,
    /// The client asked not to stop sending in silence.
    pub disable_dtx: bool,
    /// The client asked not to send copies of its sound (RFC 2198).
    pub disable_red: bool,
    /// The client asked for two audio channels.
    pub stereo: bool,
    /// The codec the client means to send; the answer prefers it.
    pub codec: Option<Codec>,
    /// Where the track comes from.
    pub source: Source,
}

/// How a subscriber wants a track it may receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// The largest layer of use to it.
    pub quality: Quality,
    /// It wants nothing of it for now.
    pub disabled: bool,
    /// Which pictures come first where its line does not carry all of them: 1 before 2. 0: it does not say, and comes
    /// after those that do.
    pub priority: u32,
}

impl Wish {
    /// A layer, without more.
    pub fn of(quality: Quality) -> Self {
        Self { quality, ..Self::default() }
    }
}

/// Places in the channel of a peer's events. A peer whose events are not taken is closed; memory stays bounded.
pub const EVENTS: usize = 1024;

/// One event of one peer. The wire drains these in order.
#[derive(Debug, Clone, PartialEq)]
pub enum PeerEvent {
    /// ICE and DTLS are up.
    Connected,
    /// Nothing valid was heard from the client for a while (consent lost, RFC 7675). An ICE restart can mend it.
    IceDisconnected,
    /// The first answer that carries the track: now others may be told.
    TrackBound {
        /// The announced track.
        id: TrackId,
        /// The section of the publisher.
        mid: String,
        /// What it is coded with.
        codec: Codec,
        /// Restriction identifiers of its layers, empty without simulcast.
        simulcast: Vec<String>,
    },
    /// The section went inactive or was removed by an offer.
    TrackGone {
        /// The track that ended.
        id: TrackId,
    },
    /// A message on a data channel.
    Data {
        /// Which channel.
        channel: Channel,
        /// The message.
        bytes: Bytes,
    },
    /// Loudness (0 to 1) of the tracks this peer may hear, and whether each is speaking. Changes only.
    Levels(Vec<(TrackId, f32, bool)>),
    /// To the subscriber: a track it receives was paused because its line does not carry it, or goes on.
    StreamState {
        /// The track of another.
        id: TrackId,
        /// Whether it is paused.
        paused: bool,
    },
    /// To the publisher: the layers of its track that anybody uses. Others need not be encoded. Says nothing of
    /// who or how many they are; switching off comes some seconds after the last use.
    LayersWanted {
        /// Its own track.
        id: TrackId,
        /// What the track is coded with.
        codec: Codec,
        /// Whether layer `q`, `h`, `f` is used; `q` always is. Not told of tracks without simulcast.
        wanted: [bool; 3],
    },
    /// How well a connection works: the listener's own, or that of a peer it may see. Changes only.
    ConnectionQuality(Score),
    /// The worker dropped the peer. Nothing follows.
    Closed {
        /// Why.
        reason: CloseReason,
    },
}

/// Why a peer was dropped by its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// A fault in the room was contained; the room's peers are gone, other rooms are untouched.
    Fault,
    /// DTLS failed or the client closed the transport.
    Transport,
    /// Its events were not taken: a thousand waited.
    Overrun,
    /// [`crate::Room::close`] was called.
    RoomClosed,
    /// The media plane ended.
    Shutdown,
}

/// Missing media sections, the numbers of `media_sections_requirement`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sections {
    /// Audio sections short.
    pub audio: usize,
    /// Video sections short.
    pub video: usize,
}

impl Sections {
    /// Whether nothing is short.
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }
}

/// The answer to an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// SDP text of the answer.
    pub sdp: String,
    /// Which track each sending section carries (`mid_to_track_id`).
    pub mid_to_track: Vec<(String, TrackId)>,
    /// Sections short for the tracks this peer should receive.
    pub missing: Sections,
}

/// The forwarding table was flipped.
#[derive(Debug, Clone)]
pub struct Flipped {
    /// When; packets that arrive at the worker later pass no removed pair.
    pub at: Instant,
    /// Counts the flips of the room.
    pub generation: u64,
    /// Final counts of the pairs that this flip closed, or that ended with a connection since the flip before; for the
    /// hearing ledger.
    pub closed: Vec<PairCount>,
    /// Counts so far of the pairs that stay open, taken at the same moment.
    pub open: Vec<PairCount>,
}

/// Packets of one kind that one peer received from another since the pair was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairCount {
    /// Who was heard.
    pub from: PeerId,
    /// Who heard.
    pub to: PeerId,
    /// Sound or picture.
    pub kind: Kind,
    /// Packets handed to the receiver's transport.
    pub packets: u64,
    /// Payload bytes in them.
    pub bytes: u64,
    /// When the pair was opened.
    pub opened_at: Instant,
}

/// The peer, its room or the whole media plane is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the media peer or its worker is gone")]
pub struct Gone;

/// An offer that could not be answered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OfferError {
    /// The peer does not exist any more.
    #[error("the media peer is gone")]
    Gone,
    /// The text is no offer this SFU can take; the session stands as before or must be joined anew.
    #[error("offer not acceptable: {0}")]
    Invalid(String),
}
