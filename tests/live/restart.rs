//! The server is restarted in the middle of a caucus: nothing is lost, and nobody hears more than before.

use serde_json::json;

use crate::table::{LinLan, Qian, Table, Zhao, names};

#[tokio::test]
async fn after_a_restart_everybody_is_where_they_were() {
    let (mut table, mut lin, mut zhao, mut qian) = Table::together().await;
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
