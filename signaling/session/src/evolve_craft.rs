//! How the facts of the craft change the state: floor, invitations, opening, guests, notes, offers, lines.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use domain::SeatId;

use crate::confidence::{Confidence, Seal};
use crate::guests;
use crate::offers::Offer;
use crate::{Announcement, ConflictStatement, Event, Floor, IdentityCheck, Line, Session, Time, chat};

impl Session {
    /// Takes in a fact of the craft; every other one is `evolve`'s.
    pub(crate) fn evolve_craft(&mut self, fact: &Event, seq: u64, at: Time) {
        match fact {
            Event::FloorGiven { seat, area, seconds, quiet } => {
                let until = seconds.map(|s| at + TimeDelta::seconds(i64::from(s)));
                self.pass_floor(*area, Some(Floor { seat: *seat, since: at, until, quiet: *quiet }));
            }
            Event::FloorEnded { area } => self.pass_floor(*area, None),
            Event::Locked { seat, on } => self.with(*seat, |s| s.locked = *on),
            Event::AskedToSpeak { seat } => self.with(*seat, |s| s.asked = true),
            Event::AnsweredAsk { seat } => self.with(*seat, |s| s.asked = false),
            Event::Talked { counts } => {
                for (seat, ms) in counts {
                    self.with(*seat, |s| s.talk_ms += u64::from(*ms));
                }
            }
            Event::AskedInto { seat, area } => self.with(*seat, |s| s.asked_into = Some(*area)),
            Event::AnsweredInvitation { seat, .. } => self.with(*seat, |s| s.asked_into = None),
            Event::Knocked { seat, up } => self.with(*seat, |s| s.knock = up.then_some(at)),
            Event::AreaLocked { area, on } => {
                if let Some(area) = self.areas.get_mut(area) {
                    area.locked = *on;
                }
            }
            Event::Announced { text } => {
                self.announcement = text.clone().map(|text| Announcement { text, at });
            }
            Event::Ready { seat, readiness } => {
                self.with(*seat, |s| s.readiness = Some(readiness.clone()));
            }
            Event::DeviceAsked { seat, wish } => self.with(*seat, |s| s.device_wish = Some(wish.clone())),
            Event::DeviceMoved { seat, .. } => self.with(*seat, |s| {
                s.device_wish = None;
                s.devices += 1;
            }),
            Event::DeviceTurnedAway { seat } => self.with(*seat, |s| s.device_wish = None),
            Event::DocumentAsked { seat } => self.with(*seat, |s| s.document_asked = true),
            Event::DocumentPresented { seat, paper } => self.with(*seat, |s| {
                s.document_asked = false;
                s.document = paper.or(s.document);
            }),
            Event::OpeningDone { item } => {
                self.opening.done.insert(*item);
            }
            Event::ConflictDeclared { disclosed } => {
                self.opening.conflict = Some(ConflictStatement { disclosed: disclosed.clone(), at });
            }
            Event::AnotherMediatorAsked { seat, .. } => self.with(*seat, |s| s.wants_another = true),
            Event::GuestProposed { guest } => self.with(*guest, |s| s.put_to_parties = true),
            Event::GuestAnswered { guest, party, yes } => {
                self.with(*guest, |s| guests::note_word(s, *party, *yes));
            }
            Event::Prolonged { seat } => {
                self.with(*seat, |s| s.until = s.until.map(|until| until.max(at) + guests::VISIT));
            }
            Event::Said { seat, to, text, of } => {
                let line = Line { seq, from: *seat, to: to.clone(), text: text.clone(), of: *of, at };
                self.chat.push_back(line);
                if self.chat.len() > chat::KEPT {
                    self.chat.pop_front();
                }
            }
            other => self.evolve_gate(other, at),
        }
    }

    fn evolve_gate(&mut self, fact: &Event, at: Time) {
        match fact {
            Event::Released { confidence } => self.seal(*confidence, Seal::Released, Some(at)),
            Event::Resealed { confidence } => self.seal(*confidence, Seal::Sealed, None),
            Event::Conveyed { confidence, to } => {
                if let Some(confidence) = self.confidence_mut(*confidence) {
                    confidence.seal = Seal::Conveyed;
                    confidence.conveyed_to.extend(to.iter().copied());
                }
            }
            Event::OfferPut { kind, text, of } => {
                let id = number(self.offers.len());
                let (kind, text, of) = (*kind, text.clone(), of.clone());
                let answers = BTreeMap::new();
                self.offers.push(Offer { id, kind, text, of, answers, withdrawn: false, at });
            }
            Event::OfferAnswered { offer, seat, answer } => {
                if let Some(offer) = self.offer_mut(*offer) {
                    offer.answers.insert(*seat, *answer);
                }
            }
            Event::OfferWithdrawn { offer } => {
                if let Some(offer) = self.offer_mut(*offer) {
                    offer.withdrawn = true;
                }
            }
            other => self.evolve_duty(other, at),
        }
    }

    /// A fact that needs to know who did it.
    pub(crate) fn evolve_authored(&mut self, fact: &Event, by: SeatId, at: Time) {
        match fact {
            Event::Identified { seat, method, matches, id_tail, document } => {
                let (method, matches, id_tail, document) = (*method, *matches, id_tail.clone(), *document);
                let check = IdentityCheck { method, matches, id_tail, document, by, at };
                self.with(*seat, |s| (s.identity, s.document_asked) = (Some(check), false));
            }
            Event::Confided { of, text } => {
                let id = number(self.confidences.len());
                let (of, text, seal) = (*of, text.clone(), Seal::Sealed);
                let conveyed_to = BTreeSet::new();
                self.confidences.push(Confidence {
                    id,
                    of,
                    by,
                    text,
                    seal,
                    at,
                    released_at: None,
                    conveyed_to,
                });
            }
            _ => {}
        }
    }

    fn seal(&mut self, id: u32, seal: Seal, released_at: Option<Time>) {
        if let Some(confidence) = self.confidence_mut(id) {
            (confidence.seal, confidence.released_at) = (seal, released_at);
        }
    }
}

/// The next number of a list that begins with 1.
pub(crate) fn number(len: usize) -> u32 {
    u32::try_from(len + 1).unwrap_or(u32::MAX)
}
