//! 林岚 schedules a sitting, sets seats, makes and takes back links, and takes her own seat.

use chrono::TimeDelta;
use serde_json::json;
use tests::TestApp;
use tests::dispute::{Dispute, Table};

#[tokio::test]
async fn a_sitting_has_a_seat_for_the_mediator_and_for_every_party() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let seats: Vec<_> = table.session["seats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["role"].clone(), s["name"].clone()))
        .collect();
    let expected = [("mediator", "林岚"), ("applicant", "赵守田"), ("respondent", "钱永福")];
    assert_eq!(seats, expected.map(|(role, name)| (json!(role), json!(name))));
    assert_eq!(
        (&table.session["phase"], &table.session["room"]),
        (&json!("scheduled"), &json!("二号调解室"))
    );
    assert!(table.session["seats"].as_array().unwrap().iter().all(|seat| seat["link"] == "none"));

    let case = table.dispute.read().await;
    assert_eq!(case["state"], "assigned");
    assert_eq!(case["sessions"][0]["id"], table.session["id"]);
    assert_eq!(table.dispute.mediator.get(&table.path("")).await.ok(), table.session);
}

#[tokio::test]
async fn todays_sittings_stand_on_todays_page() {
    let app = TestApp::start().await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let today = table.dispute.mediator.get("/today").await.ok();
    assert_eq!(today["sessions"][0]["id"], table.session["id"]);
    assert_eq!(today["sessions"][0]["mediator"], "林岚");
    assert_eq!(today["sessions"][0]["parties"], json!(["赵守田", "钱永福"]));
    assert_eq!(app.staff("mediator2").await.get("/today").await.ok()["sessions"], json!([]));
}

#[tokio::test]
async fn a_sitting_needs_an_accepted_case_and_a_time_to_come() {
    let app = TestApp::start().await;
    let dispute = Dispute::register(&app).await;
    let at = async |dispute: &Dispute, days| {
        let body = json!({"scheduled_at": app.state.clock.now() + TimeDelta::days(days)});
        dispute.mediator.post_json(&dispute.path("/sessions"), &body).await
    };
    at(&dispute, 1).await.refused(409, "wrong_state");
    let accepted = Dispute::accepted(&app).await;
    at(&accepted, -1).await.refused(422, "time_invalid");
    at(&accepted, 400).await.refused(422, "time_invalid");
    let body = json!({"scheduled_at": app.state.clock.now() + TimeDelta::days(2)});
    let once = async || {
        accepted.mediator.post_once(&accepted.path("/sessions"), "click", &body).await.ok()["id"].clone()
    };
    assert_eq!(once().await, once().await, "a double click sets one time");
}

#[tokio::test]
async fn guests_get_seats_and_a_colleague_comes_in_by_signing_in() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let lin = &table.dispute.mediator;
    let add = async |body: serde_json::Value| lin.post_json(&table.path("/seats"), &body).await;

    add(json!({"role": "mediator", "side": "neutral", "name": "另一位"})).await.refused(422, "role_invalid");
    add(json!({"role": "clerk", "side": "applicant", "name": "苏禾"})).await.refused(422, "side_invalid");
    add(json!({"role": "applicant", "side": "applicant", "name": "陌生人"}))
        .await
        .refused(422, "party_unknown");
    add(json!({"role": "applicant", "side": "applicant", "name": "赵守田"})).await.refused(409, "seat_taken");
    let interpreter = add(json!({"role": "interpreter", "side": "applicant", "name": "央金"})).await;
    assert_eq!((interpreter.status.as_u16(), &interpreter.ok()["link"]), (201, &json!("none")));

    let counsellor = app.staff("counsellor").await;
    counsellor.get(&table.path("")).await.refused(404, "not_found");
    let id = counsellor.get("/me").await.ok()["id"].clone();
    let seat =
        add(json!({"role": "counsellor", "side": "neutral", "name": "叶清", "staff_id": id})).await.ok();
    counsellor.get(&table.path("")).await.ok();
    let entry = counsellor.post_json(&table.path("/enter"), &json!({})).await.ok();
    assert_eq!(entry["seat_id"], seat["id"]);
    assert_eq!(counsellor.get("/cases").await.ok()["items"].as_array().unwrap().len(), 1);
    counsellor.get(&table.dispute.path("/timeline")).await.refused(403, "not_allowed");

    let link = table.path(&format!("/seats/{}/link", seat["id"].as_str().unwrap()));
    lin.post_json(&link, &json!({})).await.refused(409, "seat_of_staff");
}

#[tokio::test]
async fn the_mediator_takes_her_seat_and_nobody_elses_does() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let (_, entry) = table.host().await;
    assert_eq!(entry["seat_id"], table.seat("林岚"));
    assert_eq!((&entry["session_id"], &entry["case_id"]), (&table.session["id"], &table.dispute.case["id"]));
    assert!(entry["media_url"].as_str().unwrap().starts_with("ws://127.0.0.1:"));
    assert!(!entry["media_token"].as_str().unwrap().is_empty());

    app.staff("clerk").await.post_json(&table.path("/enter"), &json!({})).await.refused(403, "not_allowed");
    app.staff("mediator2").await.post_json(&table.path("/enter"), &json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn t3_a_link_is_shown_once_and_its_state_is_seen_at_the_desk() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let lin = &table.dispute.mediator;
    let state = async || {
        let session = lin.get(&table.path("")).await.ok();
        session["seats"].as_array().unwrap().iter().find(|s| s["name"] == "赵守田").unwrap()["link"].clone()
    };
    assert_eq!(state().await, "none");
    let token = table.link("赵守田").await;
    assert!(token.len() * 4 >= 128, "hex digits of at least 128 bits");
    assert_eq!(state().await, "issued");
    let everything = [
        lin.get(&table.path("")).await.text(),
        lin.get(&table.dispute.path("")).await.text(),
        lin.get(&table.dispute.path("/timeline")).await.text(),
    ];
    assert!(everything.iter().all(|text| !text.contains(&token)), "it is nowhere else");

    table.comes_in(&app, "赵守田").await;
    assert_eq!(state().await, "bound");
    let path = table.path(&format!("/seats/{}/link", table.seat("赵守田")));
    assert_eq!(lin.delete(&path).await.status, 204);
    assert_eq!(lin.delete(&path).await.status, 204, "twice is once");
    assert_eq!(state().await, "revoked");
    app.staff("mediator_dg").await.post_json(&path, &json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn r2_a_party_who_stops_at_the_table_ends_the_case() {
    let app = TestApp::start().await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let (_, host) = table.host().await;
    let (_, zhao) = table.comes_in(&app, "赵守田").await;
    let (mut lin, _) = app.live("林岚", table.id(), host["access_token"].as_str().unwrap()).await;
    let (mut zhao, _) = app.live("赵守田", table.id(), zhao["access_token"].as_str().unwrap()).await;
    let waiting = table.dispute.mediator.get("/today").await.ok()["sessions"][0]["waiting"].clone();
    assert_eq!(waiting, json!(1), "the desk sees that somebody waits");

    lin.begins().await;
    assert_eq!(table.dispute.read().await["state"], "mediating");
    zhao.command(json!({"type": "stop"})).await;
    let case = table.dispute.read().await;
    assert_eq!((&case["state"], &case["sessions"][0]["outcome"]), (&json!("failed"), &json!("stopped")));
    assert!(table.dispute.happened().await.contains(&"session_ended".to_owned()));
}
