//! Sittings, the seats at their table, and the personal link of a seat.

use sea_orm_migration::{
    prelude::*,
    schema::{
        integer, pk_uuid, string, string_null, string_uniq, timestamp_with_time_zone,
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
                    .table("session")
                    .col(pk_uuid("id"))
                    .col(uuid("case_id"))
                    .col(timestamp_with_time_zone("scheduled_at"))
                    .col(string("room"))
                    .col(string("phase"))
                    .col(string_null("outcome"))
                    .col(timestamp_with_time_zone_null("started_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(ForeignKey::create().from("session", "case_id").to("case_file", "id"))
                    .to_owned(),
            )
            .await?;
        let of_case = Index::create().name("session_case").table("session").col("case_id").to_owned();
        schema.create_index(of_case).await?;
        let by_time =
            Index::create().name("session_scheduled").table("session").col("scheduled_at").to_owned();
        schema.create_index(by_time).await?;
        schema
            .create_table(
                Table::create()
                    .table("seat")
                    .col(pk_uuid("id"))
                    .col(uuid("session_id"))
                    .col(integer("position"))
                    .col(string("role"))
                    .col(string("side"))
                    .col(string("name"))
                    .col(uuid_null("party_id"))
                    .col(uuid_null("staff_id"))
                    .foreign_key(ForeignKey::create().from("seat", "session_id").to("session", "id"))
                    .foreign_key(ForeignKey::create().from("seat", "party_id").to("party", "id"))
                    .foreign_key(ForeignKey::create().from("seat", "staff_id").to("staff", "id"))
                    .to_owned(),
            )
            .await?;
        let of_session = Index::create().name("seat_session").table("seat").col("session_id").to_owned();
        schema.create_index(of_session).await?;
        let of_staff = Index::create().name("seat_staff").table("seat").col("staff_id").to_owned();
        schema.create_index(of_staff).await?;
        schema
            .create_table(
                Table::create()
                    .table("seat_link")
                    .col(pk_uuid("id"))
                    .col(uuid("seat_id"))
                    // SHA-256 of the token, hex; the token itself is shown once and never kept
                    .col(string_uniq("token_hash"))
                    .col(timestamp_with_time_zone("issued_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(timestamp_with_time_zone_null("revoked_at"))
                    // SHA-256 of the device cookie of the one browser that redeemed it
                    .col(string_null("device_hash"))
                    .col(timestamp_with_time_zone_null("bound_at"))
                    .foreign_key(ForeignKey::create().from("seat_link", "seat_id").to("seat", "id"))
                    .to_owned(),
            )
            .await?;
        let of_seat = Index::create().name("seat_link_seat").table("seat_link").col("seat_id").to_owned();
        schema.create_index(of_seat).await
    }
}
