//! A case.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub register_year: i32,
    pub register_serial: i32,
    pub register_no: String,
    pub number: Option<String>,
    pub title: String,
    pub kind: String,
    pub source: String,
    pub state: String,
    #[sea_orm(column_type = "Text")]
    pub facts: String,
    #[sea_orm(column_type = "Text")]
    pub requests: String,
    pub place: String,
    pub requested_at: DateTimeUtc,
    pub accepted_at: Option<DateTimeUtc>,
    pub due_at: Option<DateTimeUtc>,
    pub suspended_at: Option<DateTimeUtc>,
    pub effective_at: Option<DateTimeUtc>,
    pub first_receiver_id: Uuid,
    pub mediator_id: Option<Uuid>,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
