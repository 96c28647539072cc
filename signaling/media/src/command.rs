//! What a handle may ask of a worker. Each command is carried out between two bursts of packets; the
//! reply of one that answers travels back through a oneshot.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::sync::oneshot::Sender;

use crate::split::SplitCommand;
use crate::stats::Stats;
use crate::worker::{Parcel, Place, Stream};
use crate::{
    Answer, Channel, Flipped, Gone, OfferError, PairCount, PeerEvent, PeerId, Sections, Tap, TrackId,
    TrackSpec, Wish,
};

/// A message to a worker.
pub(crate) enum Command {
    /// Something for one room; the room is made when it is first spoken of.
    Room(Arc<Place>, RoomCommand),
    /// Datagrams of this worker's peers that came to another's socket.
    Datagrams(Parcel),
    /// A TCP connection whose first frame names a peer of this worker.
    Stream(Box<Stream>),
    /// Report counters.
    Stats(Sender<Stats>),
    /// Close every peer and end the thread.
    Shutdown,
}

/// A message to one room.
pub(crate) enum RoomCommand {
    AddPeer { peer: PeerId, label: String, events: mpsc::Sender<PeerEvent>, reply: Sender<Result<(), Gone>> },
    AddTap { peer: PeerId, tap: Box<dyn Tap>, reply: Sender<Result<(), Gone>> },
    RemoveTap { peer: PeerId, reply: Sender<()> },
    RemovePeer { peer: PeerId, reply: Sender<()> },
    AnnounceTrack { peer: PeerId, spec: TrackSpec, reply: Sender<Result<(), Gone>> },
    RemoveTrack { peer: PeerId, id: TrackId, reply: Sender<()> },
    SetMuted { peer: PeerId, id: TrackId, muted: bool, reply: Sender<()> },
    Subscribe { peer: PeerId, id: TrackId, wanted: bool, reply: Sender<()> },
    TrackSetting { peer: PeerId, id: TrackId, wish: Wish, reply: Sender<()> },
    Offer { peer: PeerId, sdp: String, reply: Sender<Result<Answer, OfferError>> },
    Trickle { peer: PeerId, candidate: String },
    Requirement { peer: PeerId, reply: Sender<Option<Sections>> },
    Govern { reply: Sender<()> },
    SetVisibility { pairs: HashSet<(PeerId, PeerId)>, reply: Sender<Flipped> },
    SendData { from: Option<PeerId>, to: PeerId, channel: Channel, bytes: Bytes },
    Hearing { reply: Sender<Vec<PairCount>> },
    Split(SplitCommand),
    Close { reply: Sender<()> },
}
