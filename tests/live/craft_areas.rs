//! Areas: one seat, one move; invited, refused, locked, knocking; consults; screens; several talks at once; a word to
//! all of them. Who is elsewhere hears nothing of it.

use serde_json::json;

use crate::room::{HAN, LIN, MA, QIAN, Room, SU, TANG, TIAN, YE, ZHAO, ZHUOMA, in_corridor};
use crate::table::names;

#[tokio::test]
async fn admitted_one_by_one_sent_back_and_called_in_again() {
    let mut room = Room::gathered(&[LIN, ZHAO, QIAN]).await;
    room.does(LIN, json!({"type": "start"})).await;
    room.quiet().await;
    room.does(LIN, room.admit(ZHAO)).await;
    room.sees(ZHAO, "the joint area", |v| v["area"]["kind"] == "joint").await;
    room.told_only(&[LIN, ZHAO]).await; // who still waits does not learn who was let in
    room.does(LIN, room.admit(QIAN)).await;
    room.sees(ZHAO, "the other side", |v| names(v).len() == 3).await;
    room.quiet().await;
    room.does(LIN, room.of("send_back", QIAN)).await;
    let view = room.sees(QIAN, "the lobby", |v| v["area"]["kind"] == "lobby").await;
    assert_eq!((names(&view), view["hears_me"].clone()), (vec!["钱永福"], json!([])));
    room.sees(ZHAO, "alone with the mediator", |v| v["hears_me"] == json!(["林岚"])).await;
    room.quiet().await;
    room.does(LIN, json!({"type": "announce", "text": ""})).await;
    room.told_only(&[]).await;
    room.does(LIN, room.admit(QIAN)).await;
    room.sees(QIAN, "the table again", |v| names(v).len() == 3).await;
    // Dismissed by the case file: out, and the way back begins in the lobby.
    room.table.state.live.hub.kick(room.table.session, room.seat(QIAN), "dismissed").await;
    room.socket(QIAN).expect_bye("dismissed").await;
    room.sees(ZHAO, "alone with the mediator", |v| v["hears_me"] == json!(["林岚"])).await;
}

#[tokio::test]
async fn asked_into_a_private_talk_one_comes_and_one_stays() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, TIAN, QIAN, TANG]).await;
    room.is_refused(LIN, json!({"type": "invite", "seats": room.ids(&[QIAN])}), "not_private").await;
    room.does(LIN, room.caucus(&[TANG])).await;
    room.quiet().await;
    room.is_refused(QIAN, json!({"type": "invite", "seats": room.ids(&[ZHAO])}), "host_only").await;
    room.does(LIN, json!({"type": "invite", "seats": room.ids(&[QIAN])})).await;
    room.sees(QIAN, "the invitation", |v| v["mine"]["invited"] == true).await;
    room.told_only(&[LIN, HAN, QIAN]).await;
    room.does(QIAN, json!({"type": "answer_invitation", "accept": false})).await;
    room.sees(LIN, "no", |v| in_corridor(v, QIAN)["private"]["invited"] == false).await;
    room.told_only(&[LIN, HAN, QIAN]).await; // nobody else learns that there was a question
    room.does(LIN, json!({"type": "invite", "seats": room.ids(&[QIAN])})).await;
    room.does(QIAN, json!({"type": "answer_invitation", "accept": true})).await;
    let view = room.sees(QIAN, "the talk", |v| v["private"] == true).await;
    assert_eq!(view["hears_me"], json!(["林岚", "唐立"]));
    let view = room.sees(ZHAO, "fewer at the table", |v| !names(v).contains(&"钱永福")).await;
    assert!(!view.to_string().contains("caucus"), "{view}");
    // The other side cannot be asked into it.
    room.does(LIN, json!({"type": "invite", "seats": room.ids(&[ZHAO])})).await;
    room.is_refused(ZHAO, json!({"type": "answer_invitation", "accept": true}), "opposed_sides").await;
}

#[tokio::test]
async fn a_locked_door_opens_by_invitation_alone_and_a_knock_is_the_hosts_to_hear() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, TIAN, QIAN]).await;
    room.does(LIN, room.caucus(&[ZHAO])).await;
    room.quiet().await;
    let lock = |on: bool| json!({"type": "lock_area", "area": "caucus-1", "on": on});
    room.is_refused(ZHAO, lock(true), "host_only").await;
    room.is_refused(LIN, json!({"type": "lock_area", "area": "joint", "on": true}), "not_private").await;
    room.does(LIN, lock(true)).await;
    room.sees(ZHAO, "the closed door", |v| v["area"]["locked"] == true).await;
    room.told_only(&[LIN, HAN, ZHAO, TIAN]).await;
    // The co-mediator stands outside of it.
    room.is_refused(HAN, room.shift(HAN, "caucus-1"), "area_locked").await;
    room.does(QIAN, json!({"type": "knock", "up": true})).await;
    room.sees(LIN, "the knock", |v| in_corridor(v, QIAN)["private"]["knock_since"].is_string()).await;
    room.told_only(&[LIN, HAN, QIAN]).await;
    room.does(QIAN, json!({"type": "knock", "up": false})).await;
    room.sees(LIN, "no knock", |v| in_corridor(v, QIAN)["private"]["knock_since"].is_null()).await;
    room.told_only(&[LIN, HAN, QIAN]).await;
    room.does(LIN, json!({"type": "invite", "seats": room.ids(&[HAN])})).await;
    room.does(HAN, json!({"type": "answer_invitation", "accept": true})).await;
    room.sees(ZHAO, "the co-mediator", |v| names(v).contains(&"韩春生")).await;
    room.does(LIN, lock(false)).await;
    room.sees(ZHAO, "the open door", |v| v["area"]["locked"] == false).await;
}

