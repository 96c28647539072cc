//! What lawyers, departments, social workers and interpreters leave in the case file: one note a call.

use chrono::{DateTime, Utc};
use domain::{CallId, CaseId, Expert, SessionId, StaffId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::entity::expert_note::{Column, Entity, Model};
use crate::{Result, StoreError, Tx, word};

/// A note in the case file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpertNote {
    /// After which call.
    pub call_id: CallId,
    /// Of which case.
    pub case_id: CaseId,
    /// Of which sitting.
    pub session_id: SessionId,
    /// Whose.
    pub staff_id: StaffId,
    /// As they were called then.
    pub author: String,
    /// As what they came.
    pub expert: Expert,
    /// The words.
    pub text: String,
    /// When they were written last.
    pub at: DateTime<Utc>,
}

/// Keeps a note; a later one of the same call takes its place.
pub async fn put(tx: &Tx, note: &ExpertNote) -> Result<()> {
    let row = Model {
        call_id: note.call_id.0,
        case_id: note.case_id.0,
        session_id: note.session_id.0,
        staff_id: note.staff_id.0,
        author: note.author.clone(),
        expert: word::of(&note.expert),
        text: note.text.clone(),
        at: note.at,
    };
    if Entity::find_by_id(note.call_id.0).lock_exclusive().one(tx.db()).await?.is_some() {
        Entity::update(row.into_active_model().reset_all()).exec_without_returning(tx.db()).await?;
    } else {
        Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}

/// The note after a call.
pub async fn of_call(tx: &Tx, call: CallId) -> Result<Option<ExpertNote>> {
    Entity::find_by_id(call.0).one(tx.db()).await?.map(ExpertNote::try_from).transpose()
}

/// The notes of a case, the first one first.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<ExpertNote>> {
    let found = Entity::find().filter(Column::CaseId.eq(case.0)).order_by_asc(Column::At);
    found.all(tx.db()).await?.into_iter().map(ExpertNote::try_from).collect()
}

impl TryFrom<Model> for ExpertNote {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            call_id: row.call_id.into(),
            case_id: row.case_id.into(),
            session_id: row.session_id.into(),
            staff_id: row.staff_id.into(),
            author: row.author,
            expert: word::parse(&row.expert)?,
            text: row.text,
            at: row.at,
        })
    }
}
