//! The agreement is drafted clause by clause, each party for itself, and frozen when everyone agrees to everything.

use serde_json::json;
use tests::TestApp;
use tests::dispute::Table;

use crate::agreement_table::{DITCH, MONEY, Parlour, family_table, with_fonts};

#[tokio::test]
async fn clauses_are_agreed_one_by_one() {
    let parlour = Parlour::open().await;
    parlour.zhao.get(&parlour.path("")).await.refused(404, "not_found");
    let empty = parlour.read(&parlour.lin).await;
    assert_eq!((&empty["state"], &empty["clauses"]), (&json!("drafting"), &json!([])));
    assert_eq!(parlour.read(&parlour.zhao).await["id"], empty["id"]);

    let new = json!({"text": MONEY});
    let once = async || parlour.lin.post_once(&parlour.path("/clauses"), "double click", &new).await.ok();
    assert_eq!(once().await["version"], once().await["version"], "a double click writes one clause");
    let path = parlour.path("/clauses");
    let agreement = parlour.lin.post_json(&path, &json!({"text": DITCH, "position": 1})).await.ok();
    let texts: Vec<_> =
        agreement["clauses"].as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap()).collect();
    assert_eq!(texts, [DITCH, MONEY]);
    assert!(
        agreement["clauses"].as_array().unwrap().iter().all(|c| c["warnings"] == json!([])),
        "{agreement}"
    );

    parlour.stance(&parlour.zhao, &agreement["clauses"][0], "agree").await.ok();
    parlour.stance(&parlour.qian, &agreement["clauses"][0], "think").await.ok();
    let refused = parlour.freeze().await.refused(409, "not_all_agreed");
    assert_eq!(refused["params"], json!({"names": ["赵守田", "钱永福"], "clauses": [1, 2]}));
    let stances = &parlour.read(&parlour.lin).await["clauses"][0]["stances"];
    assert_eq!((&stances[0]["stance"], &stances[1]["stance"]), (&json!("agree"), &json!("think")));

    parlour.all_agree().await;
    let frozen = parlour.freeze().await.ok();
    assert_eq!((&frozen["state"], &frozen["number"]), (&json!("signing"), &json!("（2026）石桥人调字第1号")));
    let names: Vec<_> =
        frozen["required"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["赵守田", "钱永福", "林岚"]);
    let case = parlour.table.dispute.read().await;
    assert_eq!((&case["state"], &case["number"]), (&json!("signing"), &frozen["number"]));
}

