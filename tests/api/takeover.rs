//! The same seat in a second window: it is asked first; only a yes moves the seat, and the old window learns why.

use chrono::TimeDelta;
use serde_json::json;
use tests::dispute::{Table, coming_in};
use tests::{LiveSocket, TestApp};

#[tokio::test]
async fn a_second_window_is_asked_and_only_a_yes_moves_the_seat() {
    let app = TestApp::start().await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let (_, host) = table.host().await;
    let (mut lin, _) = app.live("林岚", table.id(), host["access_token"].as_str().unwrap()).await;
    let (_, entry) = table.comes_in(&app, "赵守田").await;
    let token = entry["access_token"].as_str().unwrap();
    let hello = |tab: &str, takeover: bool| json!({"type": "hello", "token": token, "tab": tab, "takeover": takeover});

    let mut first = LiveSocket::open("赵守田", &app.url, table.id()).await;
    first.send(&hello("kitchen", false)).await;
    first.expect("snapshot").await;
    let zhao = table.seat("赵守田");
    let here = |view: &serde_json::Value| {
        view["corridor"]["areas"][0]["seats"]
            .as_array()
            .unwrap()
            .iter()
            .any(|s| s["id"] == zhao && s["online"] == true)
    };
    lin.view_where("赵守田 is here", here).await;
    lin.forget();

    // Another window without a yes: refused, and nobody notices anything.
    let mut second = LiveSocket::open("赵守田 again", &app.url, table.id()).await;
    second.send(&hello("parlour", false)).await;
    assert_eq!(second.expect("bye").await["code"], "in_use_elsewhere");
    first.send(&json!({"type": "ping"})).await;
    first.expect("pong").await;
    lin.expect_nothing().await;

    // The same window coming back after its network broke needs no yes.
    let mut back = LiveSocket::open("赵守田, same window", &app.url, table.id()).await;
    back.send(&hello("kitchen", false)).await;
    back.expect("snapshot").await;
    assert_eq!(first.expect("bye").await["code"], "moved_to_other_device");

    // With a yes the seat moves; the old window is told why and may do nothing any more.
    let mut third = LiveSocket::open("赵守田, moved", &app.url, table.id()).await;
    third.send(&hello("parlour", true)).await;
    third.expect("snapshot").await;
    assert_eq!(back.expect("bye").await["code"], "moved_to_other_device");
    third.command(json!({"type": "hand", "up": true})).await;
}

