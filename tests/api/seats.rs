//! What a sitting gets from the case file: the opening that gates the start, who goes with whom, who may never meet, and
//! the private question about safety.

use serde_json::{Value, json};
use tests::dispute::Table;
use tests::{LiveSocket, Person, TestApp};

/// 林岚 and both parties on the live wire; nobody is let in yet.
async fn at_the_door(app: &TestApp, table: &Table) -> (LiveSocket, LiveSocket, LiveSocket) {
    let (_, lin) = table.host().await;
    let (_, zhao) = table.comes_in(app, "赵守田").await;
    let (_, qian) = table.comes_in(app, "钱永福").await;
    let sit = async |name: &str, entry: &Value| {
        app.live(name, table.id(), entry["access_token"].as_str().unwrap()).await.0
    };
    (sit("林岚", &lin).await, sit("赵守田", &zhao).await, sit("钱永福", &qian).await)
}

async fn add(lin: &Person, table: &Table, seat: Value) -> tests::Reply {
    lin.post_json(&table.path("/seats"), &seat).await
}

#[tokio::test]
async fn r08_a_sitting_of_the_case_file_does_not_start_before_its_opening_is_done() {
    let app = TestApp::start().await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let (mut lin, _zhao, _qian) = at_the_door(&app, &table).await;
    lin.refused(json!({"type": "start"}), "opening_incomplete").await;
    lin.begins().await;
    assert_eq!(table.dispute.read().await["state"], "mediating");
    let happened = table.dispute.happened().await;
    assert_eq!(happened.iter().filter(|kind| *kind == "opening_item_done").count(), 3);
    assert_eq!(happened.iter().filter(|kind| *kind == "identity_checked").count(), 2);
}

#[tokio::test]
async fn r32_a_yes_to_the_private_question_is_the_mediators_alone_and_holds_for_the_next_sitting() {
    let app = TestApp::start().await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let (mut lin, mut zhao, mut qian) = at_the_door(&app, &table).await;
    lin.begins().await;
    let asked = qian.view_where("the question", |view| view["mine"]["safety_question"] == true).await;
    assert_eq!(asked["me"]["private"]["afraid"], json!(null));
    lin.refused(json!({"type": "answer_safety", "afraid": true}), "not_asked").await;
    // Everything that was said before is read: from here on 赵守田 must hear of nothing.
    zhao.expect("view").await;
    zhao.send(&json!({"type": "ping"})).await;
    zhao.expect("pong").await;
    zhao.forget();
    qian.command(json!({"type": "answer_safety", "afraid": true})).await;
    let view = lin.view_where("apart", |view| view["corridor"]["kept_apart"] == true).await;
    let lobby = view["corridor"]["areas"][0]["seats"].as_array().unwrap().clone();
    let word = |name: &str| lobby.iter().find(|s| s["name"] == name).unwrap()["private"]["afraid"].clone();
    assert_eq!((word("钱永福"), word("赵守田")), (json!(true), json!(null)));
    zhao.expect_nothing().await;
    let admit = |name: &str| json!({"type": "admit", "seat": table.seat(name)});
    lin.command(admit("赵守田")).await;
    lin.refused(admit("钱永福"), "kept_apart").await;

    // What was done stands in the sitting's facts; the timeline, which others read, names nobody.
    lin.command(json!({"type": "report_safety", "seat": table.seat("钱永福"), "action": "已报东关派出所"}))
        .await;
    let timeline = table.dispute.mediator.get(&table.dispute.path("/timeline")).await.ok();
    let line = timeline["items"].as_array().unwrap().iter().find(|i| i["kind"] == "safety_handled").unwrap();
    assert!(
        !line.to_string().contains(table.seat("钱永福")) && !line.to_string().contains("派出所"),
        "{line}"
    );

    // The next sitting of the case begins apart.
    let new = json!({"scheduled_at": app.state.clock.now() + chrono::TimeDelta::days(7)});
    let next = table.dispute.mediator.post_json(&table.dispute.path("/sessions"), &new).await.ok();
    let id = next["id"].as_str().unwrap();
    let entry = table.dispute.mediator.post_json(&format!("/sessions/{id}/enter"), &json!({})).await.ok();
    let (mut lin, snapshot) = app.live("林岚", id, entry["access_token"].as_str().unwrap()).await;
    assert_eq!(snapshot["view"]["corridor"]["kept_apart"], true);
    lin.command(json!({"type": "allow_joint", "reason": "双方书面要求，社工在场"})).await;
    lin.view_where("together", |view| view["corridor"]["kept_apart"] == false).await;
}

