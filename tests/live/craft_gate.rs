//! Behind the release gate: what was confided, sealed bids, the blind proposal; and lines that reach whom the voice
//! reaches.

use serde_json::{Value, json};

use crate::room::{HAN, LIN, MA, QIAN, Room, TANG, ZHAO};

fn confidence(view: &Value) -> &Value {
    &view["mine"]["confidences"][0]
}
fn offer(view: &Value) -> &Value {
    &view["mine"]["offers"][0]
}

#[tokio::test]
async fn a_confidence_crosses_only_by_the_confiders_own_tap_in_the_exact_words() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, QIAN]).await;
    let words = "一千八可以，别说是我先提的";
    let confide = json!({"type": "confide", "seat": room.seat(ZHAO), "text": words});
    room.is_refused(LIN, confide.clone(), "not_in_private_with").await;
    room.does(LIN, room.caucus(&[ZHAO])).await;
    room.quiet().await;
    room.does(LIN, confide).await;
    room.sees(ZHAO, "the note", |v| confidence(v)["seal"] == "sealed" && confidence(v)["text"] == words)
        .await;
    room.told_only(&[LIN, ZHAO]).await; // the co-mediator was not in the room
    let convey = json!({"type": "convey", "confidence": 1, "seats": room.ids(&[QIAN])});
    let release = |text: &str, go: bool| json!({"type": "release", "confidence": 1, "text": text, "go": go});
    room.is_refused(LIN, convey.clone(), "sealed").await;
    room.is_refused(LIN, release(words, true), "confider_only").await;
    room.is_refused(QIAN, release(words, true), "unknown_confidence").await;
    room.is_refused(HAN, convey.clone(), "unknown_confidence").await;
    room.is_refused(ZHAO, release("一千八可以", true), "other_words").await;
    room.told_only(&[]).await;
    room.does(ZHAO, release(words, true)).await;
    room.sees(LIN, "released", |v| confidence(v)["seal"] == "released").await;
    room.does(ZHAO, release(words, false)).await;
    room.is_refused(LIN, convey.clone(), "sealed").await;
    room.does(ZHAO, release(words, true)).await;
    room.told_only(&[LIN, ZHAO]).await;
    room.knows_nothing_of(QIAN, &[words]).await;
    room.does(LIN, convey).await;
    let view = room.sees(QIAN, "the words", |v| confidence(v)["text"] == words).await;
    assert!(confidence(&view)["of"].is_null(), "not who said it");
    room.told_only(&[LIN, ZHAO, QIAN]).await;
    room.is_refused(ZHAO, release(words, false), "already_conveyed").await;
    room.knows_nothing_of(HAN, &[words]).await;
}

#[tokio::test]
async fn sealed_bids_open_together_and_the_mediator_does_not_peep() {
    let mut room = Room::together(&[LIN, ZHAO, QIAN, MA]).await;
    let put = |seats: Vec<domain::SeatId>| json!({"type": "put_offer", "kind": "bids", "text": "墙面修补费多少？", "seats": seats});
    room.is_refused(ZHAO, put(room.ids(&[ZHAO, QIAN])), "host_only").await;
    room.is_refused(LIN, put(room.ids(&[ZHAO])), "both_sides_needed").await;
    room.does(LIN, put(room.ids(&[ZHAO, QIAN]))).await;
    room.sees(QIAN, "the question", |v| offer(v)["asked"] == true).await;
    room.told_only(&[LIN, ZHAO, QIAN]).await; // the third party is not asked
    let bid = |fen: u64| json!({"type": "answer_offer", "offer": 1, "answer": fen});
    room.does(ZHAO, bid(180_000)).await;
    let view = room.sees(LIN, "one answer", |v| offer(v)["answered"] == 1).await;
    assert!(offer(&view)["bids"].is_null() && !view.to_string().contains("180000"), "{view}");
    room.told_only(&[LIN, ZHAO]).await; // the other side does not even learn that there is one
    room.is_refused(ZHAO, bid(170_000), "already_answered").await;
    room.is_refused(MA, bid(1), "unknown_offer").await;
    room.does(QIAN, bid(120_000)).await;
    for who in [LIN, ZHAO, QIAN] {
        let view = room.sees(who, "both bids", |v| offer(v)["bids"].is_array()).await;
        let bids = offer(&view)["bids"].as_array().unwrap();
        assert!(bids.contains(&json!({"side": "applicant", "fen": 180_000})), "{bids:?}");
        assert!(bids.contains(&json!({"side": "respondent", "fen": 120_000})), "{bids:?}");
    }
    room.told_only(&[LIN, ZHAO, QIAN]).await;
    room.is_refused(LIN, json!({"type": "withdraw_offer", "offer": 1}), "offer_complete").await;
    room.knows_nothing_of(MA, &["180000", "120000"]).await;
}

