//! Staff, their password hashes and their refresh tokens in families.

use sea_orm_migration::{
    prelude::*,
    schema::{
        boolean, pk_uuid, string, string_uniq, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
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
                    .table("staff")
                    .col(pk_uuid("id"))
                    .col(uuid("organization_id"))
                    .col(string("role"))
                    .col(string("name"))
                    .col(string("title"))
                    .col(string_uniq("username"))
                    // PHC string of argon2id; empty means: no sign-in by password
                    .col(string("password_hash"))
                    .col(boolean("active"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create().from("staff", "organization_id").to("organization", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                Table::create()
                    .table("refresh_token")
                    .col(pk_uuid("id"))
                    .col(uuid("family_id"))
                    .col(uuid("staff_id"))
                    // SHA-256 of the token, hex; the token itself is never kept
                    .col(string_uniq("token_hash"))
                    .col(timestamp_with_time_zone("issued_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(timestamp_with_time_zone_null("used_at"))
                    .col(timestamp_with_time_zone_null("revoked_at"))
                    .foreign_key(ForeignKey::create().from("refresh_token", "staff_id").to("staff", "id"))
                    .to_owned(),
            )
            .await?;
        let family =
            Index::create().name("refresh_token_family").table("refresh_token").col("family_id").to_owned();
        schema.create_index(family).await?;
        let staff =
            Index::create().name("refresh_token_staff").table("refresh_token").col("staff_id").to_owned();
        schema.create_index(staff).await
    }
}
