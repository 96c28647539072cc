//! Papers shown on the live wire: page, pointer and marks reach the area, and nobody outside learns that they exist.

use serde_json::{Value, json};
use tests::papers::{pdf, photo};
use tests::{LiveSocket, Person};

use crate::table::{LinLan, Qian, Table, Who, Zhao, read_up};

/// Somebody's browser, with a link that stands.
async fn person(table: &Table, who: Who) -> Person {
    let now = table.state.clock.now();
    let tx = table.state.store.begin().await.unwrap();
    if store::seat_link::of_seat(&tx, table.seat(who)).await.unwrap().is_none() {
        let (seat_id, expires_at) = (table.seat(who), now + chrono::TimeDelta::days(1));
        let id = table.state.ids.next();
        let token_hash = domain::link::hash(&format!("{who:?}"));
        let link = store::seat_link::NewLink { id, seat_id, token_hash: &token_hash, expires_at };
        store::seat_link::issue(&tx, &link, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    table.app.anybody(crate::table::name(who)).with_token(&table.token(who))
}

async fn hand_in(table: &Table, who: Who, scope: &str, name: &str, bytes: Vec<u8>) -> Value {
    let path = format!("/sessions/{}/papers", table.session);
    person(table, who).await.hand_in(&path, scope, name, bytes).await.ok()["id"].clone()
}

async fn all_read_up(sockets: [&mut LiveSocket; 3]) {
    for socket in sockets {
        read_up(socket).await;
    }
}

fn point(x: u16, y: u16) -> Value {
    json!({"type": "point", "at": {"x": x, "y": y}})
}

#[tokio::test]
async fn a_paper_is_shown_turned_pointed_at_marked_and_survives_a_reload() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    let paper = hand_in(&table, Zhao, "all", "流转合同.pdf", pdf(3, 0)).await;
    let view = qian.view_where("the paper", |v| v["papers"][0]["title"] == "流转合同").await;
    assert_eq!((&view["papers"][0]["mine"], &view["papers"][0]["owner"]), (&json!(false), &json!("赵守田")));
    zhao.view_where("my paper", |v| v["papers"][0]["mine"] == true).await;

    lin.command(json!({"type": "show_paper", "paper": paper})).await;
    lin.command(json!({"type": "turn_page", "page": 2})).await;
    let view = qian.view_where("page 2", |v| v["shown"]["page"] == 2).await;
    assert_eq!((&view["shown"]["name"], &view["shown"]["mine"]), (&json!("林岚"), &json!(false)));
    qian.refused(json!({"type": "turn_page", "page": 1}), "who_shows_turns").await;
    all_read_up([&mut lin, &mut zhao, &mut qian]).await;

    let facts = table.state.live.hub.waiting(table.session).await; // a round trip; and nothing of pointers is stored
    lin.send(&point(2500, 9999)).await;
    for socket in [&mut zhao, &mut qian] {
        let seen = socket.expect("point").await;
        assert_eq!((&seen["at"], &seen["name"]), (&json!({"x": 2500, "y": 9999}), &json!("林岚")));
    }
    lin.send(&json!({"type": "point", "at": null})).await;
    assert_eq!(facts, 0);

    qian.command(json!({"type": "mark_paper", "paper": paper, "mark": "disputed", "text": "没有这一页"}))
        .await;
    lin.command(json!({"type": "mark_paper", "paper": paper, "mark": "original_shown"})).await;
    zhao.view_where("both marks", |v| v["papers"][0]["marks"].as_array().is_some_and(|m| m.len() == 2)).await;
    let told = table.timeline().await;
    assert_eq!(told.iter().filter(|kind| *kind == "paper_marked").count(), 2, "{told:?}");

    qian.cut();
    let (_qian, snapshot) = table.sit(Qian).await;
    assert_eq!(snapshot["view"]["shown"]["page"], 2);
    assert_eq!(
        snapshot["view"]["papers"][0]["marks"][0]["text"]
            .as_str()
            .or(snapshot["view"]["papers"][0]["marks"][1]["text"].as_str()),
        Some("没有这一页")
    );
}

/// T1: handed in, shown, turned, pointed at and marked in a private talk: the other side hears nothing at all.
#[tokio::test]
async fn t1_a_paper_of_a_private_talk_does_not_exist_for_the_other_side() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    lin.command(table.caucus(Zhao)).await;
    qian.view_where("waiting", |v| v["waiting_since"].is_string()).await;
    all_read_up([&mut lin, &mut zhao, &mut qian]).await;

    let paper = hand_in(&table, Zhao, "mediator", "底价.jpg", photo(300, 200)).await;
    lin.view_where("it", |v| v["papers"][0]["title"] == "底价").await;
    lin.command(json!({"type": "show_paper", "paper": paper})).await;
    zhao.view_where("it", |v| v["shown"]["paper"] == paper).await;
    lin.send(&point(1, 1)).await;
    zhao.expect("point").await;
    lin.command(json!({"type": "mark_paper", "paper": paper, "mark": "original_shown"})).await;
    lin.command(json!({"type": "clear_table"})).await;
    qian.expect_nothing().await;
    let page = format!("/papers/{}/pages/1", paper.as_str().unwrap());
    person(&table, Qian).await.get(&page).await.refused(404, "not_found");
    for command in [
        json!({"type": "show_paper", "paper": paper}),
        json!({"type": "mark_paper", "paper": paper, "mark": "seen"}),
        json!({"type": "widen_paper", "paper": paper, "scope": "all"}),
    ] {
        qian.refused(command, "unknown_paper").await;
    }
    // The mediator may not pass it on; the owner may.
    lin.refused(json!({"type": "widen_paper", "paper": paper, "scope": "all"}), "owner_only").await;
    lin.command(json!({"type": "close_caucus", "area": "caucus-1"})).await;
    qian.view_where("together", |v| v["hears_me"].as_array().is_some_and(|h| h.len() == 2)).await;
    lin.refused(json!({"type": "show_paper", "paper": paper}), "not_for_all_here").await;
    all_read_up([&mut lin, &mut zhao, &mut qian]).await;
    qian.expect_nothing().await;
    // Control: once the owner says so, he is told, and finds the page.
    zhao.command(json!({"type": "widen_paper", "paper": paper, "scope": "all"})).await;
    qian.view_where("the paper", |v| v["papers"][0]["title"] == "底价").await;
}

