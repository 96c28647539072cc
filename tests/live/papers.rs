//! Papers that are pushed: to those at the table who may read them, and to nobody in the lobby.

use onedoor::live::Paper;
use serde_json::json;

use crate::table::{Qian, Table, Zhao, read_up};

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
    let _ = Zhao;
}
