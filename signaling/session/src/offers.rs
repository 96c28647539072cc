//! Shuttle offers: sealed bids, and the mediator's proposal answered blind.
//!
//! Nobody learns of a bid or an answer before all are in; if a proposal fails, nobody ever learns who said yes.
//! The mediator does not see a sealed bid either.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Power, Refusal, SeatId, Side};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decide::{Decision, known, not_over};
use crate::words::some_words;
use crate::{Event, Session, Time, mandates};

/// Characters in a question or a proposal.
const TEXT_LIMIT: usize = 500;
/// The highest bid, in fen: ten thousand million yuan.
const MOST_FEN: u64 = 1_000_000_000_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferKind {
    /// An amount from each.
    Bids,
    /// Yes or no from each to the mediator's words.
    Proposal,
}

/// A round of bids, or a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// 1, 2, 3 … in this sitting.
    pub id: u32,
    /// Of what kind.
    pub kind: OfferKind,
    /// The question, or the proposal.
    pub text: String,
    /// Who must answer.
    pub of: BTreeSet<SeatId>,
    /// Answers so far: fen for a bid; 1 is yes and 0 is no to a proposal.
    pub answers: BTreeMap<SeatId, u64>,
    /// Taken back before all were in: sealed for ever.
    pub withdrawn: bool,
    /// When it was put.
    pub at: Time,
}

/// An offer on somebody's screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferView {
    /// Its number.
    pub id: u32,
    /// Of what kind.
    pub kind: OfferKind,
    /// The question, or the proposal.
    pub text: String,
    /// My own answer.
    pub mine: Option<u64>,
    /// I am asked.
    pub asked: bool,
    /// How many have answered, for the host only.
    pub answered: Option<usize>,
    /// Withdrawn.
    pub withdrawn: bool,
    /// Bids, opened: side by side. Only when all are in.
    pub bids: Option<Vec<BidView>>,
    /// Proposal: all said yes, or not all did. Only when all are in.
    pub accepted: Option<bool>,
}

/// One opened bid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BidView {
    /// Whose side.
    pub side: Side,
    /// How much, in fen.
    pub fen: u64,
}

impl Offer {
    /// Everybody asked has answered.
    pub fn complete(&self) -> bool {
        !self.withdrawn && self.of.iter().all(|seat| self.answers.contains_key(seat))
    }
}

impl Session {
    /// The offers this seat may know of: those it is asked, and all of them for hosts.
    pub fn offers(&self, viewer: SeatId) -> Vec<OfferView> {
        let hosts = self.seat(viewer).is_some_and(|s| s.role.hosts());
        self.offers
            .iter()
            .filter(|offer| hosts || offer.of.contains(&viewer))
            .map(|offer| {
                let open = offer.complete();
                let bids = (open && offer.kind == OfferKind::Bids).then(|| self.bids(offer));
                let yes = offer.answers.values().all(|answer| *answer == 1);
                OfferView {
                    id: offer.id,
                    kind: offer.kind,
                    text: offer.text.clone(),
                    mine: offer.answers.get(&viewer).copied(),
                    asked: offer.of.contains(&viewer),
                    answered: hosts.then_some(offer.answers.len()),
                    withdrawn: offer.withdrawn,
                    bids,
                    accepted: (open && offer.kind == OfferKind::Proposal).then_some(yes),
                }
            })
            .collect()
    }

    /// By side, not by seat: who bids knows the other side, not its place in the sitting.
    fn bids(&self, offer: &Offer) -> Vec<BidView> {
        let side = |seat: &SeatId| self.seat(*seat).map_or(Side::Neutral, |s| s.side);
        offer.answers.iter().map(|(seat, fen)| BidView { side: side(seat), fen: *fen }).collect()
    }

    pub(crate) fn offer_mut(&mut self, id: u32) -> Option<&mut Offer> {
        self.offers.iter_mut().find(|offer| offer.id == id)
    }
}

/// Host: asks two or more parties of different sides at once.
pub(crate) fn put(session: &Session, now: Time, kind: OfferKind, text: &str, of: &[SeatId]) -> Decision {
    not_over(session)?;
    let text = some_words(text, TEXT_LIMIT)?;
    let of: BTreeSet<SeatId> = of.iter().copied().collect();
    let mut sides = BTreeSet::new();
    for &seat in &of {
        let who = known(session, seat)?;
        if !who.may_stop() {
            return Err(Refusal::invalid("party_only"));
        }
        mandates::demand(now, who, Power::Settle)?;
        sides.insert(who.side);
    }
    if sides.len() < 2 {
        return Err(Refusal::invalid("both_sides_needed"));
    }
    let open = |offer: &&Offer| !offer.withdrawn && !offer.complete();
    if let Some(open) = session.offers.iter().find(open) {
        let same = (open.kind, &open.text, &open.of) == (kind, &text, &of);
        return if same { Ok(vec![]) } else { Err(Refusal::conflict("offer_open")) };
    }
    Ok(vec![Event::OfferPut { kind, text, of }])
}

/// A party who is asked: answers once; the answer is sealed.
pub(crate) fn answer(session: &Session, actor: SeatId, id: u32, answer: u64) -> Decision {
    not_over(session)?;
    let offer = session.offers.iter().find(|offer| offer.id == id && offer.of.contains(&actor));
    let offer = offer.ok_or_else(|| Refusal::not_found("unknown_offer"))?;
    if offer.withdrawn {
        return Err(Refusal::conflict("offer_withdrawn"));
    }
    let most = if offer.kind == OfferKind::Bids { MOST_FEN } else { 1 };
    if answer > most {
        return Err(Refusal::invalid("amount").with("most", most));
    }
    match offer.answers.get(&actor) {
        Some(before) if *before == answer => Ok(vec![]),
        Some(_) => Err(Refusal::conflict("already_answered")),
        None => Ok(vec![Event::OfferAnswered { offer: id, seat: actor, answer }]),
    }
}

/// Host: takes an offer back before all are in. What was answered stays sealed.
pub(crate) fn withdraw(session: &Session, id: u32) -> Decision {
    not_over(session)?;
    let offer = session.offers.iter().find(|offer| offer.id == id);
    let offer = offer.ok_or_else(|| Refusal::not_found("unknown_offer"))?;
    if offer.complete() {
        return Err(Refusal::conflict("offer_complete"));
    }
    Ok(if offer.withdrawn { vec![] } else { vec![Event::OfferWithdrawn { offer: id }] })
}
