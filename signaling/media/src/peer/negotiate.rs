//! Offers of the client: accepting them, binding published sections, assigning tracks to receiving ones.

use str0m::Candidate;
use str0m::change::SdpOffer;
use str0m::media::{Direction as Flow, Mid};

use super::packet::{Binding, Publication, codec_of};
use super::sdp::{Direction, Media, OfferedSection, SectionAnswer, rewrite, scan};
use super::slot::{Slot, Wanted};
use super::{Bound, Peer};
use crate::forward::TrackKey;
use crate::{CloseReason, Codec, Kind, OfferError, Sections, TrackId, TrackSpec};

/// An accepted offer, before the answer is written.
pub(crate) struct Accepted {
    /// The library's answer text.
    text: String,
    sections: Vec<OfferedSection>,
    /// Bound tracks whose section ended.
    pub gone: Vec<TrackKey>,
}

/// A published section that no announced track claims yet.
pub(crate) struct Unbound {
    pub mid: String,
    pub kind: Kind,
    pub msid_track: Option<String>,
}

impl Peer {
    /// Takes an offer. On error the session stands as before, unless the library gave it up.
    pub(crate) fn accept(&mut self, sdp: &str) -> Result<Accepted, OfferError> {
        let sections = scan(sdp).map_err(OfferError::Invalid)?;
        let offer = SdpOffer::from_sdp_string(sdp).map_err(|error| OfferError::Invalid(error.to_string()))?;
        let answer = self.guarded(|peer| peer.rtc.sdp_api().accept_offer(offer));
        let text = match answer {
            Some(Ok(answer)) => answer.to_sdp_string(),
            Some(Err(error)) => {
                if !self.rtc.is_alive() {
                    self.over.get_or_insert(CloseReason::Transport);
                }
                return Err(OfferError::Invalid(error.to_string()));
            }
            None => return Err(OfferError::Gone),
        };
        self.sources.clear();
        let mut gone = Vec::new();
        for section in &sections {
            self.take_section(section, &mut gone);
        }
        // Sections that were recycled are no longer named.
        let named = |name: &str| sections.iter().any(|section| section.mid == name);
        self.slots.retain(|slot| named(&slot.name));
        self.publications.retain(|publication| {
            let stays = named(&publication.name);
            if !stays {
                gone.extend(publication.bound.map(|bound| bound.key));
            }
            stays
        });
        Ok(Accepted { text, sections, gone })
    }

    fn take_section(&mut self, section: &OfferedSection, gone: &mut Vec<TrackKey>) {
        let Media::Rtp(kind) = section.media else { return };
        let mid = Mid::from(section.mid.as_str());
        let publishes = matches!(section.direction, Direction::SendOnly | Direction::SendRecv);
        if !publishes && let Some(at) = self.publications.iter().position(|known| known.mid == mid) {
            gone.extend(self.publications.remove(at).bound.map(|bound| bound.key));
        }
        match section.direction {
            Direction::RecvOnly => match self.slots.iter_mut().find(|slot| slot.mid == mid) {
                Some(slot) => slot.open = true,
                None => self.slots.push(Slot::new(mid, &section.mid, kind)),
            },
            Direction::Inactive => {
                if let Some(slot) = self.slots.iter_mut().find(|slot| slot.mid == mid) {
                    slot.open = false;
                }
            }
            Direction::SendOnly | Direction::SendRecv => {
                self.slots.retain(|slot| slot.mid != mid);
                self.rtc.sdp_api().set_direction(mid, Flow::RecvOnly);
                let asked =
                    self.publications.iter().find(|known| known.mid == mid).and_then(Publication::asked);
                let codec = self.codec(mid, asked);
                match self.publications.iter_mut().find(|known| known.mid == mid) {
                    Some(known) => {
                        known.msid_track.clone_from(&section.msid_track);
                        known.rids.clone_from(&section.rids);
                        known.codec = codec;
                    }
                    None => self.publications.push(Publication {
                        mid,
                        name: section.mid.clone(),
                        kind,
                        msid_track: section.msid_track.clone(),
                        rids: section.rids.clone(),
                        codec,
                        bound: None,
                    }),
                }
            }
        }
    }

    /// Published sections without a track.
    pub(crate) fn unbound(&self) -> Vec<Unbound> {
        self.publications
            .iter()
            .filter(|publication| publication.bound.is_none())
            .map(|publication| Unbound {
                mid: publication.name.clone(),
                kind: publication.kind,
                msid_track: publication.msid_track.clone(),
            })
            .collect()
    }

    /// Makes a published section carry a track.
    pub(crate) fn bind(&mut self, mid: &str, key: TrackKey, spec: &TrackSpec) -> Option<Bound> {
        self.sources.clear();
        let publication = self.publications.iter_mut().find(|publication| publication.name == mid)?;
        publication.bound = Some(Binding {
            key,
            dtx: !spec.disable_dtx,
            stereo: spec.stereo,
            red: !spec.disable_red,
            codec: spec.codec,
        });
        let (section, asked) = (publication.mid, spec.codec);
        let codec = self.codec(section, asked);
        let publication = self.publications.iter_mut().find(|publication| publication.mid == section)?;
        publication.codec = codec;
        Some(Bound {
            mid: publication.name.clone(),
            codec,
            rids: publication.rids.clone(),
            kind: publication.kind,
        })
    }

