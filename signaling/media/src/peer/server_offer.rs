//! Offers the server makes, on the connection a participant of the older wire receives on.
//!
//! One offer is out at a time. Sections are reused, once the client knows them to be empty and each time with a
//! fresh SSRC as in `slot`; only what finds no free section gets a new one. Nothing is sent in a section before the client
//! has agreed to what it carries.

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::channel::{ChannelConfig, Reliability};
use str0m::media::{Direction, MediaKind, Mid};

use super::Peer;
use super::sdp::{SectionAnswer, rewrite, scan, sources};
use super::slot::{Slot, Wanted};
use crate::{CloseReason, Kind, Leg, OfferError, ServerOffer};

/// Where the server's offers stand.
#[derive(Default)]
pub(super) struct Offering {
    /// Data channels were offered.
    channels: bool,
    out: Option<Outstanding>,
}

/// An offer the client has not answered.
struct Outstanding {
    pending: SdpPendingOffer,
    /// Sections it adds.
    added: Vec<Mid>,
    /// What it says no longer flows: section and media stream.
    left: Vec<(Mid, String)>,
    opens_channels: bool,
}

impl Peer {
    /// Makes an offer if there is anything to tell, or to `restart` ICE; none while one is out. With the ICE
    /// name the client will use from then on, if that changes.
    pub(crate) fn make_offer(
        &mut self,
        wanted: &[Wanted],
        restart: bool,
    ) -> Option<(ServerOffer, Option<String>)> {
        // Without a section there is nothing to restart.
        let begun = self.offering.channels;
        let begins = !begun && (self.primary() == Leg::Subscriber || !wanted.is_empty());
        let news = begins || begun && (restart || self.requirement(wanted).is_some());
        if self.offering.out.is_some() || !news {
            return None;
        }
        self.guarded(|peer| peer.offer_now(wanted, restart && begun)).flatten()
    }

    fn offer_now(&mut self, wanted: &[Wanted], restart: bool) -> Option<(ServerOffer, Option<String>)> {
        let wanted: Vec<Wanted> = wanted.iter().cloned().map(named_by_track).collect();
        let carried: Vec<Mid> =
            self.slots.iter().filter(|slot| slot.carried.is_some()).map(|slot| slot.mid).collect();
        self.place(&wanted);
        let homeless: Vec<&Wanted> = wanted.iter().filter(|track| !self.carries(track)).collect();
        let opens_channels = !self.offering.channels;

        let mut api = self.rtc.sdp_api();
        if opens_channels {
            for (label, lossy) in [("_reliable", false), ("_lossy", true)] {
                api.add_channel_with_config(channel(label, lossy));
            }
        }
        let ice_name = restart.then(|| api.ice_restart(true).ufrag);
        // A direction that was set already (at once, when the track was taken off) is no change to the
        // library; saying it again, by way of another one that sends nothing either, makes it one.
        for slot in self.slots.iter().filter(|slot| slot.carried.is_none() && slot.stale) {
            api.set_direction(slot.mid, Direction::RecvOnly);
            api.set_direction(slot.mid, Direction::Inactive);
        }
        for slot in self.slots.iter().filter(|slot| slot.carried.is_some() && !carried.contains(&slot.mid)) {
            api.set_direction(slot.mid, Direction::Inactive);
            api.set_direction(slot.mid, Direction::SendOnly);
        }
        let added: Vec<(Mid, &Wanted)> = homeless
            .into_iter()
            .map(|track| {
                let kind = if track.kind == Kind::Audio { MediaKind::Audio } else { MediaKind::Video };
                (api.add_media(kind, Direction::SendOnly, None, None, None), track)
            })
            .collect();
        let (offer, pending) = api.apply()?;
        let text = offer.to_sdp_string();
        for (mid, track) in &added {
            let Some((ssrc, rtx)) = sources(&text, &mid.to_string()) else { continue };
            self.slots.push(Slot::offered(*mid, (*track).clone(), ssrc, rtx));
        }
        let added = added.into_iter().map(|(mid, _)| mid).collect();
        let sdp = rewrite(&text, &[], |mid| {
            let slot = self.slots.iter().find(|slot| slot.name == mid)?;
            Some(slot.outgoing().map_or(SectionAnswer::Idle, SectionAnswer::Send))
        });
        let (mut left, mut tracks) = (Vec::new(), Vec::new());
        for slot in &mut self.slots {
            slot.stale = false;
            left.extend(slot.left.take().map(|stream| (slot.mid, stream)));
            tracks.extend(slot.carried.as_ref().map(|track| (slot.name.clone(), track.wanted.id.clone())));
        }
        self.offering.channels = true;
        self.offering.out = Some(Outstanding { pending, added, left, opens_channels });
        Some((ServerOffer { sdp, mid_to_track: tracks }, ice_name))
    }

