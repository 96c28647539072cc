//! Who may do what: one table, denied by default (domain.md §4 “Visibility”; T6, T14).
//!
//! A caller is a role (an office, or a place at the table) and its relations to the thing at hand. A row of the table
//! lists what one role in one relation may do. What stands in no row is refused; who has no row at all for a case is
//! told that there is no such case.

use crate::{Refusal, SeatRole, StaffRole};

use Action as A;
use Relation as L;
use SeatRole as P;
use StaffRole as S;

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// See the list of cases; only those one may read stand in it.
    ListCases,
    /// See today's sittings and deadlines, of the same cases.
    SeeToday,
    /// Register a new case.
    RegisterCase,
    /// See counts per unit, never rows.
    ReadCounts,
    /// See a cry for help: who, where, which number to call back.
    SeeDuress,
    /// Make and close staff accounts.
    ManageStaff,
    /// See who is on duty when.
    ReadRoster,
    /// Put people on the roster of the own organisation and those below it, change it, take them off.
    EditRoster,
    /// Be rung, read the one page, come, leave a note.
    AnswerCalls,

    /// Number, kind, state, deadline, names: no facts, no papers.
    ReadSummary,
    /// The whole file.
    ReadCase,
    /// What happened when.
    ReadTimeline,
    /// Download papers of the file.
    ReadPapers,
    /// Add a party.
    EditParties,
    /// Write down a party's word on a question.
    RecordConsent,
    /// Take the case on for the committee.
    AcceptCase,
    /// Say who mediates.
    AssignMediator,
    /// Set a time for a sitting.
    ScheduleSession,

    /// Time, place and seats of a sitting.
    ReadSession,
    /// Add a seat.
    ManageSeats,
    /// Make and take back personal links.
    ManageLinks,
    /// Take one's own seat.
    EnterSession,
    /// See whom one can ring for a sitting now.
    SeeOnDuty,

    /// Read who received what one's own seat sent, and whom it received.
    ReadOwnHearing,

    /// Read the minutes.
    ReadMinutes,
    /// Write the minutes.
    WriteMinutes,
    /// Say “read and correct”.
    ConfirmMinutes,
    /// Read the agreement.
    ReadAgreement,
    /// Add, change, remove clauses.
    EditAgreement,
    /// Freeze the text, take it back.
    FreezeAgreement,
    /// See that there are recordings: when, how long, kept until when.
    ReadRecordings,
    /// Play one, or have it made into one film; each look is written down.
    PlayRecording,
    /// Keep one beyond its time, with a reason.
    HoldRecording,
    /// End such a hold, with a reason.
    ReleaseRecording,
    /// See who looked at one when.
    ReadRecordingLog,
    /// Hand in a paper at the table.
    LodgePaper,
    /// Say yes or no to a clause, for oneself.
    TakeStance,
    /// Sign, for oneself.
    SignAgreement,
}

/// The caller's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Staff by their office.
    Staff(StaffRole),
    /// A participant by their place at the table.
    Seat(SeatRole),
}

/// How the caller stands to the thing at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// There is no thing at hand, or none in particular.
    General,
    /// Staff: mediates this case.
    Handler,
    /// Staff: received it first.
    Receiver,
    /// Staff: of the organisation whose case it is, or of one above it.
    Organization,
    /// Staff: has a seat in the sitting (for a case: in one of its sittings).
    AtTable,
    /// Seat: of this very sitting (for a case: of one of its sittings).
    Own,
}

/// The caller, seen from the thing at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// In which role.
    pub role: Role,
    /// In which relations; `General` always holds and need not be named.
    pub relations: Vec<Relation>,
}