#[tokio::test]
async fn two_who_may_never_meet_are_kept_apart_by_the_table() {
    let app = TestApp::start().await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let lin = &table.dispute.mediator;
    let pair = json!({"a": table.seat("赵守田"), "b": table.seat("钱永福")});
    let path = table.path("/screens");
    let alone = json!({"a": table.seat("赵守田"), "b": table.seat("赵守田")});
    lin.post_json(&path, &alone).await.refused(422, "not_a_pair");
    app.staff("mediator_dg").await.post_json(&path, &pair).await.refused(404, "not_found");
    for _ in 0..2 {
        assert_eq!(lin.post_json(&path, &pair).await.status, 204);
    }
    let session = lin.get(&table.path("")).await.ok();
    assert_eq!(session["screens"].as_array().unwrap().len(), 1);
    let screened = table.dispute.happened().await.iter().filter(|kind| *kind == "screened").count();
    assert_eq!(screened, 1, "said twice, written once");

    let (mut lin, _zhao, _qian) = at_the_door(&app, &table).await;
    lin.begins().await;
    lin.command(json!({"type": "admit", "seat": table.seat("赵守田")})).await;
    lin.refused(json!({"type": "admit", "seat": table.seat("钱永福")}), "screened").await;
}

#[tokio::test]
async fn who_goes_with_somebody_has_their_seat_tied_to_it() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let lin = &table.dispute.mediator;
    let helper = |side: &str, lead: Option<&str>| json!({"role": "helper", "side": side, "name": "田小满", "bound_to": lead});
    add(lin, &table, helper("applicant", None)).await.refused(422, "bound_seat_invalid");
    add(lin, &table, helper("respondent", Some(table.seat("赵守田"))))
        .await
        .refused(422, "bound_seat_invalid");
    add(lin, &table, helper("neutral", Some(table.seat("林岚")))).await.refused(422, "bound_seat_invalid");
    let seat = add(lin, &table, helper("applicant", Some(table.seat("赵守田")))).await.ok();
    assert_eq!(seat["bound_to"], table.seat("赵守田"));
    let chain = json!({"role": "interpreter", "side": "neutral", "name": "央金", "bound_to": seat["id"]});
    add(lin, &table, chain).await.refused(422, "bound_seat_invalid");
    let entry = lin.post_json(&table.path("/enter"), &json!({})).await.ok();
    let (_, snapshot) = app.live("林岚", table.id(), entry["access_token"].as_str().unwrap()).await;
    let seats = snapshot["view"]["corridor"]["areas"][0]["seats"].as_array().unwrap().clone();
    let tied = seats.iter().find(|s| s["name"] == "田小满").unwrap();
    assert_eq!(tied["private"]["bound_to"], table.seat("赵守田"));
}

#[tokio::test]
async fn r30_a_lawyer_is_never_on_both_sides_of_a_case() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let lin = &table.dispute.mediator;
    let lawyer = |side: &str| json!({"role": "lawyer", "side": side, "name": "孙律师"});
    add(lin, &table, lawyer("applicant")).await.ok();
    add(lin, &table, lawyer("respondent")).await.refused(409, "conflict_of_interest");
    add(lin, &table, lawyer("neutral")).await.refused(409, "conflict_of_interest");
}
