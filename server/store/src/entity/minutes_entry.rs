//! One entry of the minutes.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "minutes_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub seq: i32,
    pub at: DateTimeUtc,
    pub kind: String,
    pub speaker: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub corrects: Option<Uuid>,
    pub written_by: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
