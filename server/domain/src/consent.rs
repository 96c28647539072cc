//! Consents: a party's own word on one question, kept with the version of the notice it was shown.
//!
//! A consent is never overwritten. Changing one's mind adds a revision; the last revision counts (PIPL 13–17; R33).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Party, Refusal};

/// The version of the rights notice that is shown now.
pub const NOTICE_VERSION: &str = "2026-11";

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// To be mediated at all (PML 17; R1).
    Mediation,
    /// To do it online (OMR 4; R11).
    OnlineProcedure,
    /// To sign electronically (ESL 3, 13; R17).
    ESignature,
    /// To be recorded (PML 27; R12). Off unless given.
    Recording,
}

impl ConsentKind {
    /// All questions, in the order they are asked.
    pub const ALL: [Self; 4] = [Self::Mediation, Self::OnlineProcedure, Self::ESignature, Self::Recording];
}

/// One revision of a party's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// On what.
    pub kind: ConsentKind,
    /// 1 for the first word on this question, then counting up.
    pub revision: i32,
    /// Yes or no.
    pub given: bool,
    /// The version of the notice that was shown.
    pub version: String,
    /// Who wrote it down: the party at its own seat, or a member of staff.
    pub recorded_by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The word that counts now: the last revision. `None`: never asked.
pub fn standing(consents: &[Consent], kind: ConsentKind) -> Option<&Consent> {
    consents.iter().filter(|c| c.kind == kind).max_by_key(|c| c.revision)
}

/// R1 (PML 17): mediation needs each party's consent, and none takes place if one clearly refuses.
///
/// # Errors
/// `mediation_refused` names who refused; `consent_missing` names who was not asked yet.
pub fn everyone_agreed_to_mediation<'a>(
    parties: impl IntoIterator<Item = (&'a Party, &'a [Consent])>,
) -> Result<(), Refusal> {
    let (mut refused, mut missing) = (Vec::new(), Vec::new());
    for (party, consents) in parties {
        match standing(consents, ConsentKind::Mediation).map(|c| c.given) {
            Some(true) => {}
            Some(false) => refused.push(party.name.clone()),
            None => missing.push(party.name.clone()),
        }
    }
    if !refused.is_empty() {
        return Err(Refusal::conflict("mediation_refused").with("parties", refused));
    }
    if !missing.is_empty() {
        return Err(Refusal::conflict("consent_missing").with("parties", missing));
    }
    Ok(())
}
