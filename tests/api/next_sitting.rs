//! Adjourned to a date: the next sitting stands in the case file, with the same people and what holds between them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::TestApp;
use tests::dispute::Table;

#[tokio::test]
async fn adjourned_with_a_date_the_next_sitting_stands_in_the_case_file() {
    let app = TestApp::start().await;
    let mut table = Table::at(&app, app.state.clock.now()).await;
    let mediator = table.dispute.mediator.clone();
    let helper =
        json!({"role": "helper", "side": "applicant", "name": "田小满", "bound_to": table.seat("赵守田")});
    mediator.post_json(&table.path("/seats"), &helper).await.ok();
    let agent = json!({"role": "agent", "side": "applicant", "name": "郑敏", "mandate": {"kind": "special", "powers": ["settle"]}});
    mediator.post_json(&table.path("/seats"), &agent).await.ok();
    let pair = json!({"a": table.seat("赵守田"), "b": table.seat("钱永福")});
    mediator.post_json(&table.path("/screens"), &pair).await;
    table.session = mediator.get(&table.path("")).await.ok();

    let (_, entry) = table.host().await;
    let (mut lin, _) = app.live("林岚", table.id(), entry["access_token"].as_str().unwrap()).await;
    let (phone, zhao) = table.comes_in(&app, "赵守田").await;
    let (mut zhao, _) = app.live("赵守田", table.id(), zhao["access_token"].as_str().unwrap()).await;
    lin.begins().await;
    let next_at = app.state.clock.now() + TimeDelta::days(7);
    lin.command(json!({"type": "adjourn", "next_at": next_at})).await;
    let after = zhao.view_where("the end", |view| view["phase"] == "ended").await;
    assert!(after["mine"]["next_at"].is_string(), "the date, on the phone");

    let case = table.dispute.read().await;
    let rows = case["sessions"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "one more, and one only");
    let row = rows.iter().find(|row| row["id"] != table.id()).unwrap();
    assert_eq!((&row["phase"], &row["room"]), (&json!("scheduled"), &table.session["room"]));
    let next = mediator.get(&format!("/sessions/{}", row["id"].as_str().unwrap())).await.ok();
    let named = |name: &str| next["seats"].as_array().unwrap().iter().find(|s| s["name"] == name).unwrap();
    let people = |session: &Value| -> Vec<String> {
        session["seats"].as_array().unwrap().iter().map(|s| format!("{} {}", s["role"], s["name"])).collect()
    };
    assert_eq!(people(&next), people(&table.session));
    assert_eq!(named("田小满")["bound_to"], named("赵守田")["id"], "goes with the same person");
    assert_eq!(named("郑敏")["mandate"]["powers"], json!(["settle"]));
    assert_ne!(named("赵守田")["id"], table.seat("赵守田"));
    assert_eq!(next["screens"].as_array().unwrap().len(), 1, "who may never meet may not meet then");
    assert!(
        next["seats"].as_array().unwrap().iter().all(|seat| seat["link"] == "none"),
        "links are made anew"
    );

    // The old link opens the old sitting and no other.
    phone
        .get(&format!("/sessions/{}/agreement", row["id"].as_str().unwrap()))
        .await
        .refused(404, "not_found");
    let timeline = mediator.get(&table.dispute.path("/timeline")).await.ok();
    let told =
        timeline["items"].as_array().unwrap().iter().rfind(|i| i["kind"] == "session_scheduled").unwrap();
    assert_eq!((&told["data"]["session"], &told["data"]["follows"]), (&row["id"], &json!(table.id())));
    assert_eq!(told["actor"], "林岚");
}
