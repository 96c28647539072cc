//! The duty roster, calls for experts with who was rung, what experts leave behind, and calls for help with what was
//! done about them. A counsellor's note points at its call and its author, at no case and no sitting (R31).

use sea_orm_migration::{
    prelude::*,
    schema::{
        boolean, integer, pk_uuid, string, string_null, text, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let roster = Table::create()
            .table("duty")
            .col(pk_uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("staff_id"))
            .col(string("expert"))
            .col(string("department"))
            .col(string("residency"))
            .col(integer("days"))
            .col(integer("from_minute"))
            .col(integer("until_minute"))
            .col(integer("position"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(ForeignKey::create().from("duty", "organization_id").to("organization", "id"))
            .foreign_key(ForeignKey::create().from("duty", "staff_id").to("staff", "id"))
            .to_owned();
        schema.create_table(roster).await?;
        index(schema, "duty_organization", "duty", "organization_id").await?;
        calls(schema).await?;
        notes(schema).await?;
        help(schema).await
    }
}

async fn calls(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let calls = Table::create()
        .table("expert_call")
        .col(pk_uuid("id"))
        .col(uuid("session_id"))
        .col(uuid("case_id"))
        .col(integer("number"))
        .col(string("expert"))
        .col(string("department"))
        .col(boolean("private"))
        .col(text("question"))
        .col(timestamp_with_time_zone("rang_at"))
        .col(string("status"))
        .col(uuid_null("taken_by"))
        .col(uuid_null("seat_id"))
        .foreign_key(ForeignKey::create().from("expert_call", "session_id").to("session", "id"))
        .foreign_key(ForeignKey::create().from("expert_call", "case_id").to("case_file", "id"))
        .foreign_key(ForeignKey::create().from("expert_call", "taken_by").to("staff", "id"))
        .foreign_key(ForeignKey::create().from("expert_call", "seat_id").to("seat", "id"))
        .to_owned();
    schema.create_table(calls).await?;
    index(schema, "expert_call_status", "expert_call", "status").await?;
    index(schema, "expert_call_session", "expert_call", "session_id").await?;
    let rings = Table::create()
        .table("call_ring")
        .col(uuid("call_id"))
        .col(uuid("staff_id"))
        .col(timestamp_with_time_zone("rung_at"))
        .col(string_null("answer"))
        .primary_key(Index::create().col("call_id").col("staff_id"))
        .foreign_key(ForeignKey::create().from("call_ring", "call_id").to("expert_call", "id"))
        .foreign_key(ForeignKey::create().from("call_ring", "staff_id").to("staff", "id"))
        .to_owned();
    schema.create_table(rings).await?;
    index(schema, "call_ring_staff", "call_ring", "staff_id").await
}

async fn notes(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let in_the_file = Table::create()
        .table("expert_note")
        // one a call
        .col(pk_uuid("call_id"))
        .col(uuid("case_id"))
        .col(uuid("session_id"))
        .col(uuid("staff_id"))
        .col(string("author"))
        .col(string("expert"))
        .col(text("text"))
        .col(timestamp_with_time_zone("at"))
        .foreign_key(ForeignKey::create().from("expert_note", "call_id").to("expert_call", "id"))
        .foreign_key(ForeignKey::create().from("expert_note", "case_id").to("case_file", "id"))
        .to_owned();
    schema.create_table(in_the_file).await?;
    index(schema, "expert_note_case", "expert_note", "case_id").await?;
    let apart = Table::create()
        .table("counsel_note")
        .col(pk_uuid("call_id"))
        .col(uuid("staff_id"))
        .col(text("text"))
        .col(timestamp_with_time_zone("at"))
        .foreign_key(ForeignKey::create().from("counsel_note", "staff_id").to("staff", "id"))
        .to_owned();
    schema.create_table(apart).await
}

async fn help(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let calls = Table::create()
        .table("duress")
        .col(pk_uuid("id"))
        .col(uuid("session_id"))
        .col(uuid("case_id"))
        .col(uuid("seat_id"))
        .col(string("place"))
        .col(timestamp_with_time_zone("at"))
        .col(timestamp_with_time_zone_null("acknowledged_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .foreign_key(ForeignKey::create().from("duress", "session_id").to("session", "id"))
        .foreign_key(ForeignKey::create().from("duress", "case_id").to("case_file", "id"))
        .foreign_key(ForeignKey::create().from("duress", "seat_id").to("seat", "id"))
        .to_owned();
    schema.create_table(calls).await?;
    index(schema, "duress_at", "duress", "at").await?;
    let log = Table::create()
        .table("duress_log")
        .col(uuid("duress_id"))
        .col(integer("seq"))
        .col(timestamp_with_time_zone("at"))
        .col(string("by"))
        .col(string("act"))
        .col(text("words"))
        .primary_key(Index::create().col("duress_id").col("seq"))
        .foreign_key(ForeignKey::create().from("duress_log", "duress_id").to("duress", "id"))
        .to_owned();
    schema.create_table(log).await
}

async fn index(
    schema: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    schema.create_index(Index::create().name(name).table(table).col(column).to_owned()).await
}
