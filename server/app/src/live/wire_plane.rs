//! The media plane as it is: the LiveKit wire over our SFU. A sitting is a room, a seat an identity.

use std::time::Duration;

use domain::{SeatId, SessionId};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use livekit::{Hearing, LeaveReason, RECORDER, Wire, WireEvent};
use media::Kind;
use session::Table;
use tokio::sync::broadcast;

use super::ledger::Listener;
use super::media_plane::{Flipped, Heard, MediaPlane, MediaPresence, Spoken};
use crate::tasks::Tasks;

/// Comings and goings that may wait for the hub.
const EVENTS: usize = 1024;

/// The wire, seen by the hub.
pub struct WirePlane {
    wire: Wire,
    presence: broadcast::Sender<MediaPresence>,
    spoken: broadcast::Sender<Spoken>,
}

impl WirePlane {
    /// Over this wire; follows its events from now on.
    pub fn new(wire: Wire, tasks: &Tasks) -> Self {
        let (presence, spoken) = (broadcast::channel(EVENTS).0, broadcast::channel(EVENTS).0);
        let (mut events, out, stop) = (wire.events(), presence.clone(), tasks.stop_token());
        let talk = spoken.clone();
        tasks.spawn("media events", async move {
            loop {
                let event = tokio::select! {
                    () = stop.cancelled() => return,
                    event = events.recv() => event,
                };
                match event {
                    // Nobody listens before the hub is there.
                    Ok(WireEvent::Talked { room, spoken }) => {
                        drop(talked(&room, &spoken).map(|spoken| talk.send(spoken)));
                    }
                    Ok(event) => drop(translate(&event).map(|event| out.send(event))),
                    Err(broadcast::error::RecvError::Lagged(missed)) => {
                        tracing::warn!(missed, "events of the media wire came faster than they were read");
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
        Self { wire, presence, spoken }
    }
}

/// Rooms that are no sitting (a plain room of the demo) are nothing to the hub.
fn translate(event: &WireEvent) -> Option<MediaPresence> {
    let (room, identity, up) = match event {
        WireEvent::Connected { room, identity } => (room, identity, true),
        WireEvent::Disconnected { room, identity } => (room, identity, false),
        WireEvent::TracksChanged { .. } | WireEvent::Talked { .. } => return None,
    };
    Some(MediaPresence { session: room.parse().ok()?, seat: identity.parse().ok()?, up })
}

/// Talk time in the sitting's words.
fn talked(room: &str, spoken: &[(String, Duration)]) -> Option<Spoken> {
    let ms = |time: Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
    let spoken = spoken.iter().filter_map(|(who, time)| Some((who.parse().ok()?, ms(*time)))).collect();
    Some(Spoken { session: room.parse().ok()?, spoken })
}

/// A count of the wire's in the sitting's words.
fn heard(one: &Hearing, open: bool) -> Option<Heard> {
    let to = if one.to == RECORDER { Listener::Recorder } else { Listener::Seat(one.to.parse().ok()?) };
    Some(Heard {
        from: one.from.parse().ok()?,
        to,
        audio: one.kind == Kind::Audio,
        packets: one.packets,
        since: one.since,
        open,
    })
}

impl MediaPlane for WirePlane {
    fn govern(&self, room: SessionId) -> BoxFuture<'_, ()> {
        async move { self.wire.govern(&room.to_string()).await }.boxed()
    }

    fn flip<'a>(&'a self, room: SessionId, table: &'a Table) -> BoxFuture<'a, Flipped> {
        async move {
            let seats = table.pairs.iter().map(|(from, to)| (from.to_string(), to.to_string()));
            let recorded = table.recorded.iter().map(|from| (from.seat().to_string(), RECORDER.to_owned()));
            let flip = self.wire.flip(&room.to_string(), seats.chain(recorded).collect()).await;
            let closed = flip.closed.iter().filter_map(|one| heard(one, false));
            let heard = closed.chain(flip.open.iter().filter_map(|one| heard(one, true))).collect();
            Flipped::new(flip.announce()).having_heard(heard)
        }
        .boxed()
    }

    fn mute(&self, room: SessionId, seat: SeatId) -> BoxFuture<'_, ()> {
        async move { self.wire.mute(&room.to_string(), &seat.to_string(), true, false).await }.boxed()
    }

    fn silence(&self, room: SessionId, seat: SeatId, on: bool) -> BoxFuture<'_, ()> {
        async move { self.wire.silence(&room.to_string(), &seat.to_string(), on).await }.boxed()
    }

    fn remove(&self, room: SessionId, seat: SeatId) -> BoxFuture<'_, ()> {
        async move { self.wire.remove(&room.to_string(), &seat.to_string(), LeaveReason::Removed).await }
            .boxed()
    }

    fn close(&self, room: SessionId) -> BoxFuture<'_, ()> {
        async move { self.wire.close_room(&room.to_string(), LeaveReason::RoomDeleted).await }.boxed()
    }

    fn presence(&self) -> broadcast::Receiver<MediaPresence> {
        self.presence.subscribe()
    }

    fn spoken(&self) -> broadcast::Receiver<Spoken> {
        self.spoken.subscribe()
    }
}
