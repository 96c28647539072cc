//! Documents of a case: what and where. The bytes lie in the blob store, which this crate does not know.

use domain::{CaseId, Document, DocumentId};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::entity::document::{Column, Entity, Model};
use crate::{Result, StoreError, Tx, word};

/// Adds a document.
pub async fn insert(tx: &Tx, document: &Document) -> Result<()> {
    let row = Model {
        id: document.id.0,
        case_id: document.case_id.0,
        kind: word::of(&document.kind),
        title: document.title.clone(),
        mime: document.mime.clone(),
        size: document.size,
        sha256: document.sha256.clone(),
        blob_key: document.blob_key.clone(),
        created_at: document.created_at,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One document.
pub async fn find(tx: &Tx, id: DocumentId) -> Result<Option<Document>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(Document::try_from).transpose()
}

/// The documents of a case, the oldest first.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Document>> {
    let rows = Entity::find()
        .filter(Column::CaseId.eq(case.0))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Document::try_from).collect()
}

impl TryFrom<Model> for Document {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            case_id: row.case_id.into(),
            kind: word::parse(&row.kind)?,
            title: row.title,
            mime: row.mime,
            size: row.size,
            sha256: row.sha256,
            blob_key: row.blob_key,
            created_at: row.created_at,
        })
    }
}