/// The mediator asks for the document; the photo is compared and goes to nobody else, ever.
#[tokio::test]
async fn r09_the_photo_of_a_document_reaches_the_mediator_alone() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    all_read_up([&mut lin, &mut zhao, &mut qian]).await;
    lin.command(json!({"type": "ask_document", "seat": table.seat(Zhao)})).await;
    zhao.view_where("the question", |v| v["mine"]["document_asked"] == true).await;
    let paper = hand_in(&table, Zhao, "mediator", "身份证件", photo(300, 200)).await;
    qian.refused(json!({"type": "present_document", "paper": paper}), "unknown_paper").await;
    zhao.command(json!({"type": "present_document", "paper": paper})).await;
    let document = |v: &Value| v["corridor"].to_string().contains(&format!("\"document\":{paper}"));
    lin.view_where("the photo", document).await;
    let page = format!("/papers/{}/pages/1", paper.as_str().unwrap());
    person(&table, Qian).await.get(&page).await.refused(404, "not_found");
    let id = paper.as_str().unwrap().parse().unwrap();
    let opens = |who: Who| table.state.live.hub.paper_for(table.session, table.seat(who), id);
    assert!(opens(LinLan).await.is_ok() && opens(Qian).await.is_err());

    let check = json!({"type": "identify", "seat": table.seat(Zhao), "method": "document_on_camera", "matches": true,
        "id_tail": "0017"});
    lin.command(check).await;
    zhao.refused(json!({"type": "widen_paper", "paper": paper, "scope": "all"}), "document_for_mediator")
        .await;
    qian.expect_nothing().await;
    let tx = table.state.store.read().await.unwrap();
    let events = store::timeline::of_case(&tx, table.case).await.unwrap();
    let last = events.iter().rfind(|event| event.kind == "identity_checked").unwrap();
    assert_eq!(last.data["document"], paper, "the file says what was compared");
}

#[tokio::test]
async fn a_paper_and_its_scope_outlive_the_server() {
    let (mut table, mut lin, mut zhao, _qian) = Table::together().await;
    let paper = hand_in(&table, Zhao, "side", "院坪.jpg", photo(300, 200)).await;
    zhao.command(json!({"type": "widen_paper", "paper": paper, "scope": "all"})).await;
    lin.command(json!({"type": "show_paper", "paper": paper})).await;
    table.restart().await;
    let (mut qian, snapshot) = table.sit(Qian).await;
    assert_eq!(snapshot["view"]["papers"][0]["scope"], "all");
    let (mut lin, _) = table.sit(LinLan).await;
    if snapshot["view"]["shown"].is_null() {
        qian.view_where("the page again", |v| v["shown"]["paper"] == paper).await;
    }
    lin.command(json!({"type": "clear_table"})).await;
    let tx = table.state.store.read().await.unwrap();
    let kept = store::paper::of_case(&tx, table.case).await.unwrap();
    assert_eq!(kept[0].scope, domain::PaperScope::All);
}

/// Pointing as fast as a machine can: what is too much is passed over or ends the socket, and nobody else suffers.
#[tokio::test]
async fn t8_a_flood_of_pointers_is_passed_over() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    let paper = hand_in(&table, Zhao, "all", "院坪.jpg", photo(300, 200)).await;
    lin.command(json!({"type": "show_paper", "paper": paper})).await;
    all_read_up([&mut lin, &mut zhao, &mut qian]).await;
    for n in 0..40 {
        lin.send(&point(n, n)).await;
    }
    lin.command(json!({"type": "hand", "up": true})).await;
    qian.view_where("the hand", |v| v["area"]["seats"].to_string().contains("\"hand\":true")).await;
    qian.send(&json!({"type": "ping"})).await;
    qian.expect("pong").await;
    let seen = qian.count("point");
    assert!((1..40).contains(&seen), "{seen} of 40 places");
}
