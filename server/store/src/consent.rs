//! Consents: rows are only added; the last revision of a question counts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{CaseId, Consent, ConsentKind, PartyId};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::consent::{Column, Entity, Model};
use crate::entity::party;
use crate::{Result, StoreError, Tx, word};

/// A party's word, to be written down.
#[derive(Clone, Debug)]
pub struct Word<'a> {
    /// On what.
    pub kind: ConsentKind,
    /// Yes or no.
    pub given: bool,
    /// The version of the notice that was shown.
    pub version: &'a str,
    /// Who writes it down.
    pub recorded_by: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// Adds a revision. Two writers cannot take the same one: the party's row is locked.
pub async fn record(tx: &Tx, party: PartyId, word: &Word<'_>) -> Result<Consent> {
    party::Entity::find_by_id(party.0).lock_exclusive().one(tx.db()).await?;
    let last = Entity::find()
        .filter(Column::PartyId.eq(party.0))
        .filter(Column::Kind.eq(word::of(&word.kind)))
        .order_by_desc(Column::Revision)
        .one(tx.db())
        .await?;
    let row = Model {
        party_id: party.0,
        kind: word::of(&word.kind),
        revision: last.map_or(1, |row| row.revision + 1),
        given: word.given,
        version: word.version.to_owned(),
        recorded_by: word.recorded_by.to_owned(),
        at: word.at,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    row.try_into()
}

/// Every revision of every party of a case.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<HashMap<PartyId, Vec<Consent>>> {
    let parties = Query::select()
        .column(party::Column::Id)
        .from(party::Entity)
        .and_where(party::Column::CaseId.eq(case.0))
        .to_owned();
    let rows = Entity::find()
        .filter(Column::PartyId.in_subquery(parties))
        .order_by_asc(Column::Kind)
        .order_by_asc(Column::Revision)
        .all(tx.db())
        .await?;
    let mut consents: HashMap<PartyId, Vec<Consent>> = HashMap::new();
    for row in rows {
        consents.entry(row.party_id.into()).or_default().push(row.try_into()?);
    }
    Ok(consents)
}

/// Every revision of one party.
pub async fn of_party(tx: &Tx, party: PartyId) -> Result<Vec<Consent>> {
    let rows = Entity::find()
        .filter(Column::PartyId.eq(party.0))
        .order_by_asc(Column::Kind)
        .order_by_asc(Column::Revision)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Consent::try_from).collect()
}

impl TryFrom<Model> for Consent {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            kind: word::parse(&row.kind)?,
            revision: row.revision,
            given: row.given,
            version: row.version,
            recorded_by: row.recorded_by,
            at: row.at,
        })
    }
}
