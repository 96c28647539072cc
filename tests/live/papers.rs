//! Papers that are pushed: to those at the table who may read them, and to nobody in the lobby.

use onedoor::live::Paper;
use serde_json::json;

use crate::table::{LinLan, Qian, Table, Zhao, read_up};

#[tokio::test]
async fn papers_reach_the_table_and_not_the_lobby() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    let hub = &table.state.live.hub;
    lin.command(table.shift(Qian, "lobby")).await;
    for socket in [&mut lin, &mut zhao, &mut qian] {
        read_up(socket).await;
    }
    hub.publish(table.session, Paper::Minutes(json!({"id": "1", "text": "雨水倒灌"}))).await;
    hub.publish(table.session, Paper::Agreement(json!({"id": "2"}))).await;
    assert_eq!(lin.expect("minutes").await["entry"]["text"], "雨水倒灌");
    assert_eq!(zhao.expect("agreement").await["agreement"]["id"], "2");
    zhao.expect("minutes").await;
    qian.expect_nothing().await;
    // Admitted again, the whole table is laid out anew.
    lin.command(table.admit(Qian)).await;
    let snapshot = qian.expect("snapshot").await;
    assert_eq!(snapshot["view"]["area"]["kind"], "joint");
}

#[tokio::test]
async fn what_is_written_over_http_is_pushed_and_stands_in_the_next_snapshot() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    lin.command(table.shift(Qian, "lobby")).await;
    for socket in [&mut lin, &mut zhao, &mut qian] {
        read_up(socket).await;
    }
    let host = table.app.anybody("林岚").with_token(&table.token(LinLan));
    let minutes = format!("/sessions/{}/minutes", table.session);
    let entry = json!({"kind": "undisputed_fact", "speaker": "双方", "text": "2026年3月垫高院坪约30厘米"});
    let written = host.post_once(&minutes, "first", &entry).await.ok();
    assert_eq!(zhao.expect("minutes").await["entry"], written);
    let agreement = host.get(&format!("/sessions/{}/agreement", table.session)).await.ok();
    qian.expect_nothing().await;

    zhao.cut();
    let (_zhao, snapshot) = table.sit(Zhao).await;
    assert_eq!(snapshot["minutes"], json!([written]));
    assert_eq!(snapshot["agreement"]["id"], agreement["id"]);
    let (_qian, snapshot) = table.sit(Qian).await;
    assert_eq!(
        (&snapshot["minutes"], &snapshot["agreement"]),
        (&json!([]), &json!(null)),
        "nothing in the lobby"
    );
}
