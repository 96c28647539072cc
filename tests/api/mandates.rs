//! Who acts for a party: what the power of attorney names, and nothing else (R28); a minor's guardian (R29).

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::TestApp;
use tests::dispute::{Dispute, Table, application};

use crate::agreement_table::{MONEY, Parlour, with_fonts};

/// 林岚 seats somebody; gives the seat.
async fn seat(table: &mut Table, role: &str, side: &str, name: &str) -> Value {
    let new = json!({"role": role, "side": side, "name": name});
    let added = table.dispute.mediator.post_json(&table.path("/seats"), &new).await.ok();
    table.session = table.dispute.mediator.get(&table.path("")).await.ok();
    added
}

async fn empowers(table: &Table, name: &str, mandate: Value) -> tests::Reply {
    let path = table.path(&format!("/seats/{}/mandate", table.seat(name)));
    table.dispute.mediator.put_json(&path, &mandate).await
}

fn special(powers: &[&str]) -> Value {
    json!({"kind": "special", "powers": powers})
}

#[tokio::test]
async fn r28_an_agent_settles_and_signs_only_with_the_power_that_names_it() {
    let mut parlour = Parlour::open().await;
    let general = seat(&mut parlour.table, "agent", "applicant", "郑敏").await;
    assert_eq!((&general["mandate"]["kind"], &general["mandate"]["powers"]), (&json!("general"), &json!([])));
    let (zheng, _) = parlour.table.comes_in(&parlour.app, "郑敏").await;
    let (mut qian, _) = parlour.app.live("钱永福", parlour.table.id(), parlour.qian.token()).await;
    let (mut lin, _) = parlour.app.live("林岚", parlour.table.id(), parlour.lin.token()).await;
    lin.begins().await;
    lin.command(json!({"type": "admit", "seat": parlour.table.seat("钱永福")})).await;
    qian.view_where("at the table", |view| view["area"]["id"] == "joint").await;
    let agreement = parlour.clause(MONEY).await;
    let clause = &agreement["clauses"][0];
    qian.expect("agreement").await;
    qian.forget();
    let refused = parlour.stance(&zheng, clause, "agree").await.refused(403, "power_missing");
    assert_eq!(refused["params"]["power"], "settle");

    // The paper is handed in: to settle, not to sign. The other side hears nothing of it.
    empowers(&parlour.table, "郑敏", special(&["admit", "settle"])).await.ok();
    qian.expect_nothing().await;
    parlour.stance(&zheng, clause, "agree").await.ok();
    parlour.stance(&parlour.qian, clause, "agree").await.ok();
    let agreed = parlour.read(&parlour.lin).await;
    assert_eq!(agreed["clauses"][0]["stances"][0]["stance"], "agree", "said for 赵守田");
    let frozen = parlour.freeze().await.ok();
    parlour.sign_with(&zheng, &frozen["text_sha256"], "000000").await.refused(403, "power_missing");
    zheng.post_json(&parlour.path("/code"), &json!({})).await.refused(403, "power_missing");

    empowers(&parlour.table, "郑敏", special(&["settle", "sign"])).await.ok();
    let signed = parlour.sign(&zheng).await.ok();
    assert_eq!(
        (&signed["required"][0]["name"], &signed["required"][0]["signed_by"]),
        (&json!("赵守田"), &json!("郑敏"))
    );
    parlour.sign_with(&parlour.zhao, &frozen["text_sha256"], "000000").await.refused(409, "already_signed");
    parlour.sign(&parlour.qian).await.ok();
    parlour.sign(&parlour.lin).await.ok();
    assert_eq!(parlour.sealed().await["state"], "effective");
    let happened = parlour.table.dispute.happened().await;
    assert_eq!(happened.iter().filter(|kind| *kind == "mandate_set").count(), 2);
}