#[tokio::test]
async fn who_said_yes_to_a_failed_proposal_is_never_known() {
    let mut room = Room::together(&[LIN, ZHAO, QIAN]).await;
    let seats = room.ids(&[ZHAO, QIAN]);
    let put = |text: &str| json!({"type": "put_offer", "kind": "proposal", "text": text, "seats": seats});
    room.does(LIN, put("各让一步：一千五，五月底前付清")).await;
    room.quiet().await;
    let answer = |offer: u32, yes: u8| json!({"type": "answer_offer", "offer": offer, "answer": yes});
    room.does(ZHAO, answer(1, 1)).await;
    room.told_only(&[LIN, ZHAO]).await;
    room.does(QIAN, answer(1, 0)).await;
    for who in [LIN, QIAN] {
        let view = room.sees(who, "it failed", |v| offer(v)["accepted"] == false).await;
        let mine = if who.name == QIAN.name { json!(0) } else { json!(null) };
        assert_eq!((&offer(&view)["mine"], &offer(&view)["bids"]), (&mine, &json!(null)));
    }
    // One that is taken back before all answered stays sealed for ever.
    room.does(LIN, put("一千六")).await;
    room.does(QIAN, answer(2, 1)).await;
    room.quiet().await;
    room.does(LIN, json!({"type": "withdraw_offer", "offer": 2})).await;
    room.is_refused(ZHAO, answer(2, 1), "offer_withdrawn").await;
    let view = room.comes(ZHAO).await["view"].clone();
    assert_eq!(
        (&view["mine"]["offers"][1]["withdrawn"], &view["mine"]["offers"][1]["accepted"]),
        (&json!(true), &json!(null))
    );
}

#[tokio::test]
async fn a_line_reaches_whom_the_voice_reaches_then_and_later() {
    let mut room = Room::together(&[LIN, HAN, ZHAO, QIAN, TANG]).await;
    room.does(ZHAO, json!({"type": "say", "text": "大家好"})).await;
    for who in [LIN, HAN, QIAN, TANG] {
        assert_eq!(room.socket(who).expect("line").await["line"]["text"], "大家好");
    }
    room.does(LIN, room.caucus(&[QIAN, TANG])).await;
    room.quiet().await;
    room.does(QIAN, json!({"type": "say", "text": "我其实愿意付"})).await;
    for who in [LIN, TANG] {
        assert_eq!(room.socket(who).expect("line").await["line"]["name"], "钱永福");
    }
    room.told_only(&[LIN, TANG, QIAN]).await;
    room.does(LIN, json!({"type": "close_caucus", "area": "caucus-1"})).await;
    // Together again, old lines do not follow; those it reached find them after a reload.
    room.knows_nothing_of(ZHAO, &["我其实愿意付"]).await;
    room.knows_nothing_of(HAN, &["我其实愿意付"]).await;
    let lines = room.comes(TANG).await["lines"].to_string();
    assert!(lines.contains("大家好") && lines.contains("我其实愿意付"), "{lines}");
    room.does(LIN, room.shift(ZHAO, "lobby")).await;
    room.quiet().await;
    room.is_refused(ZHAO, json!({"type": "say", "text": "有人吗"}), "nobody_reads").await;
    room.told_only(&[]).await;
}