    /// A track ended while its section stays: packets of it are no longer taken.
    pub(crate) fn unbind(&mut self, key: TrackKey) {
        self.sources.clear();
        for publication in &mut self.publications {
            if publication.bound.is_some_and(|bound| bound.key == key) {
                publication.bound = None;
            }
        }
    }

    /// Gives free slots to wanted tracks and takes slots from others; tells how many sections are short.
    pub(crate) fn assign(&mut self, wanted: &[Wanted]) -> Sections {
        let Self { rtc, slots, paced, .. } = self;
        for slot in slots.iter_mut() {
            let keeps = slot.open
                && slot
                    .carried
                    .as_ref()
                    .is_some_and(|carried| wanted.iter().any(|track| track.key == carried.wanted.key));
            if !keeps {
                slot.release(rtc);
            }
        }
        let mut missing = Sections::default();
        for track in wanted {
            if slots
                .iter()
                .any(|slot| slot.carried.as_ref().is_some_and(|carried| carried.wanted.key == track.key))
            {
                continue;
            }
            let may_carry = |slot: &Slot| {
                slot.open
                    && slot.carried.is_none()
                    && slot.kind == track.kind
                    && rtc.media(slot.mid).is_some()
            };
            let free =
                slots.iter().position(|slot| may_carry(slot) && slot.left.as_ref() != Some(&track.stream));
            if free.is_none() && slots.iter().any(may_carry) {
                // Enough sections; this one waits for the next offer, which `requirement` asks for.
                continue;
            }
            match (free, track.kind) {
                (Some(at), _) => slots[at].assign(rtc, track.clone(), *paced),
                (None, Kind::Audio) => missing.audio += 1,
                (None, Kind::Video) => missing.video += 1,
            }
        }
        missing
    }

    /// The answer's text and which track each slot carries. From here on the client knows the truth.
    pub(crate) fn answer(&mut self, accepted: &Accepted) -> (String, Vec<(String, TrackId)>) {
        let text = rewrite(&accepted.text, &accepted.sections, |mid| self.section_answer(mid));
        let mut carried = Vec::new();
        for slot in &mut self.slots {
            slot.stale = false;
            slot.left = None;
            if let Some(track) = &mut slot.carried {
                track.agreed();
                carried.push((slot.name.clone(), track.wanted.id.clone()));
            }
        }
        (text, carried)
    }

    fn section_answer(&self, mid: &str) -> Option<SectionAnswer> {
        if let Some(slot) = self.slots.iter().find(|slot| slot.name == mid) {
            return Some(slot.outgoing().map_or(SectionAnswer::Idle, SectionAnswer::Send));
        }
        if let Some(publication) = self.publications.iter().find(|publication| publication.name == mid) {
            let (dtx, stereo, red) =
                publication.bound.map_or((true, false, false), |bound| (bound.dtx, bound.stereo, bound.red));
            return Some(SectionAnswer::Receive { dtx, stereo, red, codec: publication.asked() });
        }
        self.rtc.media(Mid::from(mid)).is_some().then_some(SectionAnswer::Idle)
    }

    /// What a new offer would change.
    pub(crate) fn requirement(&self, wanted: &[Wanted]) -> Option<Sections> {
        let carries = |track: &Wanted| {
            self.slots
                .iter()
                .any(|slot| slot.carried.as_ref().is_some_and(|carried| carried.wanted.key == track.key))
        };
        let short = |kind: Kind| {
            let new = wanted.iter().filter(|track| track.kind == kind && !carries(track)).count();
            let free = self
                .slots
                .iter()
                .filter(|slot| slot.open && slot.kind == kind && slot.carried.is_none())
                .count();
            (new, new.saturating_sub(free))
        };
        let ((new_audio, audio), (new_video, video)) = (short(Kind::Audio), short(Kind::Video));
        let stale = self.slots.iter().any(|slot| slot.stale);
        (stale || new_audio + new_video > 0).then_some(Sections { audio, video })
    }

    /// Takes tracks off their slots at once unless they may stay. True when anything was taken.
    pub(crate) fn release_unless(&mut self, keep: impl Fn(TrackKey) -> bool) -> bool {
        let Self { rtc, slots, .. } = self;
        let mut released = false;
        for slot in slots.iter_mut() {
            if slot.carried.as_ref().is_some_and(|carried| !keep(carried.wanted.key)) {
                slot.release(rtc);
                released = true;
            }
        }
        released
    }

    /// A trickled candidate.
    pub(crate) fn add_candidate(&mut self, text: &str) {
        let text = text.trim_start_matches("a=");
        // Names (mDNS) and TCP are of no use here; the client's checks tell its address.
        if let Ok(candidate) = Candidate::from_sdp_string(text) {
            self.guarded(|peer| peer.rtc.add_remote_candidate(candidate));
        }
    }

    /// The codec the client will send in a section it publishes on: the one it announced, else its first.
    fn codec(&self, mid: Mid, asked: Option<Codec>) -> Codec {
        let Some(media) = self.rtc.media(mid) else { return Codec::Other };
        let params = self.rtc.codec_config().params();
        let offered = media.remote_pts();
        let named = asked.filter(|asked| {
            params.iter().any(|params| offered.contains(&params.pt()) && codec_of(params.spec()) == *asked)
        });
        named.unwrap_or_else(|| {
            params
                .iter()
                .find(|params| Some(&params.pt()) == offered.first())
                .map_or(Codec::Other, |params| codec_of(params.spec()))
        })
    }
}
