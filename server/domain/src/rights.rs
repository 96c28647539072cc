//! What each role may do at the table, in one place: read by the sitting's decisions, printed in `docs/roles.md`.
//!
//! What depends on more than the role (a lawyer's side, an agent's powers, who is in the chair) is decided where that is
//! known; this table is the most a role can have.

use crate::SeatRole;

use Right as T;
use SeatRole as P;

/// One thing a role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Run the sitting: admit, move, open private talks, give the floor, end; see every seat and every note.
    Host,
    /// Be a party to the dispute: choose, refuse, agree to guests (PML 23).
    Party,
    /// End the mediation at any time, without a reason (R2), and be asked for an offer.
    Stop,
    /// Act for a party with the powers its mandate names (R28, R29).
    ActForParty,
    /// Come only when each party at the table has agreed (R5, R6).
    NeedsConsent,
    /// The same, where it stands on nobody's side (R30).
    NeedsConsentIfNeutral,
    /// Go with a seat: moved together with it.
    GoWithSeat,
    /// Stand on nobody's side.
    NeutralOnly,
    /// Speak, be heard, see and hear others, ask for the floor.
    Speak,
    /// Check identities (R9).
    Identify,
    /// Write captions of what others say.
    Caption,
    /// Read the minutes back and confirm them (R39).
    ConfirmMinutes,
}

/// The whole table.
pub const TABLE: [(SeatRole, &[Right]); 17] = [
    (P::Mediator, &[T::Host, T::NeutralOnly, T::Speak, T::Identify, T::Caption]),
    (P::CoMediator, &[T::Host, T::NeutralOnly, T::Speak, T::Identify, T::Caption]),
    (P::Clerk, &[T::NeutralOnly, T::Speak, T::Identify, T::Caption]),
    (P::Applicant, &[T::Party, T::Stop, T::Speak, T::ConfirmMinutes]),
    (P::Respondent, &[T::Party, T::Stop, T::Speak, T::ConfirmMinutes]),
    (P::ThirdParty, &[T::Party, T::Stop, T::Speak, T::ConfirmMinutes]),
    (P::Agent, &[T::Stop, T::ActForParty, T::Speak, T::ConfirmMinutes]),
    (P::Guardian, &[T::Stop, T::ActForParty, T::Speak, T::ConfirmMinutes]),
    (P::Lawyer, &[T::ActForParty, T::NeedsConsentIfNeutral, T::Speak]),
    (P::Counsellor, &[T::NeedsConsent, T::Speak]),
    (P::SocialWorker, &[T::NeedsConsent, T::Speak]),
    (P::Interpreter, &[T::GoWithSeat, T::Speak, T::Caption, T::ConfirmMinutes]),
    (P::Helper, &[T::GoWithSeat, T::Speak, T::Caption]),
    (P::Witness, &[T::NeedsConsent, T::Speak]),
    (P::Liaison, &[T::NeedsConsent, T::NeutralOnly, T::Speak]),
    (P::Observer, &[T::NeedsConsent, T::NeutralOnly, T::Speak]),
    (P::RoomCamera, &[T::NeedsConsent, T::NeutralOnly]),
];

/// Every right, in the order of the printed table.
pub const ALL: [Right; 12] = [
    T::Host,
    T::Party,
    T::Stop,
    T::ActForParty,
    T::NeedsConsent,
    T::NeedsConsentIfNeutral,
    T::GoWithSeat,
    T::NeutralOnly,
    T::Speak,
    T::Identify,
    T::Caption,
    T::ConfirmMinutes,
];

impl SeatRole {
    /// Whether this role has this right.
    pub fn has(self, right: Right) -> bool {
        TABLE.iter().any(|(role, rights)| *role == self && rights.contains(&right))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;

    /// Every role × every right, written the other way round than the table: who has it, and by that who has not.
    #[test]
    fn every_role_has_its_rights_and_no_other() {
        let expected = |right: Right| -> &[SeatRole] {
            match right {
                T::Host => &[P::Mediator, P::CoMediator],
                T::Party => &[P::Applicant, P::Respondent, P::ThirdParty],
                T::Stop => &[P::Applicant, P::Respondent, P::ThirdParty, P::Agent, P::Guardian],
                T::ActForParty => &[P::Agent, P::Guardian, P::Lawyer],
                T::NeedsConsent => {
                    &[P::Counsellor, P::SocialWorker, P::Witness, P::Liaison, P::Observer, P::RoomCamera]
                }
                T::NeedsConsentIfNeutral => &[P::Lawyer],
                T::GoWithSeat => &[P::Interpreter, P::Helper],
                T::NeutralOnly => {
                    &[P::Mediator, P::CoMediator, P::Clerk, P::Liaison, P::Observer, P::RoomCamera]
                }
                T::Speak => &[
                    P::Mediator,
                    P::CoMediator,
                    P::Clerk,
                    P::Applicant,
                    P::Respondent,
                    P::ThirdParty,
                    P::Agent,
                    P::Guardian,
                    P::Lawyer,
                    P::Counsellor,
                    P::SocialWorker,
                    P::Interpreter,
                    P::Helper,
                    P::Witness,
                    P::Liaison,
                    P::Observer,
                ],
                T::Identify => &[P::Mediator, P::CoMediator, P::Clerk],
                T::Caption => &[P::Mediator, P::CoMediator, P::Clerk, P::Interpreter, P::Helper],
                T::ConfirmMinutes => {
                    &[P::Applicant, P::Respondent, P::ThirdParty, P::Agent, P::Guardian, P::Interpreter]
                }
            }
        };
        let roles: BTreeSet<SeatRole> = TABLE.iter().map(|(role, _)| *role).collect();
        assert_eq!(roles.len(), TABLE.len(), "one row for each role");
        for right in ALL {
            for role in &roles {
                assert_eq!(role.has(right), expected(right).contains(role), "{role:?} · {right:?}");
            }
        }
    }

    #[test]
    fn the_printed_table_is_this_one() {
        let mark = |has: bool| if has { "✓" } else { "" };
        let mut printed = String::from("| role |");
        for right in ALL {
            write!(printed, " {right:?} |").unwrap();
        }
        writeln!(printed, "\n|---|{}", ":-:|".repeat(ALL.len())).unwrap();
        for (role, _) in TABLE {
            write!(printed, "| {role:?} |").unwrap();
            for right in ALL {
                write!(printed, " {} |", mark(role.has(right))).unwrap();
            }
            printed.push('\n');
        }
        let docs = include_str!("../../../docs/roles.md");
        assert!(docs.contains(&printed), "docs/roles.md is to hold:\n{printed}");
    }
}
