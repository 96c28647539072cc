//! When an agreement takes effect (R15): the latest of the acts its regime asks for, worked out and never typed.

use chrono::{DateTime, Utc};

use super::{Agreement, AgreementState};
use crate::{DocumentId, Refusal, Source};

/// Which law says what completes an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// PML 29: all parties, the mediator, and the committee's seal.
    Committee,
    /// OMR 19, for cases the courts sent: when all parties completed their electronic signatures.
    CourtPlatform,
}

impl Regime {
    /// By how the case came in.
    pub fn of(source: Source) -> Self {
        if source == Source::CourtDelegation { Self::CourtPlatform } else { Self::Committee }
    }
}

/// The moment of effect, or `None` while an act is missing.
pub fn effective_at(
    regime: Regime,
    agreement: &Agreement,
    sealed_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let needed = agreement.required.iter().filter(|s| regime == Regime::Committee || s.party_id.is_some());
    let signatures = needed.map(|s| s.signed.as_ref().map(|signed| signed.at)).collect::<Option<Vec<_>>>()?;
    let last = signatures.into_iter().max()?;
    match regime {
        Regime::Committee => Some(last.max(sealed_at?)),
        Regime::CourtPlatform => Some(last),
    }
}

impl Agreement {
    /// The paper was sealed: the agreement is in force.
    ///
    /// # Errors
    /// `signature_missing` if somebody has not signed, or it is not being sealed.
    pub fn sealed(
        &mut self,
        regime: Regime,
        document: DocumentId,
        sealed_at: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, Refusal> {
        let effective = effective_at(regime, self, Some(sealed_at))
            .filter(|_| self.state == AgreementState::Sealing)
            .ok_or_else(|| Refusal::conflict("signature_missing"))?;
        self.state = AgreementState::Effective;
        self.document_id = Some(document);
        self.effective_at = Some(effective);
        Ok(effective)
    }
}
