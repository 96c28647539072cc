//! What a sitting gets from the case file: whom an interpreter or a helper goes with, who may never share an area, whether
//! the opening is compulsory, and what parties answered in private about their safety.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, timestamp_with_time_zone, uuid, uuid_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let bound = Table::alter().table("seat").add_column(uuid_null("bound_to")).to_owned();
        schema.alter_table(bound).await?;
        // Sittings that were set before the rule go on without it.
        let checklist = boolean("checklist").default(false).take();
        schema.alter_table(Table::alter().table("session").add_column(checklist).to_owned()).await?;
        schema
            .create_table(
                Table::create()
                    .table("seat_screen")
                    .col(uuid("session_id"))
                    // the smaller id, the larger id
                    .col(uuid("a"))
                    .col(uuid("b"))
                    .primary_key(Index::create().col("session_id").col("a").col("b"))
                    .foreign_key(ForeignKey::create().from("seat_screen", "session_id").to("session", "id"))
                    .foreign_key(ForeignKey::create().from("seat_screen", "a").to("seat", "id"))
                    .foreign_key(ForeignKey::create().from("seat_screen", "b").to("seat", "id"))
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                Table::create()
                    .table("safety_answer")
                    .col(uuid("session_id"))
                    // of the fact in the sitting
                    .col(big_integer("seq"))
                    .col(uuid("case_id"))
                    .col(uuid("seat_id"))
                    .col(boolean("afraid"))
                    .col(timestamp_with_time_zone("at"))
                    .primary_key(Index::create().col("session_id").col("seq"))
                    .foreign_key(ForeignKey::create().from("safety_answer", "session_id").to("session", "id"))
                    .foreign_key(ForeignKey::create().from("safety_answer", "case_id").to("case_file", "id"))
                    .to_owned(),
            )
            .await?;
        let of_case =
            Index::create().name("safety_answer_case").table("safety_answer").col("case_id").to_owned();
        schema.create_index(of_case).await
    }
}
