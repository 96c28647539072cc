//! The same seat in a second window: it is asked first; only a yes moves the seat, and the old window learns why.

use serde_json::json;
use tests::dispute::Table;
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
