//! The course: break, adjournment, nobody came, the chair, and never alone.

use chrono::TimeDelta;
use domain::Outcome;
use serde_json::json;

use crate::room::{HAN, LIN, QIAN, Room, ZHAO};
use crate::table::names;

#[tokio::test]
async fn a_break_silences_everybody_and_the_same_places_are_kept() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, QIAN]).await;
    room.does(LIN, room.caucus(&[ZHAO])).await;
    room.quiet().await;
    room.does(HAN, json!({"type": "pause"})).await;
    for who in [ZHAO, QIAN] {
        let view = room.sees(who, "the break", |v| v["phase"] == "paused").await;
        assert_eq!((&view["hears_me"], &view["pause_cause"]), (&json!([]), &json!("host")));
        assert!(view["waiting_since"].is_string());
    }
    room.is_refused(ZHAO, json!({"type": "resume"}), "host_only").await;
    room.is_refused(LIN, room.caucus(&[QIAN]), "not_live").await;
    room.does(LIN, json!({"type": "resume"})).await;
    room.sees(ZHAO, "the private talk", |v| v["private"] == true && v["hears_me"] == json!(["林岚"])).await;
    room.sees(QIAN, "the table", |v| v["hears_me"] == json!(["韩春生"])).await;
}

#[tokio::test]
async fn adjourned_to_a_date_that_everybody_sees() {
    let mut room = Room::together(&[LIN, ZHAO, QIAN]).await;
    let now = room.table.state.clock.now();
    let adjourn = |at: chrono::DateTime<chrono::Utc>| json!({"type": "adjourn", "next_at": at});
    room.is_refused(LIN, adjourn(now - TimeDelta::days(1)), "next_date").await;
    room.is_refused(QIAN, adjourn(now + TimeDelta::days(7)), "host_only").await;
    room.told_only(&[]).await;
    room.does(LIN, adjourn(now + TimeDelta::days(7))).await;
    for who in [LIN, ZHAO, QIAN] {
        let view = room.sees(who, "the end", |v| v["phase"] == "ended").await;
        assert_eq!(view["outcome"], "adjourned");
        let next: chrono::DateTime<chrono::Utc> = view["mine"]["next_at"].as_str().unwrap().parse().unwrap();
        assert_eq!((next - now).num_days(), 7);
    }
    room.is_refused(LIN, json!({"type": "start"}), "session_over").await;
    assert_eq!(room.table.sitting().await.outcome, Some(Outcome::Adjourned));
}

#[tokio::test]
async fn nobody_is_absent_before_a_quarter_of_an_hour_nor_while_all_are_there() {
    let mut room = Room::gathered(&[LIN, ZHAO, QIAN]).await;
    room.is_refused(LIN, json!({"type": "no_show"}), "too_early").await;
    room.is_refused(LIN, json!({"type": "end", "outcome": "no_show"}), "say_no_show").await;
    room.later(TimeDelta::minutes(16));
    room.is_refused(LIN, json!({"type": "no_show"}), "all_came").await;
    room.told_only(&[]).await;
    room.is_cut(QIAN);
    room.sees(LIN, "Qian is gone", |v| crate::room::in_corridor(v, QIAN)["online"] == false).await;
    room.is_refused(ZHAO, json!({"type": "no_show"}), "host_only").await;
    room.does(LIN, json!({"type": "no_show"})).await;
    let view = room.sees(ZHAO, "the end", |v| v["phase"] == "ended").await;
    assert_eq!(view["outcome"], "no_show");
}

#[tokio::test]
async fn the_chair_begins_and_ends_and_hands_over() {
    let mut room = Room::gathered(&[LIN, HAN, ZHAO, QIAN]).await;
    room.is_refused(HAN, json!({"type": "start"}), "chair_only").await;
    room.is_refused(ZHAO, room.of("give_chair", ZHAO), "host_only").await;
    room.is_refused(LIN, room.of("give_chair", ZHAO), "not_a_host").await;
    room.told_only(&[]).await;
    room.does(LIN, room.of("give_chair", HAN)).await;
    let view = room.sees(ZHAO, "who leads", |v| v["host"]["name"] == "韩春生").await;
    assert!(view["corridor"].is_null());
    room.is_refused(LIN, json!({"type": "start"}), "chair_only").await;
    room.does(HAN, json!({"type": "start"})).await;
    // What is no business of the chair alone the other may do.
    room.does(LIN, room.admit(ZHAO)).await;
    room.sees(ZHAO, "the table", |v| v["hears_me"] == json!(["林岚", "韩春生"])).await;
    room.is_refused(LIN, json!({"type": "end", "outcome": "agreed"}), "chair_only").await;
    room.does(HAN, json!({"type": "end", "outcome": "agreed"})).await;
    room.sees(ZHAO, "the end", |v| v["outcome"] == "agreed").await;
}

#[tokio::test]
async fn never_alone_parted_and_told_why_and_back_as_before() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, QIAN]).await;
    // With a second mediator there, one may be lost.
    room.is_cut(LIN);
    room.sees(HAN, "Lin is offline", |v| crate::room::in_corridor(v, LIN)["online"] == false).await;
    room.later(TimeDelta::seconds(11));
    room.is_refused(ZHAO, json!({"type": "start"}), "host_only").await;
    room.does(HAN, json!({"type": "announce", "text": "林岚的网络断了，我们继续"})).await;
    let view = room.sees(ZHAO, "the word", |v| v["mine"]["announcement"].is_object()).await;
    assert_eq!((view["phase"].as_str(), &view["hears_me"][0]), (Some("live"), &json!("韩春生")));
    // Then the other as well.
    room.is_cut(HAN);
    room.sees(ZHAO, "nobody hosts", |v| v["host"]["online"] == false).await;
    room.later(TimeDelta::seconds(11));
    for who in [ZHAO, QIAN] {
        let view = room.sees(who, "parted", |v| v["phase"] == "paused").await;
        assert_eq!((&view["pause_cause"], &view["hears_me"]), (&json!("never_alone"), &json!([])));
        assert_eq!(names(&view), [who.name], "the other side is out of sight");
    }
    room.is_refused(ZHAO, json!({"type": "say", "text": "喂？"}), "not_live").await;
    room.comes(LIN).await;
    room.does(LIN, json!({"type": "resume"})).await;
    room.sees(QIAN, "as before", |v| names(v) == ["林岚", "韩春生", "赵守田", "钱永福"]).await;
    assert!(room.table.timeline().await.contains(&"session_paused".to_owned()));
}
