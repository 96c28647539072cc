//! Recordings of sittings and who looked at them. The files lie in the recordings folder, named by the ids.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, pk_uuid, string, string_null, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .create_table(
                Table::create()
                    .table("recording")
                    .col(pk_uuid("id"))
                    .col(uuid("case_id"))
                    .col(uuid("session_id"))
                    .col(string("status"))
                    .col(timestamp_with_time_zone("started_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .col(big_integer("duration_ms"))
                    .col(big_integer("bytes"))
                    .col(string_null("manifest_sha256"))
                    .col(timestamp_with_time_zone_null("keep_until"))
                    // all three or none
                    .col(text_null("hold_reason"))
                    .col(string_null("hold_by"))
                    .col(timestamp_with_time_zone_null("hold_at"))
                    .col(uuid_null("composite_job"))
                    .foreign_key(ForeignKey::create().from("recording", "case_id").to("case_file", "id"))
                    .foreign_key(ForeignKey::create().from("recording", "session_id").to("session", "id"))
                    .to_owned(),
            )
            .await?;
        let of_case = Index::create().name("recording_case").table("recording").col("case_id").to_owned();
        schema.create_index(of_case).await?;
        let by_time = Index::create().name("recording_keep").table("recording").col("keep_until").to_owned();
        schema.create_index(by_time).await?;
        schema
            .create_table(
                Table::create()
                    .table("recording_look")
                    .col(pk_uuid("id"))
                    .col(uuid("recording_id"))
                    .col(timestamp_with_time_zone("at"))
                    .col(uuid("staff_id"))
                    // as they were called then
                    .col(string("viewer"))
                    .col(string("what"))
                    .foreign_key(
                        ForeignKey::create().from("recording_look", "recording_id").to("recording", "id"),
                    )
                    .foreign_key(ForeignKey::create().from("recording_look", "staff_id").to("staff", "id"))
                    .to_owned(),
            )
            .await?;
        let of_recording =
            Index::create().name("recording_look_of").table("recording_look").col("recording_id").to_owned();
        schema.create_index(of_recording).await
    }
}
