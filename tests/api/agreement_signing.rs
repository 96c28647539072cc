//! The frozen text is read, signed by everyone who must, sealed, and handed out; an edit takes all of it back.

use chrono::TimeDelta;
use documents::{LocalKey, Verdict, verify};
use serde_json::json;
use tests::TestApp;
use tests::dispute::Table;

use crate::agreement_table::{DITCH, Parlour, with_fonts};

#[tokio::test]
async fn the_neighbours_sign_and_the_sealed_paper_hangs_on_the_case() {
    everyone_signs(Parlour::open().await).await;
}

#[tokio::test]
async fn the_neighbours_sign_on_postgres_too() {
    let url = tests::postgres::fresh().await.expect("a database");
    let app = TestApp::with(|config| {
        with_fonts(config);
        config.database.url = url;
    })
    .await;
    everyone_signs(Parlour::in_(app).await).await;
}

async fn everyone_signs(parlour: Parlour) {
    let frozen = parlour.frozen().await;
    let text = parlour.zhao.get(&parlour.path("/text")).await.ok();
    assert_eq!(text["text_sha256"], frozen["text_sha256"]);
    let paragraphs: Vec<String> = serde_json::from_value(text["paragraphs"].clone()).unwrap();
    assert_eq!(documents::Frozen::hash(&paragraphs), frozen["text_sha256"].as_str().unwrap());
    assert!(paragraphs.iter().any(|p| p.contains(DITCH)));
    let page = parlour.zhao.get(&parlour.path("/pages/1")).await;
    assert!(page.status.is_success() && page.bytes.starts_with(b"\x89PNG"));
    let beyond = format!("/pages/{}", frozen["pages"].as_i64().unwrap() + 1);
    parlour.zhao.get(&parlour.path(&beyond)).await.refused(404, "not_found");

    parlour.sign(&parlour.lin).await.refused(409, "mediator_signs_last");
    let after = parlour.sign(&parlour.zhao).await.ok();
    assert!(after["required"][0]["signed_at"].is_string() && after["required"][1]["signed_at"].is_null());
    parlour.zhao.post_json(&parlour.path("/code"), &json!({})).await.refused(409, "already_signed");
    parlour.sign_with(&parlour.zhao, &frozen["text_sha256"], "000000").await.refused(409, "already_signed");
    parlour.sign(&parlour.qian).await.ok();
    assert_eq!(parlour.sign(&parlour.lin).await.ok()["state"], "sealing");

    let effective = parlour.sealed().await;
    let last = effective["required"][2]["signed_at"].as_str().unwrap();
    assert!(effective["effective_at"].as_str().unwrap() >= last, "R15: not before the last act");
    let case = parlour.table.dispute.read().await;
    assert_eq!(case["state"], "effective");
    let document = &case["documents"][0];
    assert_eq!((&document["id"], &document["kind"]), (&effective["document_id"], &json!("agreement")));
    let happened = parlour.table.dispute.happened().await;
    let ours: Vec<_> = happened.iter().filter(|kind| kind.starts_with("agreement_")).collect();
    assert_eq!(
        ours,
        [
            "agreement_frozen",
            "agreement_signed",
            "agreement_signed",
            "agreement_signed",
            "agreement_effective"
        ]
    );

    let path = format!("/documents/{}", effective["document_id"].as_str().unwrap());
    let paper = parlour.zhao.get(&path).await;
    assert!(paper.status.is_success(), "{}", paper.text());
    let header = |name: &str| paper.headers[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment"));
    assert_eq!(
        (header("x-content-type-options").as_str(), header("content-type").as_str()),
        ("nosniff", "application/pdf")
    );
    let organization =
        std::fs::read_dir(parlour.app.state.config.seal_directory()).unwrap().next().unwrap().unwrap();
    let report = verify(&paper.bytes, &LocalKey::chain_of(&organization.path()).unwrap());
    assert_eq!(report.verdict(), Verdict::Good, "{report}");
    let printed = report.printed.unwrap();
    assert_eq!(printed.text_sha256, frozen["text_sha256"].as_str().unwrap());
    // the chain head on the paper is that of the last signature
    let timeline = parlour.table.dispute.mediator.get(&parlour.table.dispute.path("/timeline")).await.ok();
    let signed = timeline["items"]
        .as_array()
        .unwrap()
        .iter()
        .rfind(|item| item["kind"] == "agreement_signed")
        .unwrap();
    assert_eq!(printed.audit_head.as_deref(), signed["hash"].as_str());
    if let Some(folder) = std::env::var_os("ONEDOOR_LOOK") {
        std::fs::write(std::path::Path::new(&folder).join("api.pdf"), &paper.bytes).unwrap();
    }

    assert_eq!(parlour.qian.get(&path).await.bytes, paper.bytes);
    assert!(parlour.table.dispute.mediator.get(&path).await.status.is_success());
    for stranger in ["mediator2", "mediator_dg", "lawyer", "admin"] {
        parlour.app.staff(stranger).await.get(&path).await.refused(404, "not_found");
    }
    let other = Table::set(&parlour.app).await;
    other.comes_in(&parlour.app, "赵守田").await.0.get(&path).await.refused(404, "not_found");
    parlour.app.anybody("路人").get(&path).await.refused(401, "token_missing");
    parlour
        .lin
        .post_json(&parlour.path("/reopen"), &json!({"reason": "改金额"}))
        .await
        .refused(409, "agreement_final");
}

#[tokio::test]
async fn r17_a_clause_edited_while_another_signs_takes_everything_back() {
    let parlour = Parlour::open().await;
    let first = parlour.frozen().await;
    parlour.sign(&parlour.zhao).await.ok();
    let code = parlour.code(&parlour.qian).await;

    let clause = &first["clauses"][0];
    let path = parlour.path(&format!("/clauses/{}", clause["id"].as_str().unwrap()));
    let edit = json!({"text": DITCH.replace("长9米", "长10米"), "version": 1});
    parlour.lin.put_json(&path, &edit).await.refused(409, "agreement_frozen");
    parlour.lin.post_json(&parlour.path("/reopen"), &json!({"reason": " "})).await.refused(422, "text_empty");
    let reopened = parlour.lin.post_json(&parlour.path("/reopen"), &json!({"reason": "沟长有误"})).await.ok();
    assert_eq!((&reopened["state"], &reopened["number"]), (&json!("drafting"), &json!(null)));
    assert_eq!(reopened["reopened_reason"], "沟长有误");
    assert!(reopened["required"].as_array().unwrap().iter().all(|s| s["signed_at"].is_null()));
    parlour.sign_with(&parlour.qian, &first["text_sha256"], &code).await.refused(409, "text_changed");
    parlour.qian.get(&parlour.path("/text")).await.refused(409, "not_frozen");

    parlour.lin.put_json(&path, &edit).await.ok();
    parlour.all_agree().await;
    let second = parlour.freeze().await.ok();
    assert_ne!(second["text_sha256"], first["text_sha256"]);
    assert_eq!(second["number"], "（2026）石桥人调字第2号", "the first number is void and never used again");
    // the old text on his screen, the old code in his hand: neither opens the new text
    parlour.sign_with(&parlour.qian, &first["text_sha256"], &code).await.refused(409, "text_changed");
    parlour.sign_with(&parlour.qian, &second["text_sha256"], &code).await.refused(409, "code_expired");
    assert!(
        parlour.sign(&parlour.qian).await.ok()["required"][0]["signed_at"].is_null(),
        "赵守田 must sign anew"
    );
}

#[tokio::test]
async fn r17_a_wrong_code_costs_a_try_and_five_use_it_up() {
    let parlour = Parlour::open().await;
    let hash = parlour.frozen().await["text_sha256"].clone();
    parlour.sign_with(&parlour.zhao, &hash, "").await.refused(409, "code_expired");
    let code = parlour.code(&parlour.zhao).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for left in (0..5).rev() {
        let refused = parlour.sign_with(&parlour.zhao, &hash, wrong).await.refused(422, "code_wrong");
        assert_eq!(refused["params"]["tries_left"], left);
    }
    parlour.sign_with(&parlour.zhao, &hash, &code).await.refused(429, "code_used_up");
    let code = parlour.code(&parlour.zhao).await;
    parlour.sign_with(&parlour.qian, &hash, &code).await.refused(409, "code_expired");
    parlour.app.clock.advance(TimeDelta::minutes(5));
    parlour.sign_with(&parlour.zhao, &hash, &code).await.refused(409, "code_expired");
    parlour.sign(&parlour.zhao).await.ok();
}

#[tokio::test]
async fn a_dot_is_no_signature_and_two_taps_sign_once() {
    let parlour = Parlour::open().await;
    let hash = parlour.frozen().await["text_sha256"].clone();
    let code = parlour.code(&parlour.zhao).await;
    let dot = json!({"text_sha256": hash, "strokes": [{"points": [{"x": 3, "y": 3, "t": 0}]}], "width": 300, "height": 150, "code": code});
    parlour.zhao.post_json(&parlour.path("/sign"), &dot).await.refused(422, "signature_empty");
    let (one, two) = tokio::join!(
        parlour.sign_with(&parlour.zhao, &hash, &code),
        parlour.sign_with(&parlour.zhao, &hash, &code)
    );
    let signed = [&one, &two].into_iter().filter(|reply| reply.status.is_success()).count();
    assert_eq!(signed, 1, "{} / {}", one.text(), two.text());
}

#[tokio::test]
async fn r17_who_declined_electronic_signatures_is_not_made_to_give_one() {
    let parlour = Parlour::open().await;
    parlour.frozen().await;
    parlour.table.dispute.says(0, "e_signature", false).await;
    parlour.sign(&parlour.zhao).await.refused(409, "esign_declined");
    parlour.table.dispute.says(0, "e_signature", true).await;
    parlour.sign(&parlour.zhao).await.ok();
}
