//! 林岚 writes the minutes at the table; the parties read them back and confirm line by line (R12).

use serde_json::{Value, json};
use tests::TestApp;
use tests::dispute::Table;

fn line(text: &str) -> Value {
    json!({"kind": "statement", "speaker": "赵守田", "text": text})
}

#[tokio::test]
async fn r12_the_host_writes_and_the_parties_confirm_line_by_line() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let (host, _) = table.host().await;
    let (zhao, zhao_entry) = table.comes_in(&app, "赵守田").await;
    let path = table.path("/minutes");

    let written = host.post_once(&path, "enter key", &line("东墙墙皮脱落")).await;
    assert_eq!(written.status, 201);
    let first = written.ok();
    assert_eq!(
        host.post_once(&path, "enter key", &line("东墙墙皮脱落")).await.ok(),
        first,
        "a double click writes once"
    );
    let id = first["id"].as_str().unwrap();
    let confirm = format!("{path}/{id}/confirm");
    zhao.post_json(&confirm, &json!({"ok": false})).await.refused(422, "remark_missing");
    let said = zhao.post_json(&confirm, &json!({"ok": false, "remark": "是12平方米"})).await.ok();
    assert_eq!(said["confirmations"][0]["seat_id"], zhao_entry["seat_id"]);

    let mut right = line("东墙墙皮脱落约12平方米");
    right["corrects"] = first["id"].clone();
    let second = host.post_json(&path, &right).await.ok();
    assert_eq!((&second["seq"], &second["corrects"]), (&json!(2), &first["id"]));
    host.post_json(&path, &right).await.refused(409, "entry_corrected");
    zhao.post_json(&confirm, &json!({"ok": true})).await.refused(409, "entry_corrected");
    let confirm = format!("{path}/{}/confirm", second["id"].as_str().unwrap());
    zhao.post_json(&confirm, &json!({"ok": true})).await.ok();

    let items = zhao.get(&path).await.ok()["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 2, "what was put right stays visible");
    assert_eq!(items[1]["confirmations"][0]["ok"], true);
    assert_eq!(
        table.dispute.mediator.get(&path).await.ok()["items"],
        items,
        "the handler reads them from the desk"
    );
}

#[tokio::test]
async fn who_may_not_write_or_read_is_refused() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let path = table.path("/minutes");
    let (host, _) = table.host().await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    zhao.post_json(&path, &line("我来写")).await.refused(403, "not_allowed");
    host.post_json(&path, &line("  ")).await.refused(422, "text_missing");
    let entry = host.post_json(&path, &line("开始")).await.ok();
    let confirm = format!("{path}/{}/confirm", entry["id"].as_str().unwrap());
    host.post_json(&confirm, &json!({"ok": true})).await.refused(403, "not_allowed");
    table.dispute.mediator.post_json(&path, &line("从工作台写")).await.refused(401, "token_invalid");

    let other = Table::set(&app).await;
    let (other_host, _) = other.host().await;
    other_host.get(&path).await.refused(404, "not_found");
    other_host.post_json(&path, &line("串门")).await.refused(404, "not_found");
    for stranger in ["director", "clerk", "mediator2", "counsellor"] {
        let reply = app.staff(stranger).await.get(&path).await;
        assert!([403, 404].contains(&reply.status.as_u16()), "{stranger}: {}", reply.text());
    }
}

#[tokio::test]
async fn a_line_appears_at_the_table_for_those_who_may_read_it() {
    let app = TestApp::start().await;
    let table = Table::at(&app, app.state.clock.now()).await;
    let lead = table.seat("赵守田");
    let helper = json!({"role": "helper", "side": "applicant", "name": "田小满", "bound_to": lead});
    let seat = table.dispute.mediator.post_json(&table.path("/seats"), &helper).await.ok();
    let link = table.path(&format!("/seats/{}/link", seat["id"].as_str().unwrap()));
    let url = table.dispute.mediator.post_json(&link, &json!({})).await.ok()["join_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let join = format!("/join/{}", url.rsplit('/').next().unwrap());
    let helper = app.anybody("田小满").post_json(&join, &tests::dispute::coming_in()).await.ok();

    let (host, lin) = table.host().await;
    let (zhao_phone, zhao) = table.comes_in(&app, "赵守田").await;
    let (mut lin, _) = app.live("林岚", table.id(), lin["access_token"].as_str().unwrap()).await;
    let (mut zhao, _) = app.live("赵守田", table.id(), zhao["access_token"].as_str().unwrap()).await;
    let (mut helper, _) = app.live("田小满", table.id(), helper["access_token"].as_str().unwrap()).await;
    lin.begins().await;
    for seat in [table.seat("赵守田"), seat["id"].as_str().unwrap()] {
        lin.command(json!({"type": "admit", "seat": seat})).await;
    }
    // who is admitted gets the papers of the table as far as they may be read: the helper's folder is empty
    assert_eq!(helper.expect("snapshot").await["minutes"], json!([]));
    helper.forget();

    let entry = host.post_json(&table.path("/minutes"), &line("东墙墙皮脱落")).await.ok();
    assert_eq!(zhao.expect("minutes").await["entry"], entry);
    let confirm = table.path(&format!("/minutes/{}/confirm", entry["id"].as_str().unwrap()));
    zhao_phone.post_json(&confirm, &json!({"ok": true})).await.ok();
    assert_eq!(zhao.expect("minutes").await["entry"]["confirmations"][0]["ok"], true);
    helper.expect_nothing().await;
}
