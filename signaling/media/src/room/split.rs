//! Participants with two connections: their second one, and the offers the server makes to them.

use super::{Context, Room};
use crate::split::SplitCommand;
use crate::{OfferError, PeerId, ServerOffer};

impl Room {
    pub(super) fn split_command(&mut self, command: SplitCommand, context: &mut Context<'_>) {
        match command {
            SplitCommand::Split { peer, primary } => {
                let Some(joined) = self.peers.get_mut(&peer) else { return };
                joined.split(primary, context.setup, context.candidates, context.now);
                self.learn_names(peer, context);
            }
            SplitCommand::Offer { peer, restart, reply } => {
                let _ = reply.send(self.make_offer(peer, restart, context));
            }
            SplitCommand::Answer { peer, sdp, reply } => {
                let began = std::time::Instant::now();
                let taken = self.peers.get_mut(&peer).ok_or(OfferError::Gone);
                let taken = taken.and_then(|joined| joined.take_answer(&sdp));
                context.stats.offers += 1;
                context.stats.offer_time.record(began.elapsed(), 1);
                self.touch(peer);
                self.request_keyframes(context);
                let _ = reply.send(taken);
            }
            SplitCommand::Reconcile { peer, known, reply } => {
                if let Some(joined) = self.peers.get_mut(&peer) {
                    joined.reconcile(known.as_deref());
                }
                let _ = reply.send(());
            }
        }
    }

    fn make_offer(&mut self, id: PeerId, restart: bool, context: &mut Context<'_>) -> Option<ServerOffer> {
        let wanted = self.wanted(id);
        let peer = self.peers.get_mut(&id).filter(|peer| peer.is_split())?;
        let (offer, ice_name) = peer.make_offer(&wanted, restart)?;
        // The client's checks carry the new name from the moment it has answered.
        if let Some(name) = ice_name {
            context.names.learn_name(&name, self.index, id);
        }
        tracing::debug!(peer = %id, restart, tracks = ?offer.mid_to_track, "offered");
        self.touch(id);
        Some(offer)
    }

    /// Enters the names first datagrams to a peer carry.
    pub(super) fn learn_names(&mut self, id: PeerId, context: &mut Context<'_>) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        for name in peer.ice_names() {
            context.names.learn_name(&name, self.index, id);
        }
    }
}
