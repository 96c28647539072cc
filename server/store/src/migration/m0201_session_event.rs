//! The events of sittings: a sitting's state is what they lead to.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, text, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .create_table(
                Table::create()
                    .table("session_event")
                    .col(uuid("session_id"))
                    // 1, 2, 3 …: a second writer of the same sitting meets this key and is refused
                    .col(big_integer("seq"))
                    .col(timestamp_with_time_zone("at"))
                    // the fact as JSON, kept as text: a replay reads exactly what was written
                    .col(text("body"))
                    .primary_key(Index::create().col("session_id").col("seq"))
                    .foreign_key(ForeignKey::create().from("session_event", "session_id").to("session", "id"))
                    .to_owned(),
            )
            .await
    }
}
