//! Between the agreement and its rows.

use domain::AgreementId;
use domain::agreement::{Agreement, FrozenText, Signatory, Signed};
use domain::clause::Clause;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::entity::{agreement as table, clause, signature};
use crate::{Result, StoreError, word};

pub(super) fn of(agreement: &Agreement) -> Result<table::Model> {
    Ok(table::Model {
        id: agreement.id.0,
        case_id: agreement.case_id.0,
        session_id: agreement.session_id.0,
        state: word::of(&agreement.state),
        version: agreement.version,
        esign: word::of(&agreement.esign),
        frozen: agreement.frozen.as_ref().map(|f| json("agreement.frozen", f)).transpose()?,
        document_id: agreement.document_id.map(|id| id.0),
        effective_at: agreement.effective_at,
        reopened_reason: agreement.reopened_reason.clone(),
    })
}

pub(super) fn clause(agreement: AgreementId, clause: &Clause) -> Result<clause::Model> {
    Ok(clause::Model {
        id: clause.id.0,
        agreement_id: agreement.0,
        position: clause.position,
        text: clause.text.clone(),
        version: clause.version,
        previous_text: clause.previous_text.clone(),
        stances: json("clause.stances", &clause.stances)?,
    })
}

pub(super) fn signature(
    agreement: AgreementId,
    text_sha256: &str,
    position: i32,
    signatory: &Signatory,
) -> Result<signature::Model> {
    let evidence = signatory.signed.as_ref().map(|s| json("signature.evidence", &s.evidence)).transpose()?;
    Ok(signature::Model {
        agreement_id: agreement.0,
        text_sha256: text_sha256.to_owned(),
        position,
        seat_id: signatory.seat_id.map(|id| id.0),
        party_id: signatory.party_id.map(|id| id.0),
        name: signatory.name.clone(),
        role: word::of(&signatory.role),
        signed_at: signatory.signed.as_ref().map(|s| s.at),
        evidence,
    })
}

pub(super) fn frozen(text: Option<&str>) -> Result<Option<FrozenText>> {
    text.map(|text| parsed("agreement.frozen", text)).transpose()
}

pub(super) fn agreement(
    row: table::Model,
    frozen: Option<FrozenText>,
    clauses: Vec<clause::Model>,
    signatures: Vec<signature::Model>,
) -> Result<Agreement> {
    let clauses = clauses.into_iter().map(|row| {
        Ok(Clause {
            id: row.id.into(),
            position: row.position,
            text: row.text,
            version: row.version,
            previous_text: row.previous_text,
            stances: parsed("clause.stances", &row.stances)?,
        })
    });
    let required = signatures.into_iter().map(|row| {
        let evidence = row.evidence.map(|text| parsed("signature.evidence", &text)).transpose()?;
        Ok(Signatory {
            seat_id: row.seat_id.map(Into::into),
            party_id: row.party_id.map(Into::into),
            name: row.name,
            role: word::parse(&row.role)?,
            signed: row.signed_at.zip(evidence).map(|(at, evidence)| Signed { at, evidence }),
        })
    });
    Ok(Agreement {
        id: row.id.into(),
        case_id: row.case_id.into(),
        session_id: row.session_id.into(),
        state: word::parse(&row.state)?,
        version: row.version,
        esign: word::parse(&row.esign)?,
        clauses: clauses.collect::<Result<_>>()?,
        frozen,
        required: required.collect::<Result<_>>()?,
        document_id: row.document_id.map(Into::into),
        effective_at: row.effective_at,
        reopened_reason: row.reopened_reason,
    })
}

fn json<T: Serialize>(place: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Unreadable { place, value: e.to_string() })
}

fn parsed<T: DeserializeOwned>(place: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| StoreError::Unreadable { place, value: e.to_string() })
}
