//! What a seat may ask for ([`Command`], the words of the live wire) and what the world reports ([`Signal`], never
//! from a client).

use domain::{Paper, PaperId, PaperScope, SeatId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    AreaId, DeviceWish, Expert, IdentityMethod, Mark, OfferKind, OpeningItem, Outcome, Readiness,
    RecordingTrouble, Time, event::Invited,
};

/// A wish of a seat. Asking twice for the same is harmless: the second time nothing happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Host: the sitting begins.
    Start,
    /// Host: a break; nobody hears anybody.
    Pause,
    /// Host: goes on.
    Resume,
    /// Host: the sitting is over.
    End {
        /// How it ended.
        outcome: Outcome,
    },
    /// Host: from the lobby to the joint area.
    Admit {
        /// Who.
        seat: SeatId,
    },
    /// Host: back to the lobby.
    SendBack {
        /// Who.
        seat: SeatId,
    },
    /// Host: goes into a new private area with these seats of one side.
    OpenCaucus {
        /// Who comes along.
        seats: Vec<SeatId>,
    },
    /// Host: everybody in it returns to the joint area.
    CloseCaucus {
        /// A caucus or a consult.
        #[schema(value_type = String, example = "caucus-1")]
        area: AreaId,
    },
    /// Host: one seat, one move. A consult that is not open yet is opened.
    Move {
        /// Who.
        seat: SeatId,
        /// Where to.
        #[schema(value_type = String, example = "caucus-1")]
        area: AreaId,
    },
    /// Host: asks for silence. Never the other way round.
    Mute {
        /// Whom.
        seat: SeatId,
    },
    /// Host: asks everybody's leave to record the joint area, or ends the recording (R12).
    Record {
        /// Begin to ask, or end.
        on: bool,
    },
    /// Anyone: agrees to be recorded, or takes it back; it counts at once, at any time (R12).
    ConsentRecording {
        /// Yes or no.
        yes: bool,
    },
    /// Anyone: asks to speak.
    Hand {
        /// Up or down.
        up: bool,
    },
    /// Anyone: leaves; the place is kept.
    Leave,
    /// A party ends the mediation, no reason needed (R2).
    Stop,
    /// Anyone, silently: only hosts and the incident desk are told.
    Distress,
    /// Host: somebody has gone to help.
    DistressSeen {
        /// Whose call.
        seat: SeatId,
    },
    /// From the lobby, a line to the mediator.
    Note {
        /// At most [`Command::NOTE_LIMIT`] characters; empty takes it back.
        text: String,
    },
    /// Host: one seat speaks now.
    GiveFloor {
        /// Who.
        seat: SeatId,
        /// For how many seconds, 10 to 1800; without it, until the floor is ended.
        seconds: Option<u32>,
        /// The others' microphones are kept closed meanwhile.
        #[serde(default)]
        quiet: bool,
    },
    /// Host, or who has it: the floor of the own area is free.
    EndFloor,
    /// Host: keeps a microphone closed, or lets its owner open it again.
    Lock {
        /// Whose.
        seat: SeatId,
        /// Closed.
        on: bool,
    },
    /// Host: asks a seat to open its microphone. Nobody else can open it.
    AskToSpeak {
        /// Whom.
        seat: SeatId,
    },
    /// Anyone who was asked: has seen it.
    AnswerAsk,
    /// Host: asks seats into the private area the host is in.
    Invite {
        /// Whom.
        seats: Vec<SeatId>,
    },
    /// Anyone who was asked in: comes, or stays.
    AnswerInvitation {
        /// Comes.
        accept: bool,
    },
    /// Anyone: would like a word with the mediator.
    Knock {
        /// Or not any more.
        up: bool,
    },
    /// Host: closes or opens the door of a private area.
    LockArea {
        /// Which.
        #[schema(value_type = String, example = "caucus-1")]
        area: AreaId,
        /// Closed.
        on: bool,
    },
    /// Host: one sentence for everybody, in every area. Empty takes it back.
    Announce {
        /// What.
        text: String,
    },
    /// Host: these two may never share an area from now on.
    Screen {
        /// One.
        a: SeatId,
        /// The other.
        b: SeatId,
    },
    /// Host: over for today; the parties meet again then.
    Adjourn {
        /// The next date, if it is agreed.
        #[schema(value_type = Option<String>)]
        next_at: Option<Time>,
    },
    /// Host: somebody who was expected did not come within the grace time.
    NoShow,
    /// The own page: how device, network and room are.
    Ready {
        /// What it found.
        readiness: Readiness,
    },
    /// Host or clerk: this is the person, or it is not (R9).
    Identify {
        /// Who.
        seat: SeatId,
        /// How it was checked.
        method: IdentityMethod,
        /// It is.
        matches: bool,
        /// The last characters of the document's number, four at most.
        id_tail: Option<String>,
    },
    /// Host: asks a seat to show its document (R9).
    AskDocument {
        /// Whom.
        seat: SeatId,
    },
    /// Anyone: shows the own document (R9).
    PresentDocument {
        /// A photo of it that was handed in for the mediator; without one it is held to the camera.
        paper: Option<PaperId>,
    },
    /// Host, before the start: sees and hears this person at the door; without one, nobody any more.
    Greet {
        /// Whom.
        seat: Option<SeatId>,
    },
    /// The seat itself, or a host: the device that asks is the person's own, or is not.
    AnswerDevice {
        /// Whose.
        seat: SeatId,
        /// The number on its screen.
        code: String,
        /// It is; the old device is out.
        yes: bool,
    },
    /// Host: an item of the opening is done (R8).
    TickOff {
        /// Which.
        item: OpeningItem,
    },
    /// Host: discloses what could raise doubt about neutrality, or that there is nothing (R4).
    DeclareConflict {
        /// What; nothing if absent.
        disclosed: Option<String>,
    },
    /// A party: wants another mediator (R4).
    AskForAnother {
        /// Why, if the party wants to say.
        #[serde(default)]
        reason: String,
    },
    /// Host: asks the parties whether a guest may come (R5, R6).
    ProposeGuest {
        /// Who.
        seat: SeatId,
    },
    /// A party: the guest may come, or may not.
    AnswerGuest {
        /// Who.
        seat: SeatId,
        /// May.
        yes: bool,
    },
    /// Host: rings for an expert on duty, to come to the own area.
    Ring {
        /// Whom.
        expert: Expert,
        /// Of which department; empty: of any.
        #[serde(default)]
        department: String,
        /// What is asked.
        #[serde(default)]
        question: String,
    },
    /// Host: the expert is not needed any more.
    CallOff {
        /// Which call.
        call: u32,
    },
    /// Host: a called expert stays some minutes longer.
    Prolong {
        /// Who.
        seat: SeatId,
    },
    /// Host, in a private area: writes down what was confided.
    Confide {
        /// By whom.
        seat: SeatId,
        /// The words.
        text: String,
    },
    /// The confider: lets exactly these words go, or takes them back.
    Release {
        /// Which.
        confidence: u32,
        /// The words, once more: what was on the screen when it was tapped.
        text: String,
        /// Go.
        go: bool,
    },
    /// The host who wrote it down: passes released words on.
    Convey {
        /// Which.
        confidence: u32,
        /// To whom.
        seats: Vec<SeatId>,
    },
    /// Host: asks parties of different sides for sealed bids, or for a blind answer to a proposal.
    PutOffer {
        /// Which of the two.
        kind: OfferKind,
        /// The question, or the proposal.
        text: String,
        /// Whom.
        seats: Vec<SeatId>,
    },
    /// Who was asked: the sealed answer. Fen for a bid; 1 is yes and 0 is no to a proposal.
    AnswerOffer {
        /// Which.
        offer: u32,
        /// The answer.
        answer: u64,
    },
    /// Host: takes an offer back before all are in.
    WithdrawOffer {
        /// Which.
        offer: u32,
    },
    /// Anyone who is heard by somebody: writes a line to them.
    Say {
        /// What.
        text: String,
    },
    /// Host, clerk, interpreter, helper: writes down what a voice says, for whom that voice reaches.
    Caption {
        /// Whose voice.
        of: SeatId,
        /// What it says.
        text: String,
    },
    /// Host: opposite sides may meet although violence was reported, and why (R32).
    AllowJoint {
        /// Why.
        reason: String,
    },
    /// Host: what was done about a call for help.
    CloseDistress {
        /// Whose call.
        seat: SeatId,
        /// What a human decided.
        action: String,
    },
    /// Its owner: lets more people see a paper. There is no way back.
    WidenPaper {
        /// Which.
        paper: PaperId,
        /// Who from now on.
        scope: PaperScope,
    },
    /// A host, or its owner: lays a paper on the table of the own area.
    ShowPaper {
        /// Which.
        paper: PaperId,
        /// At which page, from 1; the first without it.
        page: Option<u32>,
    },
    /// Who shows it: another page.
    TurnPage {
        /// Which, from 1.
        page: u32,
    },
    /// Who shows it, its owner or a host: takes the paper off the table.
    ClearTable,
    /// A party: has seen a paper, or objects to it. A host: has seen the original.
    MarkPaper {
        /// Which.
        paper: PaperId,
        /// What.
        mark: Mark,
        /// Why, if it is disputed.
        #[serde(default)]
        text: String,
    },
    /// The host in the chair: a co-mediator takes it.
    GiveChair {
        /// Who.
        seat: SeatId,
    },
    /// A party who was asked in private: is afraid of meeting the other side, or is not (R32).
    AnswerSafety {
        /// Is.
        afraid: bool,
    },
    /// Host: what was done about reported violence.
    ReportSafety {
        /// Whose safety.
        seat: SeatId,
        /// What a human did.
        action: String,
    },
}

