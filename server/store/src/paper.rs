//! Papers of a case: what and whose. The bytes lie in the blob store, which this crate does not know.

use domain::{CaseId, Paper, PaperId, PaperScope};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::entity::paper::{Column, Entity, Model};
use crate::{Result, StoreError, Tx, word};

/// Adds a paper.
pub async fn insert(tx: &Tx, paper: &Paper) -> Result<()> {
    let row = Model {
        id: paper.id.0,
        case_id: paper.case_id.0,
        session_id: paper.session_id.0,
        seat_id: paper.seat.0,
        party_id: paper.party.map(|id| id.0),
        owner: paper.owner.clone(),
        side: word::of(&paper.side),
        scope: word::of(&paper.scope),
        title: paper.title.clone(),
        kind: word::of(&paper.kind),
        size: paper.size,
        sha256: paper.sha256.clone(),
        pages: i32::try_from(paper.pages).unwrap_or(i32::MAX),
        created_at: paper.at,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One paper.
pub async fn find(tx: &Tx, id: PaperId) -> Result<Option<Paper>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(Paper::try_from).transpose()
}

/// The papers of a case, the oldest first. Read under the lock of the case before one is added: the quota has no race.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Paper>> {
    let rows = Entity::find()
        .filter(Column::CaseId.eq(case.0))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Paper::try_from).collect()
}

/// Its owner lets more people see it.
pub async fn widen(tx: &Tx, id: PaperId, scope: PaperScope) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Scope, Expr::value(word::of(&scope)))
        .filter(Column::Id.eq(id.0))
        .exec(tx.db())
        .await?;
    Ok(())
}

impl TryFrom<Model> for Paper {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            case_id: row.case_id.into(),
            session_id: row.session_id.into(),
            seat: row.seat_id.into(),
            party: row.party_id.map(Into::into),
            owner: row.owner,
            side: word::parse(&row.side)?,
            scope: word::parse(&row.scope)?,
            title: row.title,
            kind: word::parse(&row.kind)?,
            size: row.size,
            sha256: row.sha256,
            pages: u32::try_from(row.pages).unwrap_or(0),
            at: row.created_at,
        })
    }
}
