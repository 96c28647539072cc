//! Media tokens that count no longer: for each identity of a room, the time up to which they are refused.

use sea_orm_migration::{
    prelude::*,
    schema::{string, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .create_table(
                Table::create()
                    .table("media_revocation")
                    // text, and pointing nowhere: the media wire knows rooms and identities, not sittings and seats
                    .col(string("room"))
                    .col(string("identity"))
                    .col(timestamp_with_time_zone("not_before"))
                    .primary_key(Index::create().col("room").col("identity"))
                    .to_owned(),
            )
            .await
    }
}
