//! Documents of a case: what and where; the bytes lie in the blob store.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, pk_uuid, string, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .create_table(
                Table::create()
                    .table("document")
                    .col(pk_uuid("id"))
                    .col(uuid("case_id"))
                    .col(string("kind"))
                    .col(string("title"))
                    .col(string("mime"))
                    .col(big_integer("size"))
                    .col(string("sha256"))
                    .col(string("blob_key"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(ForeignKey::create().from("document", "case_id").to("case_file", "id"))
                    .to_owned(),
            )
            .await?;
        let of_case = Index::create().name("document_case").table("document").col("case_id").to_owned();
        schema.create_index(of_case).await
    }
}
