//! A recording of a sitting; its files lie in a folder.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recording")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub session_id: Uuid,
    pub status: String,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub duration_ms: i64,
    pub bytes: i64,
    pub manifest_sha256: Option<String>,
    pub keep_until: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub hold_reason: Option<String>,
    pub hold_by: Option<String>,
    pub hold_at: Option<DateTimeUtc>,
    pub composite_job: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