#[tokio::test]
async fn r17_an_edit_asks_again_on_that_clause_only() {
    let parlour = Parlour::open().await;
    parlour.clause(DITCH).await;
    parlour.clause(MONEY).await;
    let before = parlour.all_agree().await;
    let clause = &before["clauses"][1];
    let path = parlour.path(&format!("/clauses/{}", clause["id"].as_str().unwrap()));
    let edit = json!({"text": MONEY.replace("1800元（大写：壹仟捌佰元整）", "1700元（大写：壹仟捌佰元整）"), "version": 1});
    let after = parlour.lin.put_json(&path, &edit).await.ok();
    assert_eq!(after["clauses"][1]["previous_text"], MONEY);
    assert_eq!(after["clauses"][1]["warnings"], json!(["amounts_differ"]));
    assert_eq!(
        after["clauses"][1]["stances"][0],
        json!({
            "party_id": clause["stances"][0]["party_id"], "name": "赵守田", "side": "applicant", "stance": null, "stale": true,
        })
    );
    assert_eq!(after["clauses"][0]["stances"][0]["stance"], "agree");

    // 钱永福 still looks at the old words, and somebody else's screen edits them too
    let refused = parlour.stance(&parlour.qian, clause, "agree").await.refused(409, "clause_changed");
    assert_eq!(refused["params"]["version"], 2);
    parlour.lin.put_json(&path, &edit).await.refused(409, "clause_changed");
    parlour.lin.delete(&format!("{path}?version=1")).await.refused(409, "clause_changed");
    let left = parlour.lin.delete(&format!("{path}?version=2")).await.ok();
    assert_eq!(left["clauses"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn t14_each_does_only_what_is_theirs() {
    let parlour = Parlour::open().await;
    let agreement = parlour.clause(DITCH).await;
    let clause = &agreement["clauses"][0];
    let path = parlour.path(&format!("/clauses/{}", clause["id"].as_str().unwrap()));
    parlour
        .zhao
        .post_json(&parlour.path("/clauses"), &json!({"text": "另写"}))
        .await
        .refused(403, "not_allowed");
    parlour.zhao.put_json(&path, &json!({"text": "另写", "version": 1})).await.refused(403, "not_allowed");
    parlour.zhao.delete(&format!("{path}?version=1")).await.refused(403, "not_allowed");
    parlour
        .zhao
        .post_json(&parlour.path("/freeze"), &json!({"version": 2}))
        .await
        .refused(403, "not_allowed");
    parlour
        .zhao
        .post_json(&parlour.path("/reopen"), &json!({"reason": "x"}))
        .await
        .refused(403, "not_allowed");
    parlour.stance(&parlour.lin, clause, "agree").await.refused(403, "not_allowed");

    // at another table, with another case's clause, from the street
    let other = Table::set(&parlour.app).await;
    let (stranger, _) = other.comes_in(&parlour.app, "赵守田").await;
    stranger.get(&parlour.path("")).await.refused(404, "not_found");
    parlour.stance(&stranger, clause, "agree").await.refused(404, "not_found");
    parlour.app.anybody("路人").get(&parlour.path("")).await.refused(401, "token_missing");
    assert_eq!(parlour.table.dispute.mediator.get(&parlour.path("")).await.ok()["id"], agreement["id"]);
}

#[tokio::test]
async fn words_that_deceive_and_names_that_cannot_be_printed_are_refused() {
    let parlour = Parlour::open().await;
    let write =
        async |text: &str| parlour.lin.post_json(&parlour.path("/clauses"), &json!({"text": text})).await;
    write("  ").await.refused(422, "text_empty");
    write("付\u{202e}0081元").await.refused(422, "text_unprintable");
    write(&"长".repeat(2001)).await.refused(422, "text_too_long");
    parlour.clause("张\u{30edd}于2026年12月1日前修好东墙。").await;
    parlour.all_agree().await;
    let refused = parlour.freeze().await.refused(422, "glyph_missing");
    assert_eq!(refused["params"]["characters"], "\u{30edd}");
    let agreement = parlour.read(&parlour.lin).await;
    assert_eq!(agreement["state"], "drafting");
    // the number that was reserved for it is void; the next one goes on
    let clause = &agreement["clauses"][0];
    let path = parlour.path(&format!("/clauses/{}", clause["id"].as_str().unwrap()));
    parlour.lin.put_json(&path, &json!({"text": DITCH, "version": 1})).await.ok();
    parlour.all_agree().await;
    assert_eq!(parlour.freeze().await.ok()["number"], "（2026）石桥人调字第2号");
}

#[tokio::test]
async fn everyone_at_the_table_sees_a_change_at_once() {
    let parlour = Parlour::open().await;
    let session = parlour.table.id();
    let (mut lin, snapshot) = parlour.app.live("林岚", session, parlour.lin.token()).await;
    assert_eq!(snapshot["agreement"], json!(null));
    lin.begins().await;
    let (mut zhao, _) = parlour.app.live("赵守田", session, parlour.zhao.token()).await;
    lin.command(json!({"type": "admit", "seat": parlour.table.seat("赵守田")})).await;
    zhao.view_where("together", |view| view["area"]["id"] == "joint").await;
    let written = parlour.clause(DITCH).await;
    assert_eq!(zhao.expect("agreement").await["agreement"], written);
    let agreed = parlour.stance(&parlour.zhao, &written["clauses"][0], "agree").await.ok();
    assert_eq!(lin.expect("agreement").await["agreement"], written);
    assert_eq!(lin.expect("agreement").await["agreement"], agreed);

    // a reload brings it back with the snapshot
    let (_again, snapshot) = parlour.app.live("赵守田", session, parlour.zhao.token()).await;
    assert_eq!(snapshot["agreement"], agreed);
}

#[tokio::test]
async fn r18_a_family_matter_is_frozen_for_paper_and_not_signed_here() {
    let app = TestApp::with(with_fonts).await;
    let table = family_table(&app).await;
    let parlour = Parlour::at(app, table).await;
    let frozen = parlour.frozen().await;
    assert_eq!((&frozen["esign"], &frozen["code_needed"]), (&json!("paper_only"), &json!(false)));
    parlour.zhao.post_json(&parlour.path("/code"), &json!({})).await.refused(409, "esign_barred");
    parlour.sign_with(&parlour.zhao, &frozen["text_sha256"], "000000").await.refused(409, "esign_barred");
    let text = parlour.zhao.get(&parlour.path("/text")).await.ok();
    assert!(
        text["paragraphs"].as_array().unwrap().iter().any(|p| p.as_str().unwrap().contains("电子签名法"))
    );
}
