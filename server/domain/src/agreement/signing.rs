//! While the text stands still: signatures come in one by one; an edit takes the text back and voids them all (R17).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Agreement, AgreementState, ESign, Signatory};
use crate::clause::printable;
use crate::signature::Evidence;
use crate::{Refusal, SeatId};

/// A signature that was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signed {
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
    /// How.
    pub evidence: Evidence,
}

impl Agreement {
    /// Whether this seat may sign this text now; called before a code is sent and again when it is answered.
    ///
    /// # Errors
    /// `esign_barred` (R18), `text_changed` (not this text any more), `not_signatory`, `already_signed`.
    pub fn may_sign(&self, seat: SeatId, text_sha256: Option<&str>) -> Result<&Signatory, Refusal> {
        if self.esign == ESign::PaperOnly {
            return Err(Refusal::conflict("esign_barred"));
        }
        if self.state == AgreementState::Drafting || self.frozen.is_none() {
            return Err(Refusal::conflict("text_changed"));
        }
        if text_sha256.is_some_and(|seen| self.frozen.as_ref().is_none_or(|f| f.text_sha256 != seen)) {
            return Err(Refusal::conflict("text_changed"));
        }
        let signatory = self
            .required
            .iter()
            .find(|s| s.seat_id == Some(seat))
            .ok_or_else(|| Refusal::forbidden("not_signatory"))?;
        if signatory.signed.is_some() {
            return Err(Refusal::conflict("already_signed"));
        }
        if self.state == AgreementState::Signing {
            Ok(signatory)
        } else {
            Err(Refusal::conflict("agreement_final"))
        }
    }

    /// Takes a signature. Answers whether it was the last one: the paper is then to be sealed.
    ///
    /// # Errors
    /// As [`Agreement::may_sign`]; `mediator_signs_last` keeps the witness from signing before those witnessed.
    pub fn sign(&mut self, seat: SeatId, evidence: Evidence, now: DateTime<Utc>) -> Result<bool, Refusal> {
        let signatory = self.may_sign(seat, Some(&evidence.text_sha256))?;
        let is_mediator = signatory.party_id.is_none();
        let parties_open = self.required.iter().any(|s| s.party_id.is_some() && s.signed.is_none());
        if is_mediator && parties_open {
            return Err(Refusal::conflict("mediator_signs_last"));
        }
        if let Some(signatory) = self.required.iter_mut().find(|s| s.seat_id == Some(seat)) {
            signatory.signed = Some(Signed { at: now, evidence });
        }
        let complete = self.required.iter().all(|s| s.signed.is_some());
        if complete {
            self.state = AgreementState::Sealing;
        }
        Ok(complete)
    }

    /// Takes the text back. Answers the number that is void now.
    ///
    /// # Errors
    /// `not_frozen`, `agreement_final`, or an unusable reason.
    pub fn reopen(&mut self, reason: &str) -> Result<String, Refusal> {
        let reason = printable(reason, 300)?;
        match (self.state, self.frozen.take()) {
            (AgreementState::Signing, Some(frozen)) => {
                self.state = AgreementState::Drafting;
                self.required.clear();
                self.version += 1;
                self.reopened_reason = Some(reason);
                Ok(frozen.number)
            }
            (AgreementState::Drafting, frozen) => {
                self.frozen = frozen;
                Err(Refusal::conflict("not_frozen"))
            }
            (_, frozen) => {
                self.frozen = frozen;
                Err(Refusal::conflict("agreement_final"))
            }
        }
    }
}