#[tokio::test]
async fn several_talks_at_once_know_nothing_of_each_other_and_one_word_reaches_them_all() {
    let people = [LIN, HAN, SU, ZHAO, TIAN, QIAN, ZHUOMA, MA];
    let mut room = Room::together(&people).await;
    room.does(LIN, room.caucus(&[ZHAO])).await;
    room.does(HAN, room.caucus(&[QIAN])).await;
    let view = room.sees(ZHAO, "a talk with the helper", |v| names(v).len() == 3).await;
    assert_eq!(view["hears_me"], json!(["林岚", "田小满"]), "who helps goes along");
    let view = room.sees(QIAN, "a talk with the interpreter", |v| names(v).len() == 3).await;
    assert_eq!(view["hears_me"], json!(["韩春生", "卓玛"]), "R39: who interprets goes along");
    room.quiet().await;
    room.does(ZHAO, json!({"type": "hand", "up": true})).await;
    room.told_only(&[LIN, HAN, ZHAO, TIAN]).await;
    room.does(QIAN, json!({"type": "say", "text": "我最多出一千五"})).await;
    room.told_only(&[HAN, QIAN, ZHUOMA]).await;
    room.knows_nothing_of(MA, &["赵守田", "钱永福", "caucus", "一千五"]).await;
    room.knows_nothing_of(ZHAO, &["钱永福", "caucus-2", "一千五"]).await;
    room.quiet().await;
    room.does(LIN, json!({"type": "announce", "text": "十分钟后回到大厅"})).await;
    for who in people {
        room.sees(who, "the word", |v| v["mine"]["announcement"]["text"] == "十分钟后回到大厅").await;
    }
    room.is_refused(ZHAO, json!({"type": "announce", "text": "听我说"}), "host_only").await;
    room.quiet().await;
    // One seat is moved; the other talk does not notice.
    room.does(LIN, room.shift(ZHAO, "joint")).await;
    room.sees(SU, "Zhao is back", |v| names(v).contains(&"赵守田")).await;
    // Never alone: no mediator is in the joint area, so another party there does not see him either.
    room.told_only(&[LIN, HAN, SU, ZHAO, TIAN]).await;
    room.is_refused(LIN, room.shift(TIAN, "consult-1"), "bound_seat").await;
}

#[tokio::test]
async fn a_consult_is_between_adviser_and_advised() {
    let mut room = Room::together(&[LIN, ZHAO, QIAN, TANG, YE]).await;
    room.does(LIN, room.shift(QIAN, "consult-1")).await;
    room.does(LIN, room.shift(TANG, "consult-1")).await;
    let view = room.sees(QIAN, "the lawyer", |v| v["hears_me"] == json!(["唐立"])).await;
    assert_eq!((view["area"]["kind"].as_str(), &view["private"]), (Some("consult"), &json!(true)));
    room.quiet().await;
    room.does(QIAN, json!({"type": "say", "text": "底线是两千"})).await;
    room.told_only(&[QIAN, TANG]).await; // not even the mediator
    room.knows_nothing_of(LIN, &["底线是两千"]).await;
    room.is_refused(LIN, room.shift(ZHAO, "consult-1"), "opposed_sides").await;
    room.does(LIN, json!({"type": "close_caucus", "area": "consult-1"})).await;
    room.sees(ZHAO, "all are back", |v| names(v).len() == 5).await;
    room.knows_nothing_of(ZHAO, &["底线是两千"]).await;
}

#[tokio::test]
async fn a_screened_pair_never_shares_an_area() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, QIAN, MA]).await;
    room.is_refused(ZHAO, json!({"type": "screen", "a": room.seat(ZHAO), "b": room.seat(MA)}), "host_only")
        .await;
    room.does(LIN, json!({"type": "screen", "a": room.seat(ZHAO), "b": room.seat(MA)})).await;
    // They shared the table: one of them is outside at once.
    room.sees(MA, "the lobby", |v| v["area"]["kind"] == "lobby").await;
    let view = room.sees(ZHAO, "without Ma", |v| !v["hears_me"].to_string().contains("马立群")).await;
    assert!(view["corridor"].is_null() && !view.to_string().contains("马立群"));
    for command in [room.admit(MA), room.shift(MA, "joint")] {
        room.is_refused(LIN, command, "screened").await;
    }
    room.quiet().await;
    room.does(MA, json!({"type": "note", "text": "为什么请我出来"})).await;
    room.told_only(&[LIN, HAN, MA]).await;
    room.knows_nothing_of(MA, &["赵守田"]).await;
    // With Zhao in a talk of his own, Ma may sit at the table.
    room.does(LIN, room.caucus(&[ZHAO])).await;
    room.does(HAN, room.admit(MA)).await;
    room.sees(MA, "the table", |v| v["area"]["kind"] == "joint").await;
    room.is_refused(LIN, json!({"type": "close_caucus", "area": "caucus-1"}), "screened").await;
    room.knows_nothing_of(ZHAO, &["马立群"]).await;
}
