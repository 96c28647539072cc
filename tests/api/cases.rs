//! 林岚 registers a quarrel of neighbours, asks the parties, accepts the case; each office sees what it may.

use chrono::TimeDelta;
use serde_json::json;
use tests::TestApp;
use tests::dispute::{Dispute, application};

#[tokio::test]
async fn a_case_is_registered_and_reads_back_with_covered_particulars() {
    let app = TestApp::start().await;
    let dispute = Dispute::register(&app).await;
    let case = &dispute.case;
    assert_eq!(case["state"], "registered");
    assert_eq!(case["light"], "green");
    assert!(case["register_no"].as_str().unwrap().ends_with("石桥登字第1号"), "{case}");
    assert_eq!(case["mediator"]["name"], "林岚");
    assert_eq!(case["first_receiver"], "林岚");
    assert_eq!(case["number"], json!(null));

    let zhao = &case["parties"][0];
    assert_eq!((&zhao["name"], &zhao["side"]), (&json!("赵守田"), &json!("applicant")));
    assert_eq!(zhao["phone_masked"], "000****0017");
    assert_eq!(zhao["id_masked"], "990*************17");
    assert_eq!(zhao["age"], json!(67), "from the identity number");
    assert_eq!(case["parties"][1]["age"], json!(52), "as told");
    let text = case.to_string();
    assert!(
        !text.contains("00013800017") && !text.contains("990000195903070017"),
        "nothing is left uncovered"
    );

    assert_eq!(dispute.read().await, *case);
    let rows = dispute.mediator.get("/cases?q=守田&state=registered&kind=neighbour").await.ok();
    assert_eq!(rows["items"][0]["id"], case["id"]);
    assert_eq!(rows["items"][0]["next_step"], "accept");
    assert_eq!(rows["items"][0]["parties"], json!(["赵守田", "钱永福"]));
    let none = dispute.mediator.get("/cases?light=red").await.ok();
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_with_a_code_for_each_fault() {
    let app = TestApp::start().await;
    let lin = app.staff("mediator").await;
    let with = |field: &str, value: serde_json::Value| {
        let mut new = application();
        new[field] = value;
        new
    };
    let refused = async |body: &serde_json::Value, code: &str| {
        lin.post_json("/cases", body).await.refused(422, code);
    };
    refused(&with("title", json!("  ")), "title_invalid").await;
    refused(&with("kind", json!("war")), "body_invalid").await;
    refused(&with("applicant", json!({"name": ""})), "name_invalid").await;
    refused(&with("applicant", json!({"name": "赵守田", "phone": "打给我"})), "phone_invalid").await;
    refused(
        &with("applicant", json!({"name": "赵守田", "id_number": "990000199702310010"})),
        "id_number_invalid",
    )
    .await;
    refused(&with("facts", json!("长".repeat(20_001))), "text_too_long").await;
    assert_eq!(lin.get("/cases").await.ok()["items"], json!([]), "nothing of it was kept");
}

#[tokio::test]
async fn a_double_click_registers_once() {
    let app = TestApp::start().await;
    let lin = app.staff("mediator").await;
    let application = application();
    let click = async || lin.post_once("/cases", "one click", &application).await;
    let (a, b, c) = tokio::join!(click(), click(), click());
    assert_eq!(a.status, 201);
    assert_eq!(a.ok()["id"], b.ok()["id"]);
    assert_eq!(a.ok()["id"], c.ok()["id"]);
    assert_eq!(lin.get("/cases").await.ok()["items"].as_array().unwrap().len(), 1);

    let mut other = application.clone();
    other["title"] = json!("另一件事");
    lin.post_once("/cases", "one click", &other).await.refused(422, "idempotency_key_reused");
    let clerk = app.staff("clerk").await;
    let theirs = clerk.post_once("/cases", "one click", &other).await.ok();
    assert_ne!(theirs["id"], a.ok()["id"], "a key is the caller's own");
}

#[tokio::test]
async fn r1_a_case_is_accepted_only_when_every_party_agreed() {
    let app = TestApp::start().await;
    let dispute = Dispute::register(&app).await;
    let accept = async || dispute.mediator.post_json(&dispute.path("/accept"), &json!({})).await;
    let problem = accept().await.refused(409, "consent_missing");
    assert_eq!(problem["params"]["parties"], json!(["赵守田", "钱永福"]));

    dispute.says(0, "mediation", true).await;
    dispute.says(1, "mediation", false).await;
    let problem = accept().await.refused(409, "mediation_refused");
    assert_eq!(problem["params"]["parties"], json!(["钱永福"]));

    let qian = dispute.says(1, "mediation", true).await;
    assert_eq!(qian["consents"][0]["given"], true);
    let case = accept().await.ok();
    assert_eq!(case["state"], "accepted");
    assert!(case["due_at"].as_str() > case["accepted_at"].as_str());
    accept().await.refused(409, "wrong_state");
    let happened = dispute.happened().await;
    let expected = ["case_registered", "consent_given", "consent_refused", "consent_given", "case_accepted"];
    assert_eq!(happened, expected);
}

#[tokio::test]
async fn r2_a_refusal_after_acceptance_ends_the_case() {
    let app = TestApp::start().await;
    let dispute = Dispute::accepted(&app).await;
    dispute.says(1, "mediation", false).await;
    assert_eq!(dispute.read().await["state"], "failed");
    let tomorrow = app.state.clock.now() + TimeDelta::days(1);
    let session =
        dispute.mediator.post_json(&dispute.path("/sessions"), &json!({"scheduled_at": tomorrow})).await;
    session.refused(409, "wrong_state");
}

#[tokio::test]
async fn r22_the_light_turns_with_the_days_and_today_shows_what_presses() {
    let app = TestApp::start().await;
    let dispute = Dispute::accepted(&app).await;
    let today = dispute.mediator.get("/today").await.ok();
    assert_eq!(today["cases_due"], json!([]));
    for (days, light) in [(26, "yellow"), (5, "red")] {
        app.clock.advance(TimeDelta::days(days));
        let lin = app.staff("mediator").await;
        let due = lin.get("/today").await.ok()["cases_due"].clone();
        assert_eq!((&due[0]["id"], &due[0]["light"]), (&dispute.case["id"], &json!(light)));
    }
}

#[tokio::test]
async fn t6_each_office_sees_what_it_may_and_foreign_is_as_absent() {
    let app = TestApp::start().await;
    let dispute = Dispute::accepted(&app).await;
    let nowhere = dispute.path("").replace(dispute.id(), "00000000-0000-7000-8000-00000000dead");

    let absent = dispute.mediator.get(&nowhere).await.refused(404, "not_found");
    for stranger in [
        "mediator2",
        "mediator_dg",
        "clerk_dg",
        "director_dg",
        "lawyer",
        "counsellor",
        "liaison",
        "admin",
        "incident_desk",
    ] {
        let stranger = app.staff(stranger).await;
        let id = dispute.id();
        for path in [dispute.path(""), dispute.path("/timeline")] {
            assert_eq!(stranger.get(&path).await.refused(404, "not_found"), absent, "{}", stranger.name);
        }
        stranger.post_json(&dispute.path("/accept"), &json!({})).await.refused(404, "not_found");
        stranger
            .post_json(&dispute.path("/parties"), &json!({"name": "某人", "side": "respondent"}))
            .await
            .refused(404, "not_found");
        let listed = stranger.get("/cases").await;
        assert!(!listed.text().contains(id), "{}", stranger.name);
    }

    let director = app.staff("director").await;
    let summary = director.get(&dispute.path("")).await.ok();
    assert_eq!(summary["state"], "accepted");
    assert_eq!(
        (&summary["facts"], &summary["requests"]),
        (&json!(""), &json!("")),
        "how it stands, not what is in it"
    );
    assert_eq!(summary["parties"][0]["phone_masked"], json!(null));
    assert_eq!(director.get("/cases").await.ok()["items"].as_array().unwrap().len(), 1);
    director
        .post_json(&dispute.path("/parties"), &json!({"name": "某人", "side": "respondent"}))
        .await
        .refused(403, "not_allowed");
    app.staff("director_county").await.get(&dispute.path("")).await.ok();

    let clerk = app.staff("clerk").await;
    assert!(clerk.get(&dispute.path("")).await.ok()["facts"].as_str().unwrap().contains("雨水倒灌"));
    clerk.post_json(&dispute.path("/accept"), &json!({})).await.refused(403, "not_allowed");

    app.staff("incident_desk").await.get("/cases").await.refused(403, "not_allowed");
    app.staff("admin").await.post_json("/cases", &application()).await.refused(403, "not_allowed");
    app.anybody("a passer-by").get(&dispute.path("")).await.refused(401, "token_missing");
}

#[tokio::test]
async fn a_clerk_receives_and_the_director_says_who_mediates() {
    let app = TestApp::start().await;
    let clerk = app.staff("clerk").await;
    let case = clerk.post_json("/cases", &application()).await.ok();
    assert_eq!((&case["mediator"], &case["first_receiver"]), (&json!(null), &json!("苏禾")));
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    let han = app.staff("mediator2").await;
    han.get(&path).await.refused(404, "not_found");

    let director = app.staff("director").await;
    let han_id = han.get("/me").await.ok()["id"].clone();
    let lawyer_id = app.staff("lawyer").await.get("/me").await.ok()["id"].clone();
    let assign = async |id, declared| {
        let body = json!({"mediator_id": id, "no_conflict_declared": declared});
        director.post_json(&format!("{path}/assign"), &body).await
    };
    assign(&lawyer_id, true).await.refused(422, "mediator_unknown");
    assign(&han_id, false).await.refused(409, "conflict_undeclared");
    assert_eq!(assign(&han_id, true).await.ok()["mediator"]["name"], "韩春生");
    assert_eq!(han.get(&path).await.ok()["first_receiver"], "苏禾", "who received it first stays on duty");
}

#[tokio::test]
async fn a_third_party_joins_later() {
    let app = TestApp::start().await;
    let dispute = Dispute::register(&app).await;
    let village = json!({"name": "老槐村村民委员会", "side": "third_party", "is_organization": true, "representative": "钱大山"});
    let reply = dispute.mediator.post_json(&dispute.path("/parties"), &village).await;
    assert_eq!(reply.status, 201);
    assert_eq!(reply.ok()["representative"], "钱大山");
    let neutral = json!({"name": "某人", "side": "neutral"});
    dispute.mediator.post_json(&dispute.path("/parties"), &neutral).await.refused(422, "side_invalid");
    assert_eq!(dispute.read().await["parties"].as_array().unwrap().len(), 3);
}