#[tokio::test]
async fn r28_no_third_agent_no_neutral_one_and_no_power_without_its_time() {
    let app = TestApp::start().await;
    let mut table = Table::set(&app).await;
    let refused = async |table: &Table, new: Value, status: u16, code: &str| {
        table.dispute.mediator.post_json(&table.path("/seats"), &new).await.refused(status, code);
    };
    refused(&table, json!({"role": "agent", "side": "neutral", "name": "郑敏"}), 422, "side_invalid").await;
    refused(&table, json!({"role": "agent", "side": "third_party", "name": "郑敏"}), 422, "party_unknown")
        .await;
    seat(&mut table, "agent", "applicant", "郑敏").await;
    let lawyer = seat(&mut table, "lawyer", "applicant", "唐立").await;
    assert_eq!(lawyer["mandate"], json!(null), "a lawyer at one's side is no agent by that alone");
    empowers(&table, "唐立", special(&["settle"])).await.ok();
    refused(&table, json!({"role": "agent", "side": "applicant", "name": "许衡"}), 409, "too_many_agents")
        .await;
    let past =
        json!({"kind": "special", "powers": ["settle"], "until": app.state.clock.now() - TimeDelta::days(1)});
    empowers(&table, "郑敏", past).await.refused(422, "mandate_expired");
    empowers(&table, "郑敏", json!({"kind": "statutory"})).await.refused(422, "mandate_invalid");
    empowers(&table, "郑敏", json!({"kind": "general", "powers": ["settle"]}))
        .await
        .refused(422, "mandate_invalid");
    empowers(&table, "赵守田", special(&["settle"])).await.refused(422, "role_invalid");
    let path = table.path(&format!("/seats/{}/mandate", table.seat("郑敏")));
    app.staff("mediator_dg").await.put_json(&path, &special(&["settle"])).await.refused(404, "not_found");
}

#[tokio::test]
async fn r29_a_minor_has_a_guardian_at_the_table_who_settles_and_signs() {
    let app = TestApp::with(with_fonts).await;
    let mediator = app.staff("mediator").await;
    let mut new = application();
    new["respondents"][0]["age"] = json!(15);
    let case = mediator.post_json("/cases", &new).await.ok();
    let mut dispute = Dispute { mediator, case };
    for party in 0..2 {
        dispute.says(party, "mediation", true).await;
    }
    dispute.case = dispute.mediator.post_json(&dispute.path("/accept"), &json!({})).await.ok();
    let when = json!({"scheduled_at": app.state.clock.now()});
    let session = dispute.mediator.post_json(&dispute.path("/sessions"), &when).await.ok();
    let mut parlour = Parlour::at(app, Table { dispute, session }).await;

    let (mut lin, _) = parlour.app.live("林岚", parlour.table.id(), parlour.lin.token()).await;
    lin.refused(json!({"type": "start"}), "guardian_missing").await;
    let guardian = seat(&mut parlour.table, "guardian", "respondent", "钱守信").await;
    assert_eq!(guardian["mandate"]["kind"], "statutory");
    let (father, entry) = parlour.table.comes_in(&parlour.app, "钱守信").await;
    let (_father, snapshot) =
        parlour.app.live("钱守信", parlour.table.id(), entry["access_token"].as_str().unwrap()).await;
    assert_eq!(snapshot["view"]["me"]["private"]["mandate"]["kind"], "statutory");
    lin.begins().await;

    let agreement = parlour.clause(MONEY).await;
    let clause = &agreement["clauses"][0];
    parlour.stance(&parlour.qian, clause, "agree").await.refused(403, "guardian_acts");
    parlour.stance(&parlour.zhao, clause, "agree").await.ok();
    parlour.stance(&father, clause, "agree").await.ok();
    let frozen = parlour.freeze().await.ok();
    parlour.sign(&parlour.zhao).await.ok();
    parlour.sign_with(&parlour.qian, &frozen["text_sha256"], "000000").await.refused(403, "guardian_acts");
    let signed = parlour.sign(&father).await.ok();
    assert_eq!(
        (&signed["required"][1]["name"], &signed["required"][1]["signed_by"]),
        (&json!("钱永福"), &json!("钱守信"))
    );
}
