//! A paper laid on the table of a sitting; its bytes lie in the blob store.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "paper")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub session_id: Uuid,
    pub seat_id: Uuid,
    pub party_id: Option<Uuid>,
    pub owner: String,
    pub side: String,
    pub scope: String,
    pub title: String,
    pub kind: String,
    pub size: i64,
    pub sha256: String,
    pub pages: i32,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
