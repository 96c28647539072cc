//! What happens in a sitting, and what each learns of it.

use domain::{CaseState, Outcome, Phase};
use serde_json::json;

use crate::table::{LinLan, Qian, Table, Zhao, names, read_up};

#[tokio::test]
async fn in_the_lobby_everybody_is_alone() {
    let table = Table::laid().await;
    let (mut lin, first) = table.sit(LinLan).await;
    assert_eq!(first["view"]["phase"], "lobby");
    let (_zhao, snapshot) = table.sit(Zhao).await;
    let (mut qian, _) = table.sit(Qian).await;
    let view = &snapshot["view"];
    assert_eq!((view["area"]["kind"].as_str(), names(view)), (Some("lobby"), vec!["赵守田"]));
    assert_eq!(view["corridor"], json!(null));
    assert_eq!(view["host"]["name"], "林岚");
    assert!(view["waiting_since"].is_string());
    assert!(snapshot["agreement"].is_null() && snapshot["minutes"] == json!([]));

    // The mediator sees who waits; a note reaches the mediator and nobody else.
    let corridor = lin
        .view_where("both in the lobby", |v| v["corridor"]["areas"][0]["seats"][1]["online"] == true)
        .await;
    assert_eq!(corridor["corridor"]["areas"][0]["id"], "lobby");
    read_up(&mut lin).await;
    read_up(&mut qian).await;
    let (mut zhao, _) = table.sit(Zhao).await;
    zhao.command(json!({"type": "note", "text": "我听不太清"})).await;
    lin.view_where("the note", |v| v.to_string().contains("我听不太清")).await;
    qian.expect_nothing().await;
}

#[tokio::test]
async fn admitted_people_appear_to_each_other() {
    let table = Table::laid().await;
    let (mut lin, mut zhao, mut qian) = table.everybody().await;
    lin.begins().await;
    lin.command(table.admit(Zhao)).await;
    let view = zhao.view_where("the joint area", |v| v["area"]["kind"] == "joint").await;
    assert_eq!((names(&view), &view["hears_me"]), (vec!["林岚", "赵守田"], &json!(["林岚"])));
    read_up(&mut zhao).await;
    lin.command(table.admit(Qian)).await;
    let view = zhao.view_where("the other side", |v| v["hears_me"][1] == "钱永福").await;
    assert_eq!(names(&view), ["林岚", "赵守田", "钱永福"]);
    qian.view_where("the other side", |v| v["hears_me"] == json!(["林岚", "赵守田"])).await;
    assert_eq!(
        table.case_state().await,
        CaseState::Mediating,
        "the first start begins the mediation of the case"
    );
}

#[tokio::test]
async fn in_a_caucus_the_other_side_learns_nothing_but_that_it_waits() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    lin.command(table.caucus(Zhao)).await;
    let view = zhao.view_where("a private area", |v| v["private"] == true).await;
    assert_eq!((names(&view), &view["hears_me"]), (vec!["林岚", "赵守田"], &json!(["林岚"])));

    let card = qian.expect("view").await;
    let view = &card["view"];
    assert!(view["waiting_since"].is_string());
    assert_eq!((names(view), view["private"].clone()), (vec!["钱永福"], json!(false)));
    assert!(!card.to_string().contains("赵守田") && !card.to_string().contains("caucus"), "{card}");

    // Whatever is done in there, the other side hears nothing of it.
    zhao.command(json!({"type": "hand", "up": true})).await;
    lin.view_where("the hand", |v| v["area"]["seats"][1]["hand"] == true).await;
    lin.command(json!({"type": "mute", "seat": table.seat(Zhao)})).await;
    zhao.command(json!({"type": "distress"})).await;
    qian.expect_nothing().await;

    // Control: once they are together again, it does.
    lin.command(json!({"type": "close_caucus", "area": "caucus-1"})).await;
    qian.view_where("together", |v| v["hears_me"] == json!(["林岚", "赵守田"])).await;
    zhao.command(json!({"type": "hand", "up": false})).await;
    let view = qian.expect("view").await;
    assert!(!view.to_string().contains("\"distress\":true"), "{view}");
    assert_eq!(
        table.timeline().await,
        ["session_started", "caucus_opened", "distress_called", "caucus_closed"]
    );
}

#[tokio::test]
async fn one_seat_is_moved_and_the_rest_stays() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    lin.command(table.shift(Qian, "lobby")).await;
    qian.view_where("the lobby", |v| v["area"]["kind"] == "lobby").await;
    let view = zhao.view_where("without the other side", |v| v["hears_me"] == json!(["林岚"])).await;
    assert_eq!(names(&view), ["林岚", "赵守田"]);
    lin.command(table.shift(Qian, "consult-1")).await;
    let view = qian.view_where("a consult", |v| v["area"]["kind"] == "consult").await;
    assert_eq!(view["area"]["id"], "consult-1");
    read_up(&mut qian).await;
    zhao.expect_nothing().await;
    lin.refused(table.shift(Qian, "caucus-7"), "area_closed").await;
    lin.refused(table.shift(Qian, "hall"), "unknown_command").await;
}

#[tokio::test]
async fn who_leaves_comes_back_to_the_same_place() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    lin.command(table.caucus(Zhao)).await;
    read_up(&mut qian).await;
    zhao.command(json!({"type": "leave"})).await;
    lin.view_where("gone", |v| v["hears_me"] == json!([])).await;
    zhao.refused(json!({"type": "hand", "up": true}), "you_left").await;
    zhao.cut();
    let (_zhao, snapshot) = table.sit(Zhao).await;
    assert_eq!(snapshot["view"]["area"]["id"], "caucus-1");
    lin.view_where("back", |v| v["hears_me"] == json!(["赵守田"])).await;
    qian.expect_nothing().await;
}