/// T3: the link in another phone. It gets a number and learns nothing else; the person's own phone, or the mediator who has
/// called the person, lets it in. Then the former phone is out, on the live wire, at the door and with its tokens.
#[tokio::test]
async fn t3_another_phone_asks_and_gets_the_seat_by_the_persons_own_word() {
    let app = TestApp::start().await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let (_, host) = table.host().await;
    let (mut lin, _) = app.live("林岚", table.id(), host["access_token"].as_str().unwrap()).await;
    let link = format!("/join/{}", table.link("赵守田").await);
    let phone = app.anybody("赵守田");
    let entry = phone.post_json(&link, &coming_in()).await.ok();
    let (mut zhao, _) = app.live("赵守田", table.id(), entry["access_token"].as_str().unwrap()).await;
    let (_, other) = table.comes_in(&app, "钱永福").await;
    let (mut qian, _) = app.live("钱永福", table.id(), other["access_token"].as_str().unwrap()).await;
    let seat = table.seat("赵守田");
    lin.view_where("both are here", |v| {
        v["corridor"]["areas"][0]["seats"].as_array().is_some_and(|s| s.len() == 2)
    })
    .await;
    phone.post_json(&format!("{link}/move"), &json!({})).await.refused(409, "link_opens_here");

    qian.forget();
    // A stranger with the forwarded link: a number, and not a name.
    let stranger = app.anybody("whoever got the link forwarded");
    let asked = stranger.post_json(&format!("{link}/move"), &json!({})).await.ok();
    assert_eq!(asked.as_object().unwrap().len(), 1, "{asked}");
    let number = asked["code"].as_str().unwrap();
    zhao.view_where("the question", |v| v["mine"]["device_asks"] == number).await;
    zhao.command(json!({"type": "answer_device", "seat": seat, "code": number, "yes": false})).await;
    stranger.get(&link).await.refused(409, "link_bound_elsewhere");

    // His own tablet.
    let tablet = app.anybody("赵守田 at his tablet");
    let asked = tablet.post_json(&format!("{link}/move"), &json!({})).await.ok();
    let number = asked["code"].as_str().unwrap().to_owned();
    tablet.get(&link).await.refused(409, "link_bound_elsewhere");
    qian.expect_nothing().await;
    qian.refused(json!({"type": "answer_device", "seat": seat, "code": number, "yes": true}), "host_only")
        .await;
    zhao.view_where("the question again", |v| v["mine"]["device_asks"] == *number).await;
    zhao.send(&json!({"type": "command", "id": 99, "command": {"type": "answer_device", "seat": seat, "code": number, "yes": true}}))
        .await;
    assert_eq!(zhao.expect("bye").await["code"], "moved_to_other_device");
    let door = tablet.get(&link).await.ok();
    assert_eq!(door["bound"], true);
    let entry = tablet.post_json(&link, &coming_in()).await.ok();
    let (mut zhao, snapshot) = app.live("赵守田", table.id(), entry["access_token"].as_str().unwrap()).await;
    assert_eq!(snapshot["view"]["me"]["id"], seat);
    phone.get(&link).await.refused(409, "link_bound_elsewhere");
    stranger.get(&link).await.refused(409, "link_bound_elsewhere");

    // The tablet falls into the pond: the mediator has him on the telephone and reads the number back.
    let third = app.anybody("赵守田 at his daughter's phone");
    let number =
        third.post_json(&format!("{link}/move"), &json!({})).await.ok()["code"].as_str().unwrap().to_owned();
    let wanted =
        |v: &serde_json::Value| v["corridor"].to_string().contains(&format!("\"device_asks\":\"{number}\""));
    lin.view_where("the number at the desk", wanted).await;
    lin.command(json!({"type": "answer_device", "seat": seat, "code": number, "yes": true})).await;
    assert_eq!(zhao.expect("bye").await["code"], "moved_to_other_device");
    assert_eq!(third.get(&link).await.ok()["bound"], true);
    qian.expect_nothing().await;
}

/// What was stolen of the former phone is worth nothing: its tokens end with the move, on both wires.
#[tokio::test]
async fn t3_the_former_phones_tokens_end_with_the_move() {
    let app = TestApp::start().await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let link = format!("/join/{}", table.link("赵守田").await);
    let phone = app.anybody("赵守田");
    let old = phone.post_json(&link, &coming_in()).await.ok();
    let old_seat = phone.clone().with_token(old["access_token"].as_str().unwrap());
    let hearing = format!("/sessions/{}/hearing", table.id());
    old_seat.get(&hearing).await.ok();
    let tablet = app.anybody("his tablet");
    app.clock.advance(TimeDelta::seconds(2)); // tokens tell their time in whole seconds
    let number =
        tablet.post_json(&format!("{link}/move"), &json!({})).await.ok()["code"].as_str().unwrap().to_owned();
    let (_, host) = table.host().await;
    let (mut lin, _) = app.live("林岚", table.id(), host["access_token"].as_str().unwrap()).await;
    lin.command(json!({"type": "answer_device", "seat": table.seat("赵守田"), "code": number, "yes": true}))
        .await;
    old_seat.get(&hearing).await.refused(410, "link_revoked");
    let new = tablet.post_json(&link, &coming_in()).await.ok();
    tablet.with_token(new["access_token"].as_str().unwrap()).get(&hearing).await.ok();
}
