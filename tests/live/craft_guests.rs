//! Guests by consent (R5, R6), experts on call, who goes with whom (R38, R39), calls for help.

use chrono::TimeDelta;
use serde_json::json;

use crate::room::{GAO, HAN, LIN, QIAN, Room, TIAN, XU, YE, ZHAO, ZHUOMA, in_corridor};
use crate::table::names;

#[tokio::test]
async fn r06_an_observer_sits_nowhere_without_the_word_of_all() {
    let mut room = Room::gathered(&[LIN, ZHAO, QIAN, GAO]).await;
    room.does(LIN, json!({"type": "start"})).await;
    for who in [ZHAO, QIAN] {
        room.does(LIN, room.admit(who)).await;
    }
    room.quiet().await;
    room.is_refused(LIN, room.admit(GAO), "guest_needs_consent").await;
    room.is_refused(ZHAO, room.of("propose_guest", GAO), "host_only").await;
    room.told_only(&[]).await;
    room.does(LIN, room.of("propose_guest", GAO)).await;
    for who in [ZHAO, QIAN] {
        room.sees(who, "the question", |v| v["mine"]["guests"][0]["name"] == "高见习").await;
    }
    let word = |room: &Room, yes: bool| json!({"type": "answer_guest", "seat": room.seat(GAO), "yes": yes});
    room.quiet().await;
    room.does(ZHAO, word(&room, true)).await;
    room.sees(LIN, "one yes", |v| in_corridor(v, GAO)["private"]["agreed"] == json!([1, 0])).await;
    room.told_only(&[LIN, ZHAO, GAO]).await; // how the one answered is not the other's to know
    room.is_refused(LIN, room.admit(GAO), "guest_needs_consent").await;
    room.is_refused(GAO, word(&room, true), "party_only").await;
    room.does(QIAN, word(&room, true)).await;
    room.does(LIN, room.admit(GAO)).await;
    room.sees(QIAN, "the observer", |v| names(v).contains(&"高见习")).await;
    // A word taken back shows the guest out at once.
    room.does(ZHAO, word(&room, false)).await;
    room.sees(GAO, "the lobby", |v| v["area"]["kind"] == "lobby").await;
    room.sees(QIAN, "no observer", |v| !names(v).contains(&"高见习")).await;
}

#[tokio::test]
async fn a_called_expert_comes_to_who_asked_for_ten_minutes() {
    let mut room = Room::gathered(&[LIN, HAN, ZHAO, QIAN, XU]).await;
    room.does(LIN, json!({"type": "start"})).await;
    for who in [ZHAO, QIAN] {
        room.does(LIN, room.admit(who)).await;
    }
    room.does(LIN, room.caucus(&[ZHAO])).await;
    room.quiet().await;
    let ring = json!({"type": "ring", "expert": "lawyer", "question": "界址怎么认定？"});
    room.is_refused(ZHAO, ring.clone(), "host_only").await;
    room.does(LIN, ring.clone()).await;
    room.sees(LIN, "the call", |v| v["corridor"]["calls"][0]["question"] == "界址怎么认定？").await;
    room.told_only(&[LIN, HAN]).await; // the parties learn of it when the expert comes
    room.does(LIN, ring).await; // a double click rings once
    room.told_only(&[LIN, HAN]).await; // hosts see whose desk rings
    let hub = room.table.state.live.hub.clone();
    hub.take_call(room.table.session, 1, room.seat(XU)).await.unwrap();
    let again = hub.take_call(room.table.session, 1, room.seat(YE_FREE)).await.unwrap_err();
    assert_eq!(again.code, "call_taken");
    // The party there named nobody at the door but those with a seat: Xu was one of them, so he may come in at once.
    let view = room.sees(XU, "the private talk", |v| v["private"] == true).await;
    assert_eq!(names(&view).len(), 3);
    assert!(view["mine"]["until"].is_string());
    room.told_only(&[LIN, HAN, ZHAO, XU]).await;
    room.knows_nothing_of(QIAN, &["许明达", "界址怎么认定"]).await;
    room.is_refused(LIN, room.of("prolong", ZHAO), "not_called").await;
    let until = view["mine"]["until"].clone();
    room.does(LIN, room.of("prolong", XU)).await;
    room.sees(XU, "some minutes more", |v| v["mine"]["until"].is_string() && v["mine"]["until"] != until)
        .await;
    room.does(LIN, room.of("send_back", XU)).await;
    room.sees(ZHAO, "without him", |v| !names(v).contains(&"许明达")).await;
    room.does(LIN, json!({"type": "ring", "expert": "counsellor", "question": ""})).await;
    room.does(LIN, json!({"type": "call_off", "call": 2})).await;
    let late = hub.take_call(room.table.session, 2, room.seat(XU)).await.unwrap_err();
    assert_eq!(late.code, "call_over");
}

