//! The agreement of a case; its clauses and signatures have rows of their own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub session_id: Uuid,
    pub state: String,
    pub version: i32,
    pub esign: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub frozen: Option<String>,
    pub document_id: Option<Uuid>,
    pub effective_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reopened_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
