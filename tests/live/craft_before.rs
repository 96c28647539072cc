//! Before the start: readiness, identity (R9), the list (R8), conflicts and another mediator (R4).

use serde_json::json;

use crate::room::{HAN, LIN, QIAN, Room, SU, ZHAO, in_area, in_corridor};

#[tokio::test]
async fn readiness_is_for_the_host_and_oneself() {
    let mut room = Room::gathered(&[LIN, SU, ZHAO, QIAN]).await;
    let ready = json!({"type": "ready", "readiness": {"camera": true, "microphone": true, "sound": false,
        "network": "relay", "language": "zh-CN", "company": ["老伴在旁边"]}});
    room.does(ZHAO, ready.clone()).await;
    let view = room.sees(LIN, "readiness", |v| !in_corridor(v, ZHAO)["private"]["readiness"].is_null()).await;
    let found = &in_corridor(&view, ZHAO)["private"]["readiness"];
    assert_eq!((&found["network"], &found["company"][0]), (&json!("relay"), &json!("老伴在旁边")));
    room.told_only(&[LIN, ZHAO]).await;
    // The same once more is no news.
    room.does(ZHAO, ready).await;
    room.told_only(&[]).await;
    room.knows_nothing_of(QIAN, &["老伴在旁边", "relay"]).await;
    room.knows_nothing_of(SU, &["老伴在旁边"]).await;
    let crowd = vec!["人"; 13];
    room.is_refused(ZHAO, json!({"type": "ready", "readiness": {"company": crowd}}), "too_many_named").await;
}

#[tokio::test]
async fn r09_identity_is_checked_per_person_and_the_number_stays_with_the_hosts() {
    let mut room = Room::laid(&[LIN, SU, ZHAO, QIAN]).await;
    for who in [LIN, SU, ZHAO, QIAN] {
        room.comes(who).await;
    }
    room.quiet().await;
    // The clerk may check; a party may not, and a clerk may do nothing else of a host.
    room.is_refused(QIAN, room.identify(ZHAO, true), "host_only").await;
    room.is_refused(SU, room.admit(ZHAO), "host_only").await;
    room.does(SU, room.identify(ZHAO, true)).await;
    let view = room.sees(LIN, "the check", |v| in_corridor(v, ZHAO)["private"]["identified"] == true).await;
    let check = &in_corridor(&view, ZHAO)["private"]["identity"];
    assert_eq!((&check["by"], &check["id_tail"]), (&json!(room.seat(SU)), &json!("0017")));
    let view = room.sees(ZHAO, "being known", |v| v["me"]["private"]["identified"] == true).await;
    assert!(view["me"]["private"]["identity"].is_null(), "how it was checked is the hosts'");
    room.told_only(&[LIN, ZHAO]).await;
    // It is not the person after all.
    room.does(LIN, room.identify(ZHAO, false)).await;
    room.sees(ZHAO, "not known", |v| v["me"]["private"]["identified"] == false).await;
    room.told_only(&[LIN, ZHAO]).await;
    let mut whole = room.identify(ZHAO, true);
    whole["id_tail"] = json!("990000195903070017");
    room.is_refused(LIN, whole, "id_tail").await;
    let kinds = room.table.whole_timeline().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "identity_checked").count(), 2);
}

#[tokio::test]
async fn r08_the_list_is_the_hosts_and_shows_what_is_missing() {
    let mut room = Room::laid(&[LIN, ZHAO, QIAN]).await;
    for who in [LIN, ZHAO, QIAN] {
        room.comes(who).await;
    }
    room.quiet().await;
    room.is_refused(ZHAO, json!({"type": "tick_off", "item": "rights_told"}), "host_only").await;
    for item in ["rights_told", "sham_warned", "address_confirmed"] {
        room.does(LIN, json!({"type": "tick_off", "item": item})).await;
        room.told_only(&[LIN]).await;
    }
    room.does(LIN, room.identify(ZHAO, true)).await;
    room.does(LIN, json!({"type": "declare_conflict", "disclosed": null})).await;
    let list = |v: &serde_json::Value| v["corridor"]["opening"].clone();
    let view = room.sees(LIN, "Qian alone is missing", |v| list(v)["conflict"].is_object()).await;
    assert_eq!(
        (list(&view)["unchecked"].clone(), list(&view)["complete"].clone()),
        (json!([room.seat(QIAN)]), json!(false))
    );
    room.does(LIN, room.identify(QIAN, true)).await;
    room.sees(LIN, "a full list", |v| list(v)["complete"] == true).await;
    room.does(LIN, json!({"type": "start"})).await;
    room.sees(LIN, "live", |v| v["phase"] == "live").await;
}

#[tokio::test]
async fn r04_a_conflict_is_told_to_everybody_and_a_party_may_ask_for_another_mediator() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, QIAN]).await;
    room.is_refused(ZHAO, json!({"type": "declare_conflict", "disclosed": "没有"}), "host_only").await;
    // During the sitting as before it, and those in a private talk or the lobby are told as well.
    room.does(LIN, room.caucus(&[ZHAO])).await;
    room.does(HAN, room.shift(QIAN, "lobby")).await;
    room.quiet().await;
    let word = "我与钱永福的表弟同村";
    room.does(LIN, json!({"type": "declare_conflict", "disclosed": word})).await;
    for who in [LIN, HAN, ZHAO, QIAN] {
        room.sees(who, "the conflict", |v| v["mine"]["conflict"]["disclosed"] == word).await;
    }
    room.quiet().await;
    // The reason goes to the case file, not to the other side, who does not even learn that it was asked.
    room.does(ZHAO, json!({"type": "ask_for_another", "reason": "他们是亲戚"})).await;
    for host in [LIN, HAN] {
        room.sees(host, "the wish", |v| in_corridor(v, ZHAO)["private"]["wants_another"] == true).await;
    }
    room.sees(ZHAO, "the own wish", |v| v["mine"]["wants_another"] == true).await;
    room.told_only(&[LIN, HAN, ZHAO]).await;
    room.knows_nothing_of(QIAN, &["他们是亲戚", "wants_another\":true"]).await;
    room.is_refused(LIN, json!({"type": "ask_for_another"}), "party_only").await;
    assert!(in_area(&room.comes(ZHAO).await["view"], ZHAO)["private"]["wants_another"] == true);
}
