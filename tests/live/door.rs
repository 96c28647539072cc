//! Who gets in, and what is done with a socket that misbehaves (T6, T8, T12).

use domain::SeatId;
use serde_json::json;
use tests::LiveSocket;

use crate::table::{LinLan, Qian, Table, Zhao, read_up, token};

async fn turned_away(table: &Table, hello: serde_json::Value, code: &str) {
    let mut stranger = table.open(Zhao).await;
    stranger.send(&hello).await;
    stranger.expect_bye(code).await;
}

#[tokio::test]
async fn t6_t12_only_a_seat_of_this_sitting_gets_in() {
    let table = Table::laid().await;
    let other = Table::laid().await;
    let hello = |token: &str| json!({"type": "hello", "token": token});
    turned_away(&table, hello("a.b.c"), "unauthenticated").await;
    turned_away(&table, hello(&other.token(Zhao)), "unauthenticated").await;
    let mediator = table.app.staff("mediator").await;
    turned_away(&table, hello(mediator.token()), "unauthenticated").await;
    turned_away(&table, json!({"type": "ping"}), "hello_expected").await;
    turned_away(&table, json!({"hello": 1}), "hello_expected").await;
    // A good token of this server, for another sitting or for a seat that is not there: told alike.
    let foreign = token(&table.state, table.case, other.session, table.seat(Zhao));
    turned_away(&table, hello(&foreign), "forbidden").await;
    let nobody = token(&table.state, table.case, table.session, SeatId(table.case.0));
    turned_away(&table, hello(&nobody), "forbidden").await;
    // Control.
    table.sit(Zhao).await;
    // An expired one is told apart, for the client fetches another.
    let old = table.token(Zhao);
    table.app.clock.advance(chrono::TimeDelta::days(1));
    turned_away(&table, hello(&old), "token_expired").await;
}

#[tokio::test]
async fn t8_who_does_not_say_hello_is_shown_out() {
    let table = Table::laid().await;
    let mut silent = table.open(Zhao).await;
    silent.expect_bye("hello_late").await;
}

#[tokio::test]
async fn t8_floods_and_nonsense_end_only_the_own_socket() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    qian.send(
        &json!({"type": "command", "id": 1, "command": {"type": "note", "text": "长".repeat(16 * 1024)}}),
    )
    .await;
    lin.view_where("the one who sent too much is cut", |v| v["area"]["seats"][2]["online"] == false).await;
    for _ in 0..100 {
        zhao.send(&json!({"type": "ping"})).await;
    }
    zhao.expect_bye("too_many").await;
    let (mut zhao, _) = table.sit(Zhao).await;
    zhao.send(&json!({"type": "command"})).await;
    zhao.expect_bye("frame_invalid").await;
    lin.command(json!({"type": "pause"})).await;
    let (_qian, snapshot) = table.sit(Qian).await;
    assert_eq!(snapshot["view"]["phase"], "paused");
}

#[tokio::test]
async fn a_revoked_link_ends_the_socket_and_the_place() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    table.state.live.hub.kick(table.session, table.seat(Qian), "link_revoked").await;
    qian.expect_bye("link_revoked").await;
    zhao.view_where("alone with the mediator", |v| v["hears_me"] == json!(["林岚"])).await;
    let corridor = lin
        .view_where("back in the lobby", |v| v["corridor"]["areas"][0]["seats"][0]["name"] == "钱永福")
        .await;
    assert_eq!(corridor["corridor"]["areas"][0]["seats"][0]["online"], false);
}

#[tokio::test]
async fn a_link_that_was_taken_back_opens_no_socket() {
    let table = Table::laid().await;
    let issue = async |hash: &str| {
        let now = table.state.clock.now();
        let tx = table.state.store.begin().await.unwrap();
        let link = store::seat_link::NewLink {
            id: table.state.ids.next(),
            seat_id: table.seat(Zhao),
            token_hash: hash,
            expires_at: now + chrono::TimeDelta::days(1),
        };
        store::seat_link::issue(&tx, &link, now).await.unwrap();
        tx.commit().await.unwrap();
    };
    issue("one").await;
    let first = table.token(Zhao);
    table.sit(Zhao).await;
    table.app.clock.advance(chrono::TimeDelta::seconds(2));
    issue("two").await;
    turned_away(&table, json!({"type": "hello", "token": first}), "link_revoked").await;
    table.sit(Zhao).await;
}

#[tokio::test]
async fn a_seat_added_meanwhile_may_sit_down() {
    let table = Table::laid().await;
    let (mut lin, _) = table.sit(LinLan).await;
    let id: SeatId = table.state.ids.next();
    let seat = domain::Seat {
        id,
        session_id: table.session,
        role: domain::SeatRole::Lawyer,
        side: domain::Side::Applicant,
        name: "许明达".into(),
        party_id: None,
        staff_id: None,
        bound_to: None,
        same_device: false,
        mandate: None,
    };
    let tx = table.state.store.begin().await.unwrap();
    store::seat::insert(&tx, &seat).await.unwrap();
    tx.commit().await.unwrap();
    let token = token(&table.state, table.case, table.session, id);
    let mut lawyer = LiveSocket::open("许明达", &table.url, &table.session.to_string()).await;
    let snapshot = lawyer.hello(&token, None).await;
    assert_eq!(snapshot["view"]["me"]["role"], "lawyer");
    lin.view_where("the lawyer waits", |v| v.to_string().contains("许明达")).await;
    assert_eq!(table.state.live.hub.waiting(table.session).await, 1);
    read_up(&mut lin).await;
}