/// One row of the table.
#[derive(Debug)]
pub struct Row(pub Role, pub Relation, pub &'static [Action]);

const TABLE_ONLY: &[A] = &[A::ReadSummary, A::ReadSession, A::EnterSession];
const MEDIATOR_AT_TABLE: &[A] = &[A::ReadSummary, A::ReadSession, A::EnterSession, A::SeeOnDuty];
const ON_CALL: &[A] = &[A::ListCases, A::SeeToday, A::AnswerCalls];
const PARTY: &[A] = &[
    A::ReadOwnHearing,
    A::ReadMinutes,
    A::ConfirmMinutes,
    A::ReadAgreement,
    A::TakeStance,
    A::SignAgreement,
    A::ReadPapers,
    A::LodgePaper,
];
// R28: who only stands for a party settles and signs as far as the mandate of the seat names it (`mandate.rs`).
const FOR_A_PARTY: &[A] = PARTY;
const HOST: &[A] = &[
    A::ReadOwnHearing,
    A::ReadMinutes,
    A::WriteMinutes,
    A::ReadAgreement,
    A::EditAgreement,
    A::FreezeAgreement,
    A::SignAgreement,
    A::ReadPapers,
    A::LodgePaper,
];

/// The whole table.
pub const TABLE: &[Row] = &[
    // the mediator: the whole file of own cases, nothing of others'
    Row(Role::Staff(S::Mediator), L::General, &[A::ListCases, A::SeeToday, A::RegisterCase, A::ReadRoster]),
    Row(
        Role::Staff(S::Mediator),
        L::Handler,
        &[
            A::ReadSummary,
            A::ReadCase,
            A::ReadTimeline,
            A::ReadPapers,
            A::EditParties,
            A::RecordConsent,
            A::AcceptCase,
            A::ScheduleSession,
            A::ReadSession,
            A::ManageSeats,
            A::ManageLinks,
            A::EnterSession,
            A::SeeOnDuty,
            A::ReadMinutes,
            A::ReadAgreement,
            A::ReadRecordings,
            A::PlayRecording,
            A::HoldRecording,
            A::ReadRecordingLog,
        ],
    ),
    Row(Role::Staff(S::Mediator), L::AtTable, MEDIATOR_AT_TABLE),
    // the clerk: receives and prepares the cases of the own organisation
    Row(Role::Staff(S::Clerk), L::General, &[A::ListCases, A::SeeToday, A::RegisterCase, A::ReadRoster]),
    Row(
        Role::Staff(S::Clerk),
        L::Organization,
        &[
            A::ReadSummary,
            A::ReadCase,
            A::ReadTimeline,
            A::EditParties,
            A::RecordConsent,
            A::AssignMediator,
            A::ScheduleSession,
            A::ReadSession,
            A::ManageSeats,
            A::ManageLinks,
            A::ReadRecordings,
        ],
    ),
    Row(Role::Staff(S::Clerk), L::AtTable, TABLE_ONLY),
    // the director: how the organisation's cases stand, not what is in them
    Row(
        Role::Staff(S::Director),
        L::General,
        &[A::ListCases, A::SeeToday, A::RegisterCase, A::ReadCounts, A::ReadRoster, A::EditRoster],
    ),
    Row(
        Role::Staff(S::Director),
        L::Organization,
        &[
            A::ReadSummary,
            A::ReadTimeline,
            A::AcceptCase,
            A::AssignMediator,
            A::ReadRecordings,
            A::HoldRecording,
            A::ReleaseRecording,
            A::ReadRecordingLog,
        ],
    ),
    // the grid worker: own reports, own seat as a helper
    Row(
        Role::Staff(S::GridWorker),
        L::General,
        &[A::ListCases, A::SeeToday, A::RegisterCase, A::AnswerCalls],
    ),
    Row(Role::Staff(S::GridWorker), L::Receiver, &[A::ReadSummary]),
    Row(Role::Staff(S::GridWorker), L::AtTable, TABLE_ONLY),
    // who is called in sees a summary and the own seat
    Row(Role::Staff(S::Lawyer), L::General, ON_CALL),
    Row(Role::Staff(S::Lawyer), L::AtTable, TABLE_ONLY),
    Row(Role::Staff(S::Counsellor), L::General, ON_CALL),
    Row(Role::Staff(S::Counsellor), L::AtTable, TABLE_ONLY),
    Row(Role::Staff(S::Liaison), L::General, ON_CALL),
    Row(Role::Staff(S::Liaison), L::AtTable, TABLE_ONLY),
    // the incident desk: cries for help and nothing else; the administrator: accounts and the roster
    Row(Role::Staff(S::IncidentDesk), L::General, &[A::SeeDuress]),
    Row(Role::Staff(S::Admin), L::General, &[A::ManageStaff, A::ReadRoster, A::EditRoster]),
    // at the table
    Row(Role::Seat(P::Mediator), L::Own, HOST),
    Row(Role::Seat(P::CoMediator), L::Own, HOST),
    Row(
        Role::Seat(P::Clerk),
        L::Own,
        &[A::ReadOwnHearing, A::ReadMinutes, A::WriteMinutes, A::ReadAgreement],
    ),
    Row(Role::Seat(P::Applicant), L::Own, PARTY),
    Row(Role::Seat(P::Respondent), L::Own, PARTY),
    Row(Role::Seat(P::ThirdParty), L::Own, PARTY),
    Row(Role::Seat(P::Agent), L::Own, FOR_A_PARTY),
    Row(Role::Seat(P::Guardian), L::Own, FOR_A_PARTY),
    Row(
        Role::Seat(P::Interpreter),
        L::Own,
        &[A::ReadOwnHearing, A::ReadMinutes, A::ConfirmMinutes, A::ReadAgreement],
    ),
    Row(
        Role::Seat(P::Lawyer),
        L::Own,
        &[
            A::ReadOwnHearing,
            A::ReadMinutes,
            A::ReadAgreement,
            A::LodgePaper,
            A::TakeStance,
            A::SignAgreement,
        ],
    ),
];

impl Actor {
    /// A member of staff.
    pub fn staff(role: StaffRole, relations: impl Into<Vec<Relation>>) -> Self {
        Self { role: Role::Staff(role), relations: relations.into() }
    }

    /// A seat, within its own sitting and case.
    pub fn own_seat(role: SeatRole) -> Self {
        Self { role: Role::Seat(role), relations: vec![Relation::Own] }
    }

    /// Whether some row allows it.
    pub fn may(&self, action: Action) -> bool {
        TABLE.iter().any(|Row(role, relation, actions)| {
            *role == self.role
                && (*relation == Relation::General || self.relations.contains(relation))
                && actions.contains(&action)
        })
    }

    /// Whether anything at all is open to the caller here, beyond what is open everywhere.
    fn is_related(&self) -> bool {
        TABLE.iter().any(|Row(role, relation, _)| *role == self.role && self.relations.contains(relation))
    }

    /// # Errors
    /// `not_found` (404) for who has nothing to do with it, exactly as if it did not exist; `not_allowed` (403) else.
    pub fn demand(&self, action: Action) -> Result<(), Refusal> {
        if self.may(action) {
            Ok(())
        } else if self.is_related() {
            Err(Refusal::forbidden("not_allowed"))
        } else {
            Err(Refusal::not_found("not_found"))
        }
    }

    /// For what hangs on no case.
    ///
    /// # Errors
    /// `not_allowed` (403).
    pub fn demand_general(&self, action: Action) -> Result<(), Refusal> {
        if self.may(action) { Ok(()) } else { Err(Refusal::forbidden("not_allowed")) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const CONTENT: &[A] = &[A::ReadCase, A::ReadPapers, A::ReadMinutes, A::ReadAgreement, A::PlayRecording];
    const STAFF: [S; 9] = [
        S::Admin,
        S::Director,
        S::Mediator,
        S::Clerk,
        S::Lawyer,
        S::Counsellor,
        S::GridWorker,
        S::Liaison,
        S::IncidentDesk,
    ];

    fn who_may(action: A) -> BTreeSet<(Role, L)> {
        TABLE
            .iter()
            .filter(|Row(_, _, actions)| actions.contains(&action))
            .map(|Row(r, l, _)| (*r, *l))
            .collect()
    }

    #[test]
    fn the_table_reads_as_a_whole() {
        for Row(role, relation, actions) in TABLE {
            println!("{role:?} · {relation:?}: {actions:?}");
        }
        let pairs: BTreeSet<_> = TABLE.iter().map(|Row(role, relation, _)| (*role, *relation)).collect();
        assert_eq!(pairs.len(), TABLE.len(), "one row for each role in each relation");
    }

    #[test]
    fn t6_nobody_does_anything_to_a_foreign_case_and_hears_only_that_there_is_none() {
        let of_a_case =
            [A::ReadSummary, A::ReadCase, A::ReadTimeline, A::ReadPapers, A::AcceptCase, A::ManageLinks];
        for role in STAFF {
            for action in of_a_case {
                let refusal = Actor::staff(role, []).demand(action).unwrap_err();
                assert_eq!(refusal.code, "not_found", "{role:?} {action:?}");
            }
        }
        let foreign = Actor { role: Role::Seat(P::Applicant), relations: vec![] };
        assert_eq!(foreign.demand(A::ReadMinutes).unwrap_err().code, "not_found");
    }

    #[test]
    fn the_administrator_the_incident_desk_and_the_director_see_no_content() {
        for role in [S::Admin, S::IncidentDesk, S::Director] {
            let actor = Actor::staff(role, [L::Handler, L::Receiver, L::Organization, L::AtTable]);
            assert!(CONTENT.iter().all(|a| !actor.may(*a)), "{role:?}");
        }
        let director = Actor::staff(S::Director, [L::Organization]);
        assert!(director.may(A::ReadSummary));
        assert_eq!(director.demand(A::ReadCase).unwrap_err().code, "not_allowed");
    }

    #[test]
    fn a_mediator_handles_only_own_cases() {
        let own = Actor::staff(S::Mediator, [L::Handler, L::Organization]);
        let colleagues = Actor::staff(S::Mediator, [L::Organization]);
        assert!(own.may(A::ReadCase) && own.may(A::AcceptCase) && own.may(A::ManageLinks));
        assert!(!colleagues.may(A::ReadSummary) && !colleagues.may(A::ReadCase));
    }

    #[test]
    fn t14_only_a_party_and_who_acts_for_it_take_a_stance_and_staff_sign_only_at_the_table() {
        let parties = [P::Applicant, P::Respondent, P::ThirdParty, P::Agent, P::Guardian, P::Lawyer]
            .map(|p| (Role::Seat(p), L::Own));
        assert_eq!(who_may(A::TakeStance), parties.into());
        let hosts = [P::Mediator, P::CoMediator].map(|p| (Role::Seat(p), L::Own));
        assert_eq!(who_may(A::SignAgreement), parties.into_iter().chain(hosts).collect());
    }

    #[test]
    fn r12_only_the_handler_plays_a_recording_and_another_hand_ends_a_hold() {
        assert_eq!(who_may(A::PlayRecording), [(Role::Staff(S::Mediator), L::Handler)].into());
        assert_eq!(who_may(A::ReleaseRecording), [(Role::Staff(S::Director), L::Organization)].into());
        assert!(who_may(A::ReadRecordings).iter().all(|(role, _)| matches!(role, Role::Staff(_))));
    }

    #[test]
    fn r31_a_counsellor_reads_neither_minutes_nor_agreement() {
        let staff = Actor::staff(S::Counsellor, [L::AtTable]);
        assert!(CONTENT.iter().all(|a| !staff.may(*a) && !Actor::own_seat(P::Counsellor).may(*a)));
        assert!(staff.may(A::EnterSession));
    }
}
