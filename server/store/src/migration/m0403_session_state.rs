//! The state a sitting's facts led to, as the live hub had it: what a replay is compared with.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, pk_uuid, string, text_null, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("session_state")
            .col(pk_uuid("session_id"))
            // of the last fact in it
            .col(big_integer("seq"))
            // SHA-256 of the state as JSON, hex
            .col(string("sha256"))
            // the state itself, once the sitting is over
            .col(text_null("body"))
            .col(timestamp_with_time_zone("at"))
            .foreign_key(ForeignKey::create().from("session_state", "session_id").to("session", "id"))
            .to_owned();
        schema.create_table(table).await
    }
}
