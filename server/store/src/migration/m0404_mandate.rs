//! What somebody at the table may do for a party (R28, R29): as JSON on the seat.

use sea_orm_migration::{prelude::*, schema::text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.alter_table(Table::alter().table("seat").add_column(text_null("mandate")).to_owned()).await
    }
}
