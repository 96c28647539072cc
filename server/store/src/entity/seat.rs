//! A place at the table of a sitting.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seat")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub position: i32,
    pub role: String,
    pub side: String,
    pub name: String,
    pub party_id: Option<Uuid>,
    pub staff_id: Option<Uuid>,
    pub bound_to: Option<Uuid>,
    pub same_device: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub mandate: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
