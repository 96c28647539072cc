//! The duty roster: who may read it, who may change it, and what a line must be.

use domain::Expert;
use serde_json::{Value, json};
use tests::dispute::Table;
use tests::{TestApp, duty};

#[tokio::test]
async fn a_director_keeps_the_roster_of_the_own_town_and_nobody_elses() {
    let app = TestApp::start().await;
    let director = app.staff("director").await;
    let line = duty::put(&app, &director, "lawyer", Expert::Lawyer, "").await;
    assert_eq!(
        (&line["name"], &line["on_duty"], &line["own"]),
        (&json!("许明达"), &json!(true), &json!(true))
    );
    let path = format!("/duty/{}", line["id"].as_str().unwrap());
    let roster = director.get("/duty").await.ok();
    let lawyer = roster["staff"].as_array().unwrap().iter().find(|s| s["name"] == "许明达").unwrap();
    assert_eq!(lawyer["experts"], json!(["lawyer", "interpreter"]));
    let change = json!({
        "staff_id": line["staff_id"], "expert": "lawyer", "residency": "rotating", "days": [2, 4],
        "from": "09:00", "until": "17:30",
    });
    let changed = director.put_json(&path, &change).await.ok();
    assert_eq!((&changed["days"], &changed["from"]), (&json!([2, 4]), &json!("09:00")));

    // The mediator reads it, whom the lawyer serves; nobody but directors and the administrator changes it.
    let read = app.staff("mediator").await.get("/duty").await.ok();
    assert_eq!((read["items"].as_array().unwrap().len(), read["staff"].as_array().unwrap().len()), (1, 0));
    for who in ["mediator", "clerk", "lawyer", "counsellor", "incident_desk", "grid_worker", "liaison"] {
        let person = app.staff(who).await;
        person.put_json(&path, &change).await.refused(403, "not_allowed");
        person.post_json("/duty", &change).await.refused(403, "not_allowed");
        person.delete(&path).await.refused(403, "not_allowed");
    }
    for who in ["lawyer", "incident_desk"] {
        app.staff(who).await.get("/duty").await.refused(403, "not_allowed");
    }
    let tang = app.staff("director_dg").await;
    tang.put_json(&path, &change).await.refused(404, "not_found");
    tang.delete(&path).await.refused(404, "not_found");
    tang.post_json("/duty", &change).await.refused(422, "staff_unknown");
    assert_eq!(tang.get("/duty").await.ok()["items"], json!([]));
    assert_eq!(app.staff("admin").await.delete(&path).await.status, 204, "the county is above");
    director.delete(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_line_that_cannot_be_is_refused() {
    let app = TestApp::start().await;
    let director = app.staff("director").await;
    let id = async |who: &str| app.staff(who).await.get("/me").await.ok()["id"].clone();
    let line = |staff: &Value, expert: &str| {
        json!({
            "staff_id": staff, "expert": expert, "residency": "resident", "days": [1], "from": "09:00",
            "until": "17:30",
        })
    };
    let with = |mut line: Value, key: &str, value: Value| {
        line[key] = value;
        line
    };
    let (lawyer, liaison) = (id("lawyer").await, id("liaison").await);
    for (line, code) in [
        (line(&lawyer, "counsellor"), "expert_unfit"),
        (line(&liaison, "liaison"), "department_missing"),
        (with(line(&lawyer, "lawyer"), "days", json!([])), "hours_invalid"),
        (with(line(&lawyer, "lawyer"), "until", json!("08:00")), "hours_invalid"),
        (with(line(&liaison, "liaison"), "department", json!("局".repeat(61))), "text_too_long"),
        (line(&json!("00000000-0000-7000-8000-00000000dead"), "lawyer"), "staff_unknown"),
    ] {
        director.post_json("/duty", &line).await.refused(422, code);
    }
}

#[tokio::test]
async fn the_host_sees_who_can_be_rung_and_who_can_be_seated() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    duty::put(&app, &app.staff("director").await, "lawyer", Expert::Lawyer, "").await;
    let lin = &table.dispute.mediator;
    let duty = lin.get(&table.path("/duty")).await.ok();
    assert_eq!(
        (&duty["items"][0]["name"], &duty["items"][0]["conflict"], &duty["items"][0]["busy"]),
        (&json!("许明达"), &json!(null), &json!(false))
    );
    app.staff("mediator2").await.get(&table.path("/duty")).await.refused(404, "not_found");
    app.staff("clerk").await.get(&table.path("/duty")).await.refused(403, "not_allowed");

    let colleagues = lin.get(&table.path("/colleagues")).await.ok();
    let of = |name: &str| {
        let all = colleagues["items"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).cloned()
    };
    assert_eq!(of("韩春生").unwrap()["seats"][0], "co_mediator");
    assert_eq!(of("林岚").unwrap()["seated"], true);
    assert_eq!(of("苏禾").unwrap()["seats"], json!(["clerk"]));
    assert!(of("郭守成").is_none() && of("值守席").is_none(), "they see no content");
    assert!(of("马会民").is_none(), "another township's");
    assert!(of("秦若溪").is_some(), "the county's");
    app.staff("director_dg").await.get(&table.path("/colleagues")).await.refused(404, "not_found");
}
