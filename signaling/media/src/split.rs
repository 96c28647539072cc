//! Participants of the older wire: one connection to publish on, which the client negotiates, and one to
//! receive on, which the server negotiates. Both are one peer.

use tokio::sync::mpsc;
use tokio::sync::oneshot::Sender;

use crate::command::RoomCommand;
use crate::{Gone, OfferError, PeerEvent, PeerId, Room, TrackId};

/// One of the two connections of such a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// The client sends on it, and offers.
    Publisher,
    /// The client receives on it, and the server offers.
    Subscriber,
}

/// An offer to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerOffer {
    /// SDP text of the offer.
    pub sdp: String,
    /// Which track each sending section carries (`mid_to_track_id`).
    pub mid_to_track: Vec<(String, TrackId)>,
}

/// What a room may be asked about such a participant.
pub(crate) enum SplitCommand {
    /// Gives a peer its second connection.
    Split { peer: PeerId, primary: Leg },
    /// Make an offer, if there is news.
    Offer { peer: PeerId, restart: bool, reply: Sender<Option<ServerOffer>> },
    /// The client's answer.
    Answer { peer: PeerId, sdp: String, reply: Sender<Result<(), OfferError>> },
    /// The client came back; what it answered last.
    Reconcile { peer: PeerId, known: Option<String>, reply: Sender<()> },
}

impl Room {
    /// Adds a participant with two connections; see [`Room::add_peer`]. It counts as connected by the
    /// `primary` one, over which the server's data goes as well.
    pub async fn add_split_peer(
        &self,
        label: String,
        events: mpsc::Sender<PeerEvent>,
        primary: Leg,
    ) -> Result<PeerId, Gone> {
        let peer = self.add_peer(label, events).await?;
        self.tell(RoomCommand::Split(SplitCommand::Split { peer, primary }));
        Ok(peer)
    }

    /// Makes an offer of what the peer should receive, or to `restart` ICE. `None`: there is nothing to tell,
    /// or the client has yet to answer the last one.
    pub async fn server_offer(&self, peer: PeerId, restart: bool) -> Option<ServerOffer> {
        self.ask(|reply| RoomCommand::Split(SplitCommand::Offer { peer, restart, reply })).await.flatten()
    }

    /// Takes the client's answer to the offer that is out. After an error the client has to join anew.
    pub async fn server_answer(&self, peer: PeerId, sdp: String) -> Result<(), OfferError> {
        self.ask(|reply| RoomCommand::Split(SplitCommand::Answer { peer, sdp, reply }))
            .await
            .unwrap_or(Err(OfferError::Gone))
    }

    /// The client is back after its signalling was lost, perhaps with an answer to the offer that is out:
    /// `known` is the answer it gave last, as it says. Afterwards no offer is out.
    pub async fn reconcile(&self, peer: PeerId, known: Option<String>) {
        let _ = self.ask(|reply| RoomCommand::Split(SplitCommand::Reconcile { peer, known, reply })).await;
    }
}
