//! Parties and their consents; a consent is never overwritten, a new revision is added.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, integer, integer_null, pk_uuid, string, string_null, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .create_table(
                Table::create()
                    .table("party")
                    .col(pk_uuid("id"))
                    .col(uuid("case_id"))
                    .col(integer("position"))
                    .col(string("side"))
                    .col(string("name"))
                    .col(string_null("phone"))
                    .col(string_null("id_number"))
                    .col(string_null("address"))
                    .col(integer_null("age"))
                    .col(boolean("is_organization"))
                    .col(string_null("representative"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(ForeignKey::create().from("party", "case_id").to("case_file", "id"))
                    .to_owned(),
            )
            .await?;
        let of_case = Index::create().name("party_case").table("party").col("case_id").to_owned();
        schema.create_index(of_case).await?;
        schema
            .create_table(
                Table::create()
                    .table("consent")
                    .col(uuid("party_id"))
                    .col(string("kind"))
                    .col(integer("revision"))
                    .col(boolean("given"))
                    // the version of the notice the person was shown
                    .col(string("version"))
                    // who wrote it down: the seat itself or a member of staff
                    .col(string("recorded_by"))
                    .col(timestamp_with_time_zone("at"))
                    .primary_key(Index::create().col("party_id").col("kind").col("revision"))
                    .foreign_key(ForeignKey::create().from("consent", "party_id").to("party", "id"))
                    .to_owned(),
            )
            .await
    }
}