#[tokio::test]
async fn a_reload_lands_in_the_same_place() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    lin.command(table.caucus(Zhao)).await;
    let seq = zhao.expect("view").await["seq"].as_i64().unwrap();
    read_up(&mut qian).await;
    zhao.cut();
    lin.view_where("offline", |v| v["area"]["seats"][1]["online"] == false).await;
    let mut zhao = table.open(Zhao).await;
    let snapshot = zhao.hello(&table.token(Zhao), Some(seq)).await;
    assert_eq!(snapshot["view"]["area"]["id"], "caucus-1");
    assert_eq!(snapshot["view"]["hears_me"], json!(["林岚"]));
    assert!(snapshot["seq"].as_i64().unwrap() > seq, "numbers only grow");
    lin.view_where("online", |v| v["area"]["seats"][1]["online"] == true).await;
    qian.expect_nothing().await;
}

#[tokio::test]
async fn the_newer_device_takes_over() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    let (mut tablet, snapshot) = table.sit(Zhao).await;
    assert_eq!(names(&snapshot["view"]).len(), 3);
    zhao.expect_bye("moved_to_other_device").await;
    tablet.command(json!({"type": "hand", "up": true})).await;
    qian.view_where("the hand", |v| v["area"]["seats"][1]["hand"] == true).await;
    lin.expect("view").await;
}

#[tokio::test]
async fn r02_a_party_stops_and_it_is_over_for_everybody() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    lin.command(table.caucus(Qian)).await;
    zhao.command(json!({"type": "stop"})).await;
    for socket in [&mut lin, &mut qian] {
        let view = socket.view_where("the end", |v| v["phase"] == "ended").await;
        assert_eq!((&view["outcome"], &view["hears_me"]), (&json!("stopped"), &json!([])));
    }
    lin.refused(json!({"type": "start"}), "session_over").await;
    let sitting = table.sitting().await;
    assert_eq!((sitting.phase, sitting.outcome), (Phase::Ended, Some(Outcome::Stopped)));
    assert_eq!(table.timeline().await, ["session_started", "caucus_opened", "session_ended"]);
}

#[tokio::test]
async fn a_wrong_role_an_unknown_seat_and_a_double_click_do_no_harm() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    for command in [
        json!({"type": "start"}),
        json!({"type": "end", "outcome": "agreed"}),
        table.caucus(Qian),
        table.admit(Qian),
    ] {
        zhao.refused(command, "host_only").await;
    }
    lin.refused(json!({"type": "stop"}), "party_only").await;
    lin.refused(json!({"type": "admit", "seat": table.case}), "unknown_seat").await;
    lin.refused(json!({"type": "admit", "seat": "zhao"}), "unknown_command").await;
    lin.refused(json!({"type": "unmute", "seat": table.seat(Zhao)}), "unknown_command").await;
    for socket in [&mut lin, &mut zhao, &mut qian] {
        socket.expect_nothing().await;
    }
    // A double click: the second is answered “done” and nobody hears of it.
    lin.command(table.caucus(Zhao)).await;
    for socket in [&mut lin, &mut zhao, &mut qian] {
        socket.expect("view").await;
        read_up(socket).await;
    }
    lin.command(table.caucus(Zhao)).await;
    for socket in [&mut lin, &mut zhao, &mut qian] {
        socket.expect_nothing().await;
    }
}

#[tokio::test]
async fn never_alone_when_the_mediator_is_gone_the_sides_are_parted() {
    let (table, lin, mut zhao, mut qian) = Table::together().await;
    lin.cut();
    let view = zhao.view_where("the host offline", |v| v["host"]["online"] == false).await;
    assert_eq!(view["hears_me"], json!(["钱永福"]), "within the grace time the table stands");
    table.app.clock.advance(chrono::TimeDelta::seconds(10));
    for socket in [&mut zhao, &mut qian] {
        let view = socket.view_where("parted", |v| v["phase"] == "paused").await;
        assert_eq!((view["hears_me"].clone(), names(&view).len()), (json!([]), 1));
    }
    let (mut lin, _) = table.sit(LinLan).await;
    lin.command(json!({"type": "resume"})).await;
    zhao.view_where("together again", |v| v["hears_me"] == json!(["林岚", "钱永福"])).await;
}

#[tokio::test]
async fn a_call_for_help_reaches_the_host_and_the_incident_desk_alone() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    let mut bell = table.state.live.hub.bell().listen();
    zhao.command(json!({"type": "distress"})).await;
    assert!(bell.has_changed().unwrap(), "the desk is rung in the same stroke");
    bell.mark_unchanged();
    let tx = table.state.store.read().await.unwrap();
    let alert = store::duress::last_of_seat(&tx, table.session, table.seat(Zhao)).await.unwrap().unwrap();
    tx.rollback().await.unwrap();
    assert_eq!((alert.case_id, alert.place), (table.case, domain::duress::Place::Joint));
    lin.view_where("the call", |v| v["area"]["seats"][1]["distress"] == true).await;
    qian.expect_nothing().await;
    lin.command(json!({"type": "distress_seen", "seat": table.seat(Zhao)})).await;
    zhao.view_where("answered", |v| v["me"]["distress"] == false).await;
    qian.expect_nothing().await;
}
