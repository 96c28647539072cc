//! Cases and the running number of the register, per organisation and year.

use sea_orm_migration::{
    prelude::*,
    schema::{
        integer, pk_uuid, string, string_null, text, timestamp_with_time_zone, timestamp_with_time_zone_null,
        uuid, uuid_null,
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
                    .table("register_sequence")
                    .col(uuid("organization_id"))
                    .col(integer("year"))
                    .col(integer("last"))
                    .primary_key(Index::create().col("organization_id").col("year"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("register_sequence", "organization_id")
                            .to("organization", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                Table::create()
                    .table("case_file")
                    .col(pk_uuid("id"))
                    .col(uuid("organization_id"))
                    .col(integer("register_year"))
                    .col(integer("register_serial"))
                    .col(string("register_no"))
                    // the agreement's number (…人调字第…号), set when signing opens
                    .col(string_null("number"))
                    .col(string("title"))
                    .col(string("kind"))
                    .col(string("source"))
                    .col(string("state"))
                    .col(text("facts"))
                    .col(text("requests"))
                    .col(string("place"))
                    .col(timestamp_with_time_zone("requested_at"))
                    .col(timestamp_with_time_zone_null("accepted_at"))
                    .col(timestamp_with_time_zone_null("due_at"))
                    .col(timestamp_with_time_zone_null("suspended_at"))
                    .col(timestamp_with_time_zone_null("effective_at"))
                    .col(uuid("first_receiver_id"))
                    .col(uuid_null("mediator_id"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .foreign_key(
                        ForeignKey::create().from("case_file", "organization_id").to("organization", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().from("case_file", "first_receiver_id").to("staff", "id"),
                    )
                    .foreign_key(ForeignKey::create().from("case_file", "mediator_id").to("staff", "id"))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(
                Index::create()
                    .name("case_file_register")
                    .table("case_file")
                    .col("organization_id")
                    .col("register_year")
                    .col("register_serial")
                    .unique()
                    .to_owned(),
            )
            .await?;
        let mine =
            Index::create().name("case_file_mediator").table("case_file").col("mediator_id").to_owned();
        schema.create_index(mine).await
    }
}
