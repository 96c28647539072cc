//! What somebody may do for a party (授权, R28: Civil Code 165; CPL 61–62, CPLI 89 by analogy), and the guardian, who acts
//! by law (R29: Civil Code 19–23).
//!
//! “Full power” gives none of the powers named here: each must be written into the power of attorney by itself. A
//! guardian needs no such paper and has them all.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rights::Right;
use crate::{PartyId, Refusal, SeatRole};

/// Agents a party may have at a table (CPL 61).
pub const AGENTS_AT_MOST: usize = 2;

/// On what ground somebody acts for a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MandateKind {
    /// General authority (一般授权): speaks and hears for the party, disposes of nothing.
    General,
    /// Special authority (特别授权): the powers that are named.
    Special,
    /// By law: the guardian (法定代理).
    Statutory,
}

/// A power that must be named (CPL 62(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// Admit the other side's claims (代为承认).
    Admit,
    /// Waive claims (放弃).
    Waive,
    /// Change claims (变更).
    Change,
    /// Settle (和解): say yes to clauses, answer offers that settle.
    Settle,
    /// Sign the agreement (代为签署); without [`Power::Settle`] it opens nothing.
    Sign,
    /// Receive payment (代收款项).
    ReceivePayment,
}

/// The authority of one seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mandate {
    /// For whom.
    pub party_id: PartyId,
    /// On what ground.
    pub kind: MandateKind,
    /// The powers named; those of a guardian need no naming.
    pub powers: BTreeSet<Power>,
    /// Until when, if the paper says so.
    pub until: Option<DateTime<Utc>>,
}

impl Mandate {
    /// As a seat of this role can have it.
    ///
    /// # Errors
    /// `role_invalid` (acts for nobody), `mandate_invalid` (a guardian's is by law, nobody else's is; only special
    /// authority names powers, and it names at least one), `mandate_expired`.
    pub fn parse(role: SeatRole, raw: Self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if !role.has(Right::ActForParty) {
            return Err(Refusal::invalid("role_invalid"));
        }
        let by_law = (role == SeatRole::Guardian) == (raw.kind == MandateKind::Statutory);
        let named = (raw.kind == MandateKind::Special) != raw.powers.is_empty();
        if !by_law || !named {
            return Err(Refusal::invalid("mandate_invalid"));
        }
        if raw.until.is_some_and(|until| until <= now) {
            return Err(Refusal::invalid("mandate_expired"));
        }
        Ok(raw)
    }

    /// Whether this power is given at this moment.
    pub fn gives(&self, power: Power, now: DateTime<Utc>) -> bool {
        let named =
            self.powers.contains(&power) && (power != Power::Sign || self.powers.contains(&Power::Settle));
        (self.kind == MandateKind::Statutory || named) && self.until.is_none_or(|until| now < until)
    }

    /// # Errors
    /// `power_missing` with the power's name.
    pub fn demand(&self, power: Power, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.gives(power, now) {
            Ok(())
        } else {
            Err(Refusal::forbidden("power_missing").with("power", power.word()))
        }
    }
}

impl Power {
    /// As it stands in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Waive => "waive",
            Self::Change => "change",
            Self::Settle => "settle",
            Self::Sign => "sign",
            Self::ReceivePayment => "receive_payment",
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn special(powers: &[Power]) -> Mandate {
        let powers = powers.iter().copied().collect();
        Mandate { party_id: PartyId(uuid::Uuid::nil()), kind: MandateKind::Special, powers, until: None }
    }

    #[test]
    fn r28_full_power_settles_nothing_and_who_may_not_settle_may_not_sign() {
        let now = DateTime::UNIX_EPOCH;
        let general = Mandate { kind: MandateKind::General, ..special(&[]) };
        assert!(!general.gives(Power::Settle, now) && !general.gives(Power::Sign, now));
        assert_eq!(general.demand(Power::Settle, now).unwrap_err().params["power"], "settle");
        assert!(!special(&[Power::Sign]).gives(Power::Sign, now));
        let both = special(&[Power::Settle, Power::Sign]);
        assert!(both.gives(Power::Sign, now) && !both.gives(Power::ReceivePayment, now));
        let ends = Mandate { until: Some(now + TimeDelta::days(1)), ..both };
        assert!(ends.gives(Power::Sign, now) && !ends.gives(Power::Sign, now + TimeDelta::days(1)));
    }

    #[test]
    fn r28_only_special_authority_names_powers_and_only_a_guardians_is_by_law() {
        let now = DateTime::UNIX_EPOCH;
        let code = |role, raw| Mandate::parse(role, raw, now).err().map(|refusal| refusal.code);
        let by_law = Mandate { kind: MandateKind::Statutory, ..special(&[]) };
        assert_eq!(code(SeatRole::Guardian, by_law.clone()), None);
        assert_eq!(code(SeatRole::Agent, by_law), Some("mandate_invalid"));
        assert_eq!(code(SeatRole::Agent, special(&[])), Some("mandate_invalid"));
        let general = Mandate { kind: MandateKind::General, ..special(&[Power::Settle]) };
        assert_eq!(code(SeatRole::Agent, general), Some("mandate_invalid"));
        assert_eq!(code(SeatRole::Helper, special(&[Power::Settle])), Some("role_invalid"));
        let over = Mandate { until: Some(now), ..special(&[Power::Settle]) };
        assert_eq!(code(SeatRole::Lawyer, over), Some("mandate_expired"));
    }
}