impl Command {
    /// Characters in a note.
    pub const NOTE_LIMIT: usize = 300;
}

/// One of the two connections of a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The live wire's socket.
    Live,
    /// The media connection.
    Media,
}

/// What the world reports: connections, time, and changes made outside the sitting. Never comes from a client.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// A connection is up. Who had left is back, in the same place.
    Connected(SeatId, Link),
    /// A connection is down.
    Disconnected(SeatId, Link),
    /// Time passed; see [`crate::Session::next_tick`].
    Tick,
    /// The server came back: every connection is gone.
    Recovered,
    /// A seat was added or its name corrected.
    Enrol(Invited),
    /// The seat's link was revoked: out of the sitting, back to the lobby.
    Dismiss(SeatId),
    /// Another device would like to have the seat.
    DeviceAsks(SeatId, DeviceWish),
    /// These two may never share an area.
    Screen(SeatId, SeatId),
    /// The sitting will not take place.
    Cancel,
    /// What the recorder complains of; none: it is well again. A full disk pauses the recording, a
    /// failure ends it.
    Recorder(Option<RecordingTrouble>),
    /// Milliseconds of speech the media plane measured since it last told.
    Talked(Vec<(SeatId, u32)>),
    /// Whose desk rings for a call; none: nobody is left to be rung.
    CallRings(u32, Option<String>),
    /// A paper of the case was handed in.
    PaperLodged(Box<Paper>),
    /// Somebody on duty took a call, and has this seat.
    TakeCall(u32, SeatId),
    /// The incident desk has seen a call for help.
    DeskAnswered(SeatId),
}
