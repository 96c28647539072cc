//! Several people at one device: each has a seat, bound to the one whose device it is.

use sea_orm_migration::{prelude::*, schema::boolean};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let same_device = boolean("same_device").default(false).take();
        schema.alter_table(Table::alter().table("seat").add_column(same_device).to_owned()).await
    }
}
