//! What happened: the facts that are stored. Replaying them gives the same state, byte for byte.

use std::collections::BTreeSet;

use domain::{Mandate, Paper, PaperId, PaperScope, PartyId, SeatId, SeatRole, SessionId, Side};
use serde::{Deserialize, Serialize};

use crate::{
    AreaId, DeviceWish, Expert, Greeting, IdentityMethod, Link, Mark, OfferKind, OpeningItem, Outcome,
    PauseCause, Readiness, RecordingEnd, RecordingPause, RecordingTrouble, Time,
};

/// A fact with its place in the order of the sitting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    /// 1, 2, 3 … without a gap.
    pub seq: u64,
    /// When. Never earlier than the one before, even if the machine's clock is set back.
    pub at: Time,
    /// The seat whose command it was; none when the world did it.
    pub by: Option<SeatId>,
    /// What.
    pub event: Event,
}

/// Somebody with a place at the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The seat.
    pub seat: SeatId,
    /// The role in this sitting.
    pub role: SeatRole,
    /// On whose side.
    pub side: Side,
    /// The person's name.
    pub name: String,
    /// The party who sits here, if one does.
    pub party: Option<PartyId>,
    /// The party's word in the case file on being recorded; none if it was never asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<bool>,
    /// Whom an interpreter or a helper goes with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_to: Option<SeatId>,
    /// At the device of the one it is bound to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub same_device: bool,
    /// A natural person: is asked in private whether it is safe to meet the other side (R32).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asked_safety: bool,
    /// A party under age: a guardian acts (R29).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub minor: bool,
    /// For which party an agent, a guardian or a lawyer acts, and with which powers (R28, R29).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Mandate>,
}

/// How a sitting is set up. It is the first event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// The sitting.
    pub session: SessionId,
    /// When it is to begin.
    pub scheduled_at: Time,
    /// Everybody with a place.
    pub seats: Vec<Invited>,
    /// Pairs who may never share an area (safety of a person).
    pub screens: Vec<(SeatId, SeatId)>,
    /// How long the last mediator may be unreachable before the sides are parted, in milliseconds.
    pub grace_ms: u32,
    /// No start before the opening is done (R8).
    #[serde(default)]
    pub checklist: bool,
    /// Violence was reported (R32): opposite sides share no area.
    #[serde(default)]
    pub apart: bool,
}

impl Setup {
    /// The usual grace time: 10 s, long enough for a phone to change its network.
    pub const GRACE_MS: u32 = 10_000;
}

