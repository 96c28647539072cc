//! Organisations: county → township → grid (domain.md §1).

use sea_orm_migration::{
    prelude::*,
    schema::{pk_uuid, string, timestamp_with_time_zone, uuid_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .create_table(
                Table::create()
                    .table("organization")
                    .col(pk_uuid("id"))
                    .col(uuid_null("parent_id"))
                    .col(string("level"))
                    .col(string("name"))
                    // the short name in numbers: “石桥” in （2026）石桥人调字第17号
                    .col(string("short_name"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create().from("organization", "parent_id").to("organization", "id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
