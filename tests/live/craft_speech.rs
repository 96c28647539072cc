//! Speech order: hands, the floor with a time and in quiet, silence that holds, and never a remote unmute.

use chrono::TimeDelta;
use serde_json::json;

use crate::room::{HAN, LIN, MA, QIAN, Room, ZHAO, in_area};

#[tokio::test]
async fn hands_are_in_the_order_they_went_up_and_the_floor_takes_one_down() {
    let mut room = Room::together(&[LIN, ZHAO, QIAN, MA]).await;
    room.does(LIN, room.shift(MA, "lobby")).await;
    room.quiet().await;
    room.does(QIAN, json!({"type": "hand", "up": true})).await;
    room.later(TimeDelta::seconds(1));
    room.does(ZHAO, json!({"type": "hand", "up": true})).await;
    let view = room.sees(LIN, "both hands", |v| in_area(v, ZHAO)["hand"] == true).await;
    assert!(in_area(&view, QIAN)["hand_since"].as_str() < in_area(&view, ZHAO)["hand_since"].as_str());
    room.told_only(&[LIN, ZHAO, QIAN]).await;
    room.is_refused(ZHAO, json!({"type": "give_floor", "seat": room.seat(ZHAO)}), "host_only").await;
    room.is_refused(LIN, json!({"type": "give_floor", "seat": room.seat(MA)}), "not_admitted").await;
    room.does(LIN, json!({"type": "give_floor", "seat": room.seat(QIAN)})).await;
    let view = room.sees(ZHAO, "who speaks", |v| v["area"]["floor"].is_object()).await;
    assert_eq!(view["area"]["floor"]["seat"], json!(room.seat(QIAN)));
    assert_eq!(in_area(&view, QIAN)["hand"], false);
    room.told_only(&[LIN, ZHAO, QIAN]).await;
    room.is_refused(ZHAO, json!({"type": "end_floor"}), "host_only").await;
    room.does(QIAN, json!({"type": "end_floor"})).await;
    room.sees(ZHAO, "nobody's floor", |v| v["area"]["floor"].is_null()).await;
}

#[tokio::test]
async fn a_timed_statement_in_quiet_silences_the_others_of_this_area_and_ends_by_itself() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, QIAN, MA]).await;
    room.does(HAN, room.caucus(&[MA])).await;
    room.quiet().await;
    let floor = |seconds: u32| json!({"type": "give_floor", "seat": room.seat(ZHAO), "seconds": seconds, "quiet": true});
    let (short, good) = (floor(5), floor(60));
    room.is_refused(LIN, short, "floor_time").await;
    room.does(LIN, good).await;
    room.sees(QIAN, "silence", |v| v["mine"]["silenced"] == true).await;
    let view = room.sees(ZHAO, "the floor", |v| v["area"]["floor"]["quiet"] == true).await;
    assert_eq!(view["mine"]["silenced"], false);
    room.told_only(&[LIN, HAN, ZHAO, QIAN]).await; // in the private talk nobody notices
    room.is_refused(LIN, room.of("ask_to_speak", QIAN), "silenced").await;
    room.later(TimeDelta::seconds(61));
    room.sees(QIAN, "the end of it", |v| v["mine"]["silenced"] == false && v["area"]["floor"].is_null())
        .await;
    room.sees(ZHAO, "the end of it", |v| v["area"]["floor"].is_null()).await;
}

#[tokio::test]
async fn a_lock_holds_and_a_microphone_is_opened_by_nobody_but_its_owner() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, QIAN]).await;
    let lock = |room: &Room, who, on: bool| json!({"type": "lock", "seat": room.seat(who), "on": on});
    room.is_refused(ZHAO, lock(&room, QIAN, true), "host_only").await;
    room.is_refused(LIN, lock(&room, HAN, true), "host_is_never_locked").await;
    room.is_refused(LIN, room.of("unmute", QIAN), "unknown_command").await;
    room.does(LIN, lock(&room, QIAN, true)).await;
    room.sees(QIAN, "the lock", |v| v["mine"]["silenced"] == true).await;
    room.quiet().await;
    room.does(LIN, lock(&room, QIAN, false)).await;
    room.sees(QIAN, "no lock", |v| v["mine"]["silenced"] == false).await;
    room.quiet().await;
    // Asked to open it: only the seat and the hosts know, and only the seat can do it.
    room.does(LIN, room.of("ask_to_speak", QIAN)).await;
    room.sees(QIAN, "the question", |v| v["mine"]["asked_to_speak"] == true).await;
    room.told_only(&[QIAN]).await;
    room.does(QIAN, json!({"type": "answer_ask"})).await;
    room.sees(QIAN, "answered", |v| v["mine"]["asked_to_speak"] == false).await;
    room.told_only(&[QIAN]).await;
}