/// What happened. Fields are the seat it happened to, and where or how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each fact is one line and its fields say what they are")]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The sitting was set up.
    Convened(Setup),
    /// A seat was added, or its description changed.
    Enrolled(Invited),
    /// The first person came.
    Gathered,
    /// A connection came up.
    Connected { seat: SeatId, link: Link },
    /// A connection went down.
    Disconnected { seat: SeatId, link: Link },
    /// Left on purpose.
    Left { seat: SeatId },
    /// Came back to the same place.
    Returned { seat: SeatId },
    /// A host was unreachable for longer than the grace time.
    HostLost { seat: SeatId },
    /// The link was revoked.
    Dismissed { seat: SeatId },
    /// A private area was opened.
    Opened { area: AreaId },
    /// One seat moved.
    Moved { seat: SeatId, to: AreaId },
    /// A private area was closed: nobody is in it.
    Closed { area: AreaId },
    /// The sitting began.
    Started,
    /// A break, or nobody is left to keep the sides company.
    Paused { cause: PauseCause },
    /// Went on.
    Resumed,
    /// Over.
    Ended {
        outcome: Outcome,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_at: Option<Time>,
    },
    /// Will not take place.
    Cancelled,
    /// A hand went up or down.
    Hand { seat: SeatId, up: bool },
    /// A seat was asked for silence.
    Muted { seat: SeatId },
    /// The silent call for help.
    Distress { seat: SeatId },
    /// Somebody has gone to help.
    DistressSeen { seat: SeatId },
    /// A line from the lobby; none takes it back.
    Noted { seat: SeatId, text: Option<String> },
    /// These two may never share an area.
    Screened { a: SeatId, b: SeatId },
    /// A host wants the joint area recorded.
    RecordingAsked,
    /// A seat's word on being recorded.
    RecordingAnswered { seat: SeatId, yes: bool },
    /// Everybody present agreed: it runs.
    RecordingStarted,
    /// It may not go on; nothing more reaches the recorder.
    RecordingPaused { why: RecordingPause },
    /// It is over.
    RecordingStopped { cause: RecordingEnd },
    /// The recorder complained, or is well again.
    RecordingTroubled { trouble: Option<RecordingTrouble> },
    /// The server came back: every connection was gone.
    Recovered,
    /// One seat speaks now, perhaps for some seconds, perhaps in quiet.
    FloorGiven { seat: SeatId, area: AreaId, seconds: Option<u32>, quiet: bool },
    /// The floor of an area is free.
    FloorEnded { area: AreaId },
    /// A microphone is kept closed, or not any more.
    Locked { seat: SeatId, on: bool },
    /// A seat was asked to open its microphone.
    AskedToSpeak { seat: SeatId },
    /// The seat answered; whether it opened it is its own affair.
    AnsweredAsk { seat: SeatId },
    /// Milliseconds of speech in the joint area.
    Talked { counts: Vec<(SeatId, u32)> },
    /// Asked into a private area.
    AskedInto { seat: SeatId, area: AreaId },
    /// Said yes or no to it.
    AnsweredInvitation { seat: SeatId, accept: bool },
    /// Would like a word with the mediator, or not any more.
    Knocked { seat: SeatId, up: bool },
    /// The door of a private area.
    AreaLocked { area: AreaId, on: bool },
    /// The mediator's word to everybody; none takes it back.
    Announced { text: Option<String> },
    /// A seat's own page told how it is.
    Ready { seat: SeatId, readiness: Readiness },
    /// An identity check.
    Identified {
        seat: SeatId,
        method: IdentityMethod,
        matches: bool,
        id_tail: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<PaperId>,
    },
    /// A host meets somebody at the door before the start, or nobody any more.
    Greeted { greeting: Option<Greeting> },
    /// Another device would like to have the seat.
    DeviceAsked { seat: SeatId, wish: DeviceWish },
    /// It has it; the one before is out.
    DeviceMoved { seat: SeatId, device: String },
    /// It does not get it.
    DeviceTurnedAway { seat: SeatId },
    /// The mediator asks to see the document.
    DocumentAsked { seat: SeatId },
    /// Here it is: a photo of it, or held to the camera.
    DocumentPresented { seat: SeatId, paper: Option<PaperId> },
    /// An item of the opening is done.
    OpeningDone { item: OpeningItem },
    /// The mediator's word on conflicts of interest; none is: nothing to disclose.
    ConflictDeclared { disclosed: Option<String> },
    /// A party asks for another mediator.
    AnotherMediatorAsked { seat: SeatId, reason: String },
    /// The parties are asked about a guest.
    GuestProposed { guest: SeatId },
    /// What a party said of a guest.
    GuestAnswered { guest: SeatId, party: SeatId, yes: bool },
    /// An expert is called.
    Rang {
        expert: Expert,
        area: AreaId,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        department: String,
        question: String,
    },
    /// Somebody's desk rings for it; none: nobody is left to be rung.
    CallRings { call: u32, whom: Option<String> },
    /// The call was taken back.
    CalledOff { call: u32 },
    /// Somebody on duty took the call.
    CallTaken { call: u32, seat: SeatId },
    /// A visit lasts some minutes longer.
    Prolonged { seat: SeatId },
    /// Something said in a private talk was written down.
    Confided { of: SeatId, text: String },
    /// The confider let it go.
    Released { confidence: u32 },
    /// The confider took that back.
    Resealed { confidence: u32 },
    /// It was passed on.
    Conveyed { confidence: u32, to: BTreeSet<SeatId> },
    /// Bids were asked for, or a proposal made.
    OfferPut { kind: OfferKind, text: String, of: BTreeSet<SeatId> },
    /// A sealed answer.
    OfferAnswered { offer: u32, seat: SeatId, answer: u64 },
    /// An offer was taken back.
    OfferWithdrawn { offer: u32 },
    /// A line was written; these were reached. As a caption it writes down the voice `of` a seat.
    Said {
        seat: SeatId,
        to: BTreeSet<SeatId>,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<SeatId>,
    },
    /// A host decided that opposite sides may meet although violence was reported, and why.
    JointAllowed { reason: String },
    /// What a human did about a call for help.
    DistressClosed { seat: SeatId, action: String },
    /// The incident desk has seen a call for help.
    DeskAnswered { seat: SeatId },
    /// A paper was handed in.
    PaperLodged(Box<Paper>),
    /// Its owner lets more people see it.
    PaperWidened { paper: PaperId, scope: PaperScope },
    /// It lies on the table of an area.
    PaperShown { paper: PaperId, page: u32, seat: SeatId, area: AreaId },
    /// Another page of it.
    PageTurned { area: AreaId, page: u32 },
    /// It was taken off.
    TableCleared { area: AreaId },
    /// A word on a paper.
    PaperMarked {
        paper: PaperId,
        seat: SeatId,
        mark: Mark,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// A co-mediator has the chair now.
    ChairGiven { seat: SeatId },
    /// A party's answer to the private question about its safety.
    SafetyAnswered { seat: SeatId, afraid: bool },
    /// What was done about reported violence.
    SafetyReported { seat: SeatId, action: String },
}
