//! Who acts for a party at the table, and what they may do for it (R28, R29). Powers are given in the case file; here
//! they are asked for where an answer settles something.

use domain::{Mandate, Power, Refusal, Right, SeatId, SeatRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Seat, Session, Time};

/// Somebody who acts for the viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActingFor {
    /// The seat.
    pub seat: SeatId,
    /// In which role.
    pub role: SeatRole,
    /// The name.
    pub name: String,
    /// With which powers.
    pub mandate: Mandate,
}

impl Session {
    /// Who acts for the party of this seat: for its own screen, wherever they are.
    pub(crate) fn acting_for(&self, me: &Seat) -> Vec<ActingFor> {
        let Some(party) = me.party else { return vec![] };
        let acts = |s: &Seat| s.mandate.clone().filter(|mandate| mandate.party_id == party);
        self.seats()
            .filter_map(|(seat, s)| {
                Some(ActingFor { seat, role: s.role, name: s.name.clone(), mandate: acts(s)? })
            })
            .collect()
    }

    /// A minor has a seat, and no guardian of theirs is here (R29).
    pub(crate) fn guardian_missing(&self) -> bool {
        let guarded = |minor: &Seat| {
            self.seats().any(|(_, s)| {
                s.role == SeatRole::Guardian
                    && s.online()
                    && s.mandate.as_ref().is_some_and(|mandate| Some(mandate.party_id) == minor.party)
            })
        };
        self.seats().any(|(_, s)| s.minor && !guarded(s))
    }
}

/// Whether this seat may do for its party what needs this power: a party for itself unless it is under age, everybody
/// else as far as the mandate names it.
pub(crate) fn demand(now: Time, me: &Seat, power: Power) -> Result<(), Refusal> {
    if me.minor {
        return Err(Refusal::forbidden("guardian_acts"));
    }
    match &me.mandate {
        Some(mandate) => mandate.demand(power, now),
        None if me.role.has(Right::ActForParty) => {
            Err(Refusal::forbidden("power_missing").with("power", power.word()))
        }
        None => Ok(()),
    }
}