    /// Gives tracks the sections the client knows to be empty. One that goes from track to track in a single
    /// step brings no new track to clients built on the native library: they look at the direction alone.
    fn place(&mut self, wanted: &[Wanted]) {
        self.release_unless(|key| wanted.iter().any(|track| track.key == key));
        for slot in &mut self.slots {
            slot.open = slot.left.is_none();
        }
        self.assign(wanted);
        for slot in &mut self.slots {
            slot.open = true;
        }
    }

    /// Takes the client's answer to the offer that is out.
    pub(crate) fn take_answer(&mut self, sdp: &str) -> Result<(), OfferError> {
        let invalid = |error: &dyn std::fmt::Display| OfferError::Invalid(error.to_string());
        let Some(out) = self.offering.out.take() else {
            return Err(OfferError::Invalid("no offer is out".into()));
        };
        scan(sdp).map_err(OfferError::Invalid)?;
        let answer = SdpAnswer::from_sdp_string(sdp).map_err(|error| invalid(&error))?;
        match self.guarded(|peer| peer.rtc.sdp_api().accept_answer(out.pending, answer)) {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                if !self.rtc.is_alive() {
                    self.over.get_or_insert(CloseReason::Transport);
                }
                return Err(invalid(&error));
            }
            None => return Err(OfferError::Gone),
        }
        let Self { rtc, slots, paced, .. } = self;
        for slot in slots.iter_mut() {
            slot.answered(rtc, *paced);
        }
        Ok(())
    }

    /// The client is back after a lost connection, and the answer to the offer that is out may have been lost
    /// with it. `known` is what the client says it answered last. When it knows sections the offer adds, that
    /// is the lost answer; else it never had the offer, which is taken back.
    pub(crate) fn reconcile(&mut self, known: Option<&str>) {
        let Some(out) = &self.offering.out else { return };
        let sections = known.and_then(|sdp| scan(sdp).ok()).unwrap_or_default();
        let knows = |mid: &Mid| sections.iter().any(|section| section.mid == mid.to_string());
        if let (Some(known), true) = (known, !out.added.is_empty() && out.added.iter().all(knows))
            && self.take_answer(known).is_ok()
        {
            return;
        }
        let Some(out) = self.offering.out.take() else { return };
        self.slots.retain(|slot| !out.added.contains(&slot.mid));
        for slot in &mut self.slots {
            slot.stale |= slot.carried.is_none();
            if let Some((_, stream)) = out.left.iter().find(|(mid, _)| *mid == slot.mid) {
                slot.left.get_or_insert_with(|| stream.clone());
            }
        }
        self.offering.channels = !out.opens_channels;
    }

    fn carries(&self, track: &Wanted) -> bool {
        self.slots
            .iter()
            .any(|slot| slot.carried.as_ref().is_some_and(|carried| carried.wanted.key == track.key))
    }
}

/// On this wire clients learn which track a section carries from the name of its stream, `PA_x|TR_y`: the track
/// id a browser gives is that of the section's first use. (What is played in step is then for the receiver to
/// find out; a stream of several tracks could not be told apart.)
fn named_by_track(mut track: Wanted) -> Wanted {
    let owner = track.stream.split('|').next().unwrap_or_default();
    track.stream = format!("{owner}|{}", track.id);
    track
}

fn channel(label: &str, lossy: bool) -> ChannelConfig {
    ChannelConfig {
        label: label.to_owned(),
        ordered: !lossy,
        reliability: if lossy {
            Reliability::MaxRetransmits { retransmits: 0 }
        } else {
            Reliability::Reliable
        },
        ..ChannelConfig::default()
    }
}
