//! Agreements: clauses, signatures, codes, and the numbers of each committee and year.

use sea_orm_migration::{
    prelude::*,
    schema::{
        integer, pk_uuid, string, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
        uuid, uuid_null, uuid_uniq,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        agreement(schema).await?;
        numbers(schema).await?;
        signing(schema).await
    }
}

async fn agreement(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    schema
        .create_table(
            Table::create()
                .table("agreement")
                .col(pk_uuid("id"))
                // one agreement a case: what is not in it is not agreed
                .col(uuid_uniq("case_id"))
                .col(uuid("session_id"))
                .col(string("state"))
                .col(integer("version"))
                .col(string("esign"))
                // the frozen text with its hash and number, JSON
                .col(text_null("frozen"))
                .col(uuid_null("document_id"))
                .col(timestamp_with_time_zone_null("effective_at"))
                .col(text_null("reopened_reason"))
                .foreign_key(ForeignKey::create().from("agreement", "case_id").to("case_file", "id"))
                .foreign_key(ForeignKey::create().from("agreement", "session_id").to("session", "id"))
                .foreign_key(ForeignKey::create().from("agreement", "document_id").to("document", "id"))
                .to_owned(),
        )
        .await?;
    schema
        .create_table(
            Table::create()
                .table("clause")
                .col(pk_uuid("id"))
                .col(uuid("agreement_id"))
                .col(integer("position"))
                .col(text("text"))
                .col(integer("version"))
                .col(text_null("previous_text"))
                // the last stance of each party, JSON
                .col(text("stances"))
                .foreign_key(ForeignKey::create().from("clause", "agreement_id").to("agreement", "id"))
                .to_owned(),
        )
        .await?;
    let of_agreement =
        Index::create().name("clause_agreement").table("clause").col("agreement_id").to_owned();
    schema.create_index(of_agreement).await
}

async fn numbers(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    schema
        .create_table(
            Table::create()
                .table("agreement_sequence")
                .col(uuid("organization_id"))
                .col(integer("year"))
                .col(integer("last"))
                .primary_key(Index::create().col("organization_id").col("year"))
                .foreign_key(
                    ForeignKey::create()
                        .from("agreement_sequence", "organization_id")
                        .to("organization", "id"),
                )
                .to_owned(),
        )
        .await?;
    schema
        .create_table(
            Table::create()
                .table("agreement_number")
                .col(string("number").primary_key())
                .col(uuid("organization_id"))
                .col(integer("year"))
                .col(integer("serial"))
                .col(uuid("agreement_id"))
                .col(string("state"))
                .col(timestamp_with_time_zone("reserved_at"))
                .foreign_key(
                    ForeignKey::create().from("agreement_number", "agreement_id").to("agreement", "id"),
                )
                .to_owned(),
        )
        .await?;
    schema
        .create_index(
            Index::create()
                .name("agreement_number_serial")
                .table("agreement_number")
                .col("organization_id")
                .col("year")
                .col("serial")
                .unique()
                .to_owned(),
        )
        .await
}

async fn signing(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    schema
        .create_table(
            Table::create()
                .table("signature")
                .col(uuid("agreement_id"))
                // a text that was taken back keeps its rows: who had signed it stays on record
                .col(string("text_sha256"))
                .col(integer("position"))
                .col(uuid_null("seat_id"))
                .col(uuid_null("party_id"))
                .col(string("name"))
                .col(string("role"))
                .col(timestamp_with_time_zone_null("signed_at"))
                // strokes with times, device, address, JSON
                .col(text_null("evidence"))
                .primary_key(Index::create().col("agreement_id").col("text_sha256").col("position"))
                .foreign_key(ForeignKey::create().from("signature", "agreement_id").to("agreement", "id"))
                .to_owned(),
        )
        .await?;
    schema
        .create_table(
            Table::create()
                .table("signing_code")
                .col(uuid("agreement_id"))
                .col(uuid("seat_id"))
                .col(string("text_sha256"))
                .col(string("hash"))
                .col(timestamp_with_time_zone("expires_at"))
                .col(integer("tries_left"))
                .primary_key(Index::create().col("agreement_id").col("seat_id"))
                .foreign_key(ForeignKey::create().from("signing_code", "agreement_id").to("agreement", "id"))
                .to_owned(),
        )
        .await
}
