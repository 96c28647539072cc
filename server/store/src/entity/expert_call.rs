//! A call of a sitting for somebody on duty.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "expert_call")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub case_id: Uuid,
    pub number: i32,
    pub expert: String,
    pub department: String,
    pub private: bool,
    #[sea_orm(column_type = "Text")]
    pub question: String,
    pub rang_at: DateTimeUtc,
    pub status: String,
    pub taken_by: Option<Uuid>,
    pub seat_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
