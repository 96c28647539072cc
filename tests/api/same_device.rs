//! Several people at one phone: each has a seat, an identity check and a signature of their own; nobody else may speak for
//! them, and nobody from the other side may sit with them.

use serde_json::{Value, json};
use tests::TestApp;
use tests::dispute::{Dispute, Table, application};

use crate::agreement_table::{MONEY, Parlour, with_fonts};

/// 赵守田 against 钱永福 and his wife 周桂兰, who has no phone.
async fn couple() -> Parlour {
    let app = TestApp::with(with_fonts).await;
    let mediator = app.staff("mediator").await;
    let mut told = application();
    told["respondents"] = json!([{"name": "钱永福", "phone": "00013800018", "age": 52},
        {"name": "周桂兰", "phone": "00013800019", "age": 50}]);
    let case = mediator.post_json("/cases", &told).await.ok();
    let mut dispute = Dispute { mediator, case };
    for party in 0..3 {
        for question in ["mediation", "online_procedure", "e_signature"] {
            dispute.says(party, question, true).await;
        }
    }
    dispute.case = dispute.mediator.post_json(&dispute.path("/accept"), &json!({})).await.ok();
    let new = json!({"scheduled_at": app.state.clock.now(), "room": "一号调解室"});
    let session = dispute.mediator.post_json(&dispute.path("/sessions"), &new).await.ok();
    Parlour::at(app, Table { dispute, session }).await
}

async fn sits_with(parlour: &Parlour, who: &str, with: Option<&str>) -> tests::Reply {
    let table = &parlour.table;
    let path = table.path(&format!("/seats/{}/device", table.seat(who)));
    table.dispute.mediator.put_json(&path, &json!({"of": with.map(|name| table.seat(name))})).await
}

#[tokio::test]
async fn two_people_at_one_phone_are_called_checked_and_sign_each_for_themselves() {
    let parlour = couple().await;
    let (app, table) = (&parlour.app, &parlour.table);
    sits_with(&parlour, "周桂兰", Some("赵守田")).await.refused(422, "device_invalid");
    sits_with(&parlour, "林岚", Some("钱永福")).await.refused(422, "device_invalid");
    let seat = sits_with(&parlour, "周桂兰", Some("钱永福")).await.ok();
    assert_eq!((&seat["same_device"], &seat["bound_to"]), (&json!(true), &json!(table.seat("钱永福"))));
    sits_with(&parlour, "钱永福", Some("周桂兰")).await.refused(422, "device_invalid");

    // She is there when his phone is there, and is moved with him; her identity is a matter of its own.
    let (mut lin, _) = app.live("林岚", table.id(), parlour.lin.token()).await;
    let (mut qian, _) = app.live("钱永福", table.id(), parlour.qian.token()).await;
    let wife = table.seat("周桂兰").to_owned();
    let online = |v: &Value| {
        let seats = v["corridor"]["areas"][1]["seats"].as_array().cloned().unwrap_or_default();
        let lobby = v["corridor"]["areas"][0]["seats"].as_array().cloned().unwrap_or_default();
        lobby.iter().chain(&seats).any(|s| s["id"] == wife.as_str() && s["online"] == true)
    };
    let view = lin.view_where("she is there", online).await;
    assert!(
        view["corridor"]["opening"]["unchecked"].to_string().contains(&wife),
        "each person, not each phone"
    );
    lin.begins().await;
    for name in ["钱永福", "周桂兰"] {
        lin.command(json!({"type": "admit", "seat": table.seat(name)})).await;
    }
    let beside = |v: &Value| v["area"]["seats"].to_string().contains("\"device_of\":\"");
    qian.view_where("she sits beside him", beside).await;
    lin.command(json!({"type": "open_caucus", "seats": [table.seat("钱永福")]})).await;
    lin.view_where("she came along", |v| {
        v["area"]["kind"] == "caucus" && v["area"]["seats"].to_string().contains(&wife)
    })
    .await;

    // Her word is hers: by his phone in her hands, and by nobody else's.
    let hers = parlour.qian.in_the_hands_of(&wife);
    let foreign = parlour.zhao.in_the_hands_of(&wife);
    let clause = parlour.clause(MONEY).await["clauses"][0].clone();
    parlour.stance(&foreign, &clause, "agree").await.refused(404, "not_found");
    parlour
        .stance(&parlour.qian.in_the_hands_of(table.seat("赵守田")), &clause, "agree")
        .await
        .refused(404, "not_found");
    for who in [&parlour.zhao, &parlour.qian] {
        parlour.stance(who, &clause, "agree").await.ok();
    }
    parlour.freeze().await.refused(409, "not_all_agreed");
    parlour.stance(&hers, &clause, "agree").await.ok();
    parlour.freeze().await.ok();
    for who in [&parlour.zhao, &parlour.qian, &hers] {
        parlour.sign(who).await.ok();
    }
    parlour.sign(&parlour.lin).await.ok();
    let effective = parlour.sealed().await;
    let names: Vec<_> =
        effective["required"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert!(names.contains(&json!("周桂兰")) && names.contains(&json!("钱永福")), "{names:?}");
}

/// His link taken back ends her word as well; a link of her own makes her sit for herself again.
#[tokio::test]
async fn t3_who_sits_at_a_phone_is_out_when_its_link_is() {
    let parlour = couple().await;
    let table = &parlour.table;
    sits_with(&parlour, "周桂兰", Some("钱永福")).await.ok();
    let hers = parlour.qian.in_the_hands_of(table.seat("周桂兰"));
    hers.get(&table.path("/hearing")).await.ok();
    let link = table.path(&format!("/seats/{}/link", table.seat("钱永福")));
    table.dispute.mediator.delete(&link).await.ok();
    hers.get(&table.path("/hearing")).await.refused(410, "link_revoked");
    let (own, _) = table.comes_in(&parlour.app, "周桂兰").await;
    own.get(&table.path("/hearing")).await.ok();
    let session = table.dispute.mediator.get(&table.path("")).await.ok();
    let seats = session["seats"].as_array().unwrap();
    let wife = seats.iter().find(|seat| seat["name"] == "周桂兰").unwrap();
    assert_eq!((&wife["same_device"], &wife["bound_to"]), (&json!(false), &Value::Null));
}
