//! The minutes (笔录): entries that are only added, and each seat's word about them.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, integer, pk_uuid, string, text, text_null, timestamp_with_time_zone, uuid, uuid_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .create_table(
                Table::create()
                    .table("minutes_entry")
                    .col(pk_uuid("id"))
                    .col(uuid("session_id"))
                    .col(integer("seq"))
                    .col(timestamp_with_time_zone("at"))
                    .col(string("kind"))
                    .col(string("speaker"))
                    .col(text("text"))
                    .col(uuid_null("corrects"))
                    .col(uuid("written_by"))
                    .foreign_key(ForeignKey::create().from("minutes_entry", "session_id").to("session", "id"))
                    .foreign_key(
                        ForeignKey::create().from("minutes_entry", "corrects").to("minutes_entry", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(
                Index::create()
                    .name("minutes_entry_seq")
                    .table("minutes_entry")
                    .col("session_id")
                    .col("seq")
                    .unique()
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                Table::create()
                    .table("minutes_confirmation")
                    .col(uuid("entry_id"))
                    .col(uuid("seat_id"))
                    .col(boolean("ok"))
                    .col(text_null("remark"))
                    .col(timestamp_with_time_zone("at"))
                    .primary_key(Index::create().col("entry_id").col("seat_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("minutes_confirmation", "entry_id")
                            .to("minutes_entry", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().from("minutes_confirmation", "seat_id").to("seat", "id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
