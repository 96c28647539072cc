//! Papers people lay on the table of a sitting; the bytes lie in the blob store, named by the id.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, integer, pk_uuid, string, timestamp_with_time_zone, uuid, uuid_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .create_table(
                Table::create()
                    .table("paper")
                    .col(pk_uuid("id"))
                    .col(uuid("case_id"))
                    .col(uuid("session_id"))
                    .col(uuid("seat_id"))
                    .col(uuid_null("party_id"))
                    // as they were called then
                    .col(string("owner"))
                    .col(string("side"))
                    .col(string("scope"))
                    .col(string("title"))
                    .col(string("kind"))
                    .col(big_integer("size"))
                    .col(string("sha256"))
                    .col(integer("pages"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(ForeignKey::create().from("paper", "case_id").to("case_file", "id"))
                    .foreign_key(ForeignKey::create().from("paper", "session_id").to("session", "id"))
                    .foreign_key(ForeignKey::create().from("paper", "seat_id").to("seat", "id"))
                    .to_owned(),
            )
            .await?;
        let of_case = Index::create().name("paper_case").table("paper").col("case_id").to_owned();
        schema.create_index(of_case).await
    }
}