/// Somebody with a seat who did not take the call.
const YE_FREE: crate::room::Who = HAN;

#[tokio::test]
async fn r38_r39_helper_and_interpreter_go_with_theirs_and_not_alone() {
    let mut room = Room::gathered(&[LIN, ZHAO, TIAN, QIAN, ZHUOMA]).await;
    room.does(LIN, json!({"type": "start"})).await;
    room.is_refused(LIN, room.admit(ZHUOMA), "bound_seat").await;
    room.does(LIN, room.admit(QIAN)).await;
    room.does(LIN, room.admit(ZHUOMA)).await;
    room.quiet().await;
    room.does(LIN, room.caucus(&[QIAN])).await;
    let view = room.sees(ZHUOMA, "the private talk", |v| v["private"] == true).await;
    assert_eq!(names(&view), ["林岚", "钱永福", "卓玛"]);
    room.told_only(&[LIN, QIAN, ZHUOMA]).await;
    room.is_refused(LIN, room.shift(ZHUOMA, "joint"), "bound_seat").await;
    room.knows_nothing_of(TIAN, &["钱永福", "卓玛"]).await;
}

#[tokio::test]
async fn a_silent_call_for_help_is_the_hosts_and_the_desks_until_a_human_decided() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, TIAN, QIAN, YE]).await;
    let mut bell = room.table.state.live.hub.bell().listen();
    bell.mark_unchanged();
    room.does(QIAN, json!({"type": "distress"})).await;
    assert!(bell.has_changed().unwrap(), "the desk is rung in the same stroke");
    for host in [LIN, HAN] {
        room.sees(host, "the call", |v| in_corridor(v, QIAN)["distress"] == true).await;
    }
    room.told_only(&[LIN, HAN, QIAN]).await;
    room.does(QIAN, json!({"type": "distress"})).await;
    room.told_only(&[]).await;
    room.is_refused(ZHAO, room.of("distress_seen", QIAN), "host_only").await;
    // Private separation is one move; those who stay learn no reason.
    room.does(LIN, room.caucus(&[QIAN])).await;
    let view = room.sees(ZHAO, "fewer at the table", |v| !names(v).contains(&"钱永福")).await;
    assert!(!view.to_string().contains("\"distress\":true"), "{view}");
    room.quiet().await;
    let close = |action: &str| json!({"type": "close_distress", "seat": room.seat(QIAN), "action": action});
    let (empty, done) = (close(" "), close("已电话联系，家人到场陪同，不需要报警"));
    room.is_refused(LIN, empty, "nothing_said").await;
    room.does(LIN, done).await;
    room.sees(QIAN, "answered", |v| v["me"]["distress"] == false).await;
    room.told_only(&[LIN, HAN, QIAN]).await;
    room.knows_nothing_of(ZHAO, &["家人到场陪同"]).await;
    assert!(room.table.timeline().await.iter().any(|kind| kind.starts_with("distress")));
    room.later(TimeDelta::seconds(1));
}
