//! A case as the desk reads it. Who may only read the summary gets the same shape without content.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::access::{Action, Actor};
use domain::consent::standing;
use domain::deadline::{self, Light};
use domain::{
    AgreementId, Case, CaseId, CaseState, Consent, ConsentKind, DisputeKind, Document, DocumentId,
    DocumentKind, Outcome, Party, PartyId, Phase, SessionId, Side, Sitting, Source, StaffId,
};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use crate::problem::Answer;

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseRow {
    pub(super) id: CaseId,
    pub(super) number: Option<String>,
    pub(super) register_no: String,
    pub(super) title: String,
    pub(super) kind: DisputeKind,
    pub(super) state: CaseState,
    pub(super) light: Light,
    pub(super) due_at: Option<DateTime<Utc>>,
    /// Their names.
    pub(super) parties: Vec<String>,
    /// The mediator's name.
    pub(super) handler: Option<String>,
    /// A code: `assign`, `accept`, `schedule`, `hold`, `mediate`, `sign`, `perform` …
    pub(super) next_step: String,
    pub(super) updated_at: DateTime<Utc>,
}

/// A case file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Case)]
pub struct CaseView {
    id: CaseId,
    number: Option<String>,
    register_no: String,
    title: String,
    kind: DisputeKind,
    source: Source,
    state: CaseState,
    light: Light,
    due_at: Option<DateTime<Utc>>,
    facts: String,
    requests: String,
    place: String,
    requested_at: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    organization: String,
    /// The name of who received it first (首问负责人).
    first_receiver: String,
    mediator: Option<MediatorName>,
    parties: Vec<PartyView>,
    sessions: Vec<SessionSummary>,
    documents: Vec<DocumentRow>,
    agreement_id: Option<AgreementId>,
}

/// Who mediates.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediatorName {
    id: StaffId,
    name: String,
}

/// A party as the desk reads it: phone and identity number are covered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Party)]
pub struct PartyView {
    id: PartyId,
    side: Side,
    name: String,
    phone_masked: Option<String>,
    id_masked: Option<String>,
    age: Option<i32>,
    address: Option<String>,
    is_organization: bool,
    representative: Option<String>,
    /// The word that counts now, for each question that was asked.
    consents: Vec<ConsentView>,
}

/// A party's standing word on one question.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct ConsentView {
    kind: ConsentKind,
    given: bool,
    version: String,
    at: DateTime<Utc>,
}

/// A sitting in a case file.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionSummary {
    id: SessionId,
    scheduled_at: DateTime<Utc>,
    phase: Phase,
    outcome: Option<Outcome>,
    room: String,
}

/// A paper in a case file.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentRow {
    id: DocumentId,
    kind: DocumentKind,
    title: String,
    mime: String,
    size: i64,
    sha256: String,
    created_at: DateTime<Utc>,
}

impl CaseView {
    /// The file as far as this actor may read it.
    pub(in crate::api) async fn of(tx: &Tx, case: &Case, actor: &Actor, now: DateTime<Utc>) -> Answer<Self> {
        let content = actor.may(Action::ReadCase);
        let organization = store::organization::find(tx, case.organization_id).await?;
        let names = store::staff::names(tx, case.mediator.into_iter().chain([case.first_receiver])).await?;
        let name = |id: StaffId| names.get(&id).cloned().unwrap_or_default();
        let parties = store::party::of_case(tx, case.id).await?;
        let consents = if content { store::consent::of_case(tx, case.id).await? } else { HashMap::new() };
        let documents = if actor.may(Action::ReadPapers) || content {
            store::document::of_case(tx, case.id).await?
        } else {
            Vec::new()
        };
        let agreement_id = if content {
            store::agreement::of_case(tx, case.id).await?.map(|agreement| agreement.id)
        } else {
            None
        };
        Ok(Self {
            id: case.id,
            number: case.number.clone(),
            register_no: case.register_no.clone(),
            title: case.title.clone(),
            kind: case.kind,
            source: case.source,
            state: case.state,
            light: deadline::light(case.state, case.due_at, now),
            due_at: case.due_at,
            facts: if content { case.facts.clone() } else { String::new() },
            requests: if content { case.requests.clone() } else { String::new() },
            place: case.place.clone(),
            requested_at: case.requested_at,
            accepted_at: case.accepted_at,
            organization: organization.map(|o| o.name).unwrap_or_default(),
            first_receiver: name(case.first_receiver),
            mediator: case.mediator.map(|id| MediatorName { id, name: name(id) }),
            parties: parties
                .iter()
                .map(|party| {
                    if content {
                        PartyView::of(party, consents.get(&party.id).map_or(&[], Vec::as_slice), now)
                    } else {
                        PartyView::name_only(party)
                    }
                })
                .collect(),
            sessions: store::sitting::of_case(tx, case.id).await?.into_iter().map(Into::into).collect(),
            documents: documents.into_iter().map(Into::into).collect(),
            agreement_id,
        })
    }
}

impl PartyView {
    /// A party with its standing consents.
    pub(in crate::api) fn of(party: &Party, consents: &[Consent], now: DateTime<Utc>) -> Self {
        let standing = ConsentKind::ALL.iter().filter_map(|kind| standing(consents, *kind));
        Self {
            phone_masked: party.phone_masked(),
            id_masked: party.id_masked(),
            age: party.age_on(deadline::day_of(now)),
            address: party.address.clone(),
            representative: party.representative.clone(),
            consents: standing
                .map(|c| ConsentView { kind: c.kind, given: c.given, version: c.version.clone(), at: c.at })
                .collect(),
            ..Self::name_only(party)
        }
    }

    fn name_only(party: &Party) -> Self {
        Self {
            id: party.id,
            side: party.side,
            name: party.name.clone(),
            phone_masked: None,
            id_masked: None,
            age: None,
            address: None,
            is_organization: party.is_organization,
            representative: None,
            consents: Vec::new(),
        }
    }
}

impl From<Sitting> for SessionSummary {
    fn from(sitting: Sitting) -> Self {
        let Sitting { id, scheduled_at, phase, outcome, room, .. } = sitting;
        Self { id, scheduled_at, phase, outcome, room }
    }
}

impl From<Document> for DocumentRow {
    fn from(document: Document) -> Self {
        let Document { id, kind, title, mime, size, sha256, created_at, .. } = document;
        Self { id, kind, title, mime, size, sha256, created_at }
    }
}
