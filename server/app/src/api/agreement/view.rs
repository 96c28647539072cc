//! The agreement in the shape of the contract.

use chrono::{DateTime, Utc};
use domain::agreement::{Agreement, AgreementState, ESign, Roster, Signatory};
use domain::clause::{Clause, Stance};
use domain::lint::{self, Warning};
use domain::{AgreementId, CaseId, ClauseId, DocumentId, PartyId, SeatId, SeatRole, SessionId, Side};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::table::roster;
use crate::problem::Problem;

/// An agreement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agreement)]
pub(crate) struct AgreementView {
    id: AgreementId,
    case_id: CaseId,
    session_id: SessionId,
    state: AgreementState,
    version: i32,
    number: Option<String>,
    text_sha256: Option<String>,
    pages: i32,
    clauses: Vec<ClauseView>,
    required: Vec<SignatoryView>,
    esign: ESign,
    code_needed: bool,
    document_id: Option<DocumentId>,
    effective_at: Option<DateTime<Utc>>,
    reopened_reason: Option<String>,
}

/// A clause with where each party stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clause)]
pub(crate) struct ClauseView {
    id: ClauseId,
    position: i32,
    text: String,
    version: i32,
    previous_text: Option<String>,
    stances: Vec<StanceView>,
    warnings: Vec<&'static str>,
}

/// One party's stance; `stale` when it was taken on older words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClauseStance)]
pub(crate) struct StanceView {
    party_id: PartyId,
    name: String,
    side: Side,
    stance: Option<Stance>,
    stale: bool,
}

/// One who must sign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Signatory)]
pub(crate) struct SignatoryView {
    seat_id: Option<SeatId>,
    party_id: Option<PartyId>,
    name: String,
    role: SeatRole,
    signed_at: Option<DateTime<Utc>>,
    /// Who signed for the party, if it was not the party (R28, R29).
    signed_by: Option<String>,
}

impl AgreementView {
    /// With the people of the table it lies on. `code_needed`: whether this server can send codes.
    pub(super) fn new(agreement: &Agreement, roster: &Roster, code_needed: bool) -> Self {
        let required = if agreement.required.is_empty() {
            Agreement::signatories(roster)
        } else {
            agreement.required.clone()
        };
        let frozen = agreement.frozen.as_ref();
        Self {
            id: agreement.id,
            case_id: agreement.case_id,
            session_id: agreement.session_id,
            state: agreement.state,
            version: agreement.version,
            number: frozen.map(|f| f.number.clone()),
            text_sha256: frozen.map(|f| f.text_sha256.clone()),
            pages: frozen.map_or(0, |f| f.pages),
            clauses: agreement.clauses.iter().map(|clause| ClauseView::new(clause, roster)).collect(),
            required: required.into_iter().map(SignatoryView::from).collect(),
            esign: agreement.esign,
            code_needed: code_needed && agreement.esign == ESign::Allowed,
            document_id: agreement.document_id,
            effective_at: agreement.effective_at,
            reopened_reason: agreement.reopened_reason.clone(),
        }
    }
}

impl ClauseView {
    fn new(clause: &Clause, roster: &Roster) -> Self {
        let stance = |party: &domain::agreement::Participant| StanceView {
            party_id: party.party_id,
            name: party.name.clone(),
            side: party.side,
            stance: clause.stance_of(party.party_id),
            stale: clause.is_stale_for(party.party_id),
        };
        let names = roster.parties.iter().map(|party| party.name.as_str());
        Self {
            id: clause.id,
            position: clause.position,
            text: clause.text.clone(),
            version: clause.version,
            previous_text: clause.previous_text.clone(),
            stances: roster.parties.iter().map(stance).collect(),
            warnings: lint::warnings(&clause.text, names).into_iter().map(Warning::code).collect(),
        }
    }
}

impl From<Signatory> for SignatoryView {
    fn from(signatory: Signatory) -> Self {
        let acting = signatory.signed.as_ref().and_then(|signed| signed.evidence.acting.as_ref());
        Self {
            signed_by: acting.map(|acting| acting.name.clone()),
            seat_id: signatory.seat_id,
            party_id: signatory.party_id,
            name: signatory.name,
            role: signatory.role,
            signed_at: signatory.signed.map(|signed| signed.at),
        }
    }
}

/// The agreement on the table of this sitting, for the live wire; `None` while there is none.
pub(crate) async fn of_session(
    tx: &Tx,
    case: CaseId,
    session: SessionId,
    code_needed: bool,
) -> Result<Option<AgreementView>, Problem> {
    let Some(agreement) = store::agreement::of_case(tx, case).await? else { return Ok(None) };
    let parties = store::party::of_case(tx, case).await?;
    let seats = store::seat::of_session(tx, session).await?;
    Ok(Some(AgreementView::new(&agreement, &roster(&parties, &seats), code_needed)))
}
