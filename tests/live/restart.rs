//! The server is restarted in the middle of a caucus: nothing is lost, and nobody hears more than before.

use serde_json::json;
use store::StoreError;
use store::session_event::{self, SessionEvent};
use tests::TestApp;

use crate::table::{LinLan, Qian, Table, Zhao, names};

#[tokio::test]
async fn after_a_restart_everybody_is_where_they_were() {
    restarted(TestApp::start().await).await;
}

#[tokio::test]
async fn after_a_restart_everybody_is_where_they_were_on_postgres_too() {
    restarted(TestApp::on_postgres().await).await;
}

async fn restarted(app: TestApp) {
    let (mut table, mut lin, mut zhao, mut qian) = Table::together_in(app).await;
    lin.command(table.caucus(Zhao)).await;
    zhao.command(json!({"type": "hand", "up": true})).await;
    let seq = lin.expect("view").await["seq"].as_i64().unwrap();
    table.restart().await;
    for socket in [&mut lin, &mut zhao, &mut qian] {
        socket.expect_bye("server_restarting").await;
    }
    let (_, alone) = table.sit(Qian).await;
    assert_eq!((names(&alone["view"]), &alone["view"]["area"]["id"]), (vec!["钱永福"], &json!("joint")));
    let mut lin = table.open(LinLan).await;
    let snapshot = lin.hello(&table.token(LinLan), Some(seq)).await;
    assert!(snapshot["seq"].as_i64().unwrap() > seq, "numbers only grow, over a restart too");
    let (_zhao, snapshot) = table.sit(Zhao).await;
    let view = &snapshot["view"];
    assert_eq!(
        (&view["area"]["id"], &view["hears_me"], &view["phase"]),
        (&json!("caucus-1"), &json!(["林岚"]), &json!("live"))
    );
    lin.command(json!({"type": "close_caucus", "area": "caucus-1"})).await;
    assert_eq!(table.timeline().await, ["session_started", "caucus_opened", "caucus_closed"]);
}

#[tokio::test]
async fn t12_a_media_token_of_someone_removed_opens_nothing_after_a_restart_either() {
    let (mut table, ..) = Table::together_in(TestApp::start().await).await;
    let media_token = |who| {
        let (room, seat) = (table.session.to_string(), table.seat(who).to_string());
        table.state.wire.token(livekit::Grant::new(room, seat, "")).unwrap()
    };
    let (removed, stays) = (media_token(Qian), media_token(Zhao));
    table.state.live.hub.kick(table.session, table.seat(Qian), "link_revoked").await;
    table.restart().await;
    let client = reqwest::Client::builder().build().unwrap();
    let knock = async |token: &str| {
        let path = format!("{}/rtc/v1/validate", table.url);
        let answer = client.get(path).bearer_auth(token).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(knock(&removed).await, (401, "token was revoked".to_owned()));
    assert_eq!(knock(&stays).await.0, 200, "control: another token as old is good");
}

#[tokio::test]
async fn a_second_writer_of_the_same_sitting_is_refused_by_the_store() {
    for app in [TestApp::start().await, TestApp::on_postgres().await] {
        let (table, ..) = Table::together_in(app).await;
        let tx = table.state.store.read().await.unwrap();
        let events = session_event::of_session(&tx, table.session).await.unwrap();
        drop(tx);
        assert!(events.iter().zip(1..).all(|(event, seq)| event.seq == seq), "numbered without a gap");
        let tx = table.state.store.begin().await.unwrap();
        let stale = SessionEvent { body: "{}".into(), ..events.last().unwrap().clone() };
        let refused = session_event::append(&tx, table.session, &[stale]).await;
        assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{refused:?}");
    }
}
