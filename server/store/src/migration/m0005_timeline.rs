//! The timeline of a case: a hash chain that only grows.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string, text, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .create_table(
                Table::create()
                    .table("timeline")
                    .col(uuid("case_id"))
                    .col(big_integer("seq"))
                    .col(timestamp_with_time_zone("at"))
                    .col(string("actor"))
                    .col(string("kind"))
                    .col(text("summary"))
                    // canonical JSON, kept as text: the hash is over these bytes
                    .col(text("data"))
                    .col(string("prev"))
                    .col(string("hash"))
                    .primary_key(Index::create().col("case_id").col("seq"))
                    .foreign_key(ForeignKey::create().from("timeline", "case_id").to("case_file", "id"))
                    .to_owned(),
            )
            .await
    }
}
