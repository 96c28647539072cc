//! 赵守田 opens his link: the door, coming in, coming back; and everybody who should not come in (T3).

use chrono::TimeDelta;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};
use tests::TestApp;
use tests::dispute::{Table, coming_in};

#[tokio::test]
async fn the_door_says_who_invites_whom_and_binds_nothing() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let token = table.link("赵守田").await;
    let phone = app.anybody("赵守田");
    let reply = phone.get(&format!("/join/{token}")).await;
    assert!(reply.headers.get(SET_COOKIE).is_none());
    assert_eq!(reply.headers["cache-control"], "no-store");
    let door = reply.ok();
    assert_eq!(door["seat"]["name"], "赵守田");
    assert_eq!(door["organization"], "石桥镇人民调解委员会");
    assert_eq!(door["mediator"], json!({"name": "林岚", "title": "首席调解员"}));
    assert_eq!(
        door["others"],
        json!([{"name": "林岚", "role": "mediator"}, {"name": "钱永福", "role": "respondent"}])
    );
    assert_eq!(
        (&door["bound"], &door["phase"], &door["demo"]),
        (&json!(false), &json!("scheduled"), &json!(true))
    );
    assert_eq!(
        door["consents"],
        json!({"mediation": true, "online_procedure": null, "e_signature": null, "recording": null})
    );
    let text = door.to_string();
    assert!(!text.contains("雨水倒灌") && !text.contains("1380"), "the door tells no content");

    // another phone may look as well, nobody has come in yet
    app.anybody("老伴").get(&format!("/join/{token}")).await.ok();
}

#[tokio::test]
async fn he_comes_in_his_word_is_kept_and_a_reload_brings_him_back() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let token = table.link("赵守田").await;
    let phone = app.anybody("赵守田");
    let join = format!("/join/{token}");
    let reply = phone.post_json(&join, &coming_in()).await;
    let cookie = reply.headers[SET_COOKIE].to_str().unwrap().to_owned();
    for word in ["od_device=", "HttpOnly", "SameSite=Strict", "Path=/api/v1/join"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let entry = reply.ok();
    assert_eq!(entry["seat_id"], table.seat("赵守田"));
    assert!(!entry["media_token"].as_str().unwrap().is_empty());

    let door = phone.get(&join).await.ok();
    assert_eq!(door["bound"], true);
    assert_eq!(
        door["consents"],
        json!({"mediation": true, "online_procedure": true, "e_signature": true, "recording": false})
    );
    let again = phone.post_json(&join, &coming_in()).await.ok();
    assert_eq!(again["seat_id"], entry["seat_id"]);

    let bound = table.dispute.happened().await.iter().filter(|kind| *kind == "link_bound").count();
    assert_eq!(bound, 1, "a reload is no event");
    let case = table.dispute.read().await;
    let words = case["parties"][0]["consents"].as_array().unwrap();
    assert_eq!(words.len(), 4);
    assert!(words.iter().all(|word| word["version"] == domain::consent::NOTICE_VERSION));
}

#[tokio::test]
async fn t3_each_way_a_link_fails_has_its_own_code() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let stranger = app.anybody("a stranger");
    let tries = async |token: &str, status: u16, code: &str| {
        let path = format!("/join/{token}");
        stranger.get(&path).await.refused(status, code);
        stranger.post_json(&path, &coming_in()).await.refused(status, code);
        stranger.post_json(&format!("{path}/refuse"), &json!({})).await.refused(status, code);
        stranger
            .post_json(&format!("{path}/reschedule"), &json!({"message": "改天"}))
            .await
            .refused(status, code);
    };
    tries(&"0".repeat(48), 404, "link_unknown").await;
    stranger.get("/join/%E8%BF%9B%E6%9D%A5").await.refused(404, "link_unknown");

    let first = table.link("赵守田").await;
    let phone = app.anybody("赵守田");
    phone.post_json(&format!("/join/{first}"), &coming_in()).await.ok();
    tries(&first, 409, "link_bound_elsewhere").await;

    let second = table.link("赵守田").await;
    tries(&first, 410, "link_revoked").await;
    phone.get(&format!("/join/{first}")).await.refused(410, "link_revoked");
    phone.post_json(&format!("/join/{second}"), &coming_in()).await.ok();

    let other = table.link("钱永福").await;
    app.clock.advance(TimeDelta::days(32));
    tries(&other, 410, "link_expired").await;
}

#[tokio::test]
async fn t3_of_many_phones_at_once_one_comes_in() {
    for app in [TestApp::start().await, TestApp::on_postgres().await] {
        let table = Table::set(&app).await;
        let path = format!("/join/{}", table.link("赵守田").await);
        let phones = (0..24).map(|n| {
            let (phone, path) = (app.anybody(&format!("phone {n}")), path.clone());
            async move { phone.post_json(&path, &coming_in()).await }
        });
        let replies = futures_util::future::join_all(phones).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
        for lost in replies.iter().filter(|reply| reply.status != 200) {
            lost.refused(409, "link_bound_elsewhere");
        }
    }
}

#[tokio::test]
async fn t3_guessing_is_slowed_down() {
    let app = TestApp::start().await;
    let guesser = app.anybody("a guesser");
    let mut answers = Vec::new();
    for n in 0..20 {
        let reply = guesser.get(&format!("/join/{n:048x}")).await;
        answers.push(reply.status.as_u16());
    }
    assert_eq!(answers[0], 404);
    assert_eq!(answers[19], 429, "{answers:?}");
    guesser.get(&format!("/join/{:048x}", 99)).await.refused(429, "too_many");
}

#[tokio::test]
async fn r11_nobody_comes_in_without_the_notice_and_the_consent_to_meet_online() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let path = format!("/join/{}", table.link("赵守田").await);
    let phone = app.anybody("赵守田");
    let with = |pointer: &str, value: Value| {
        let mut body = coming_in();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    phone
        .post_json(&path, &with("/consents/online_procedure", json!(false)))
        .await
        .refused(422, "online_consent_missing");
    phone.post_json(&path, &with("/notice_version", json!("2019-01"))).await.refused(409, "notice_outdated");
    phone.post_json(&path, &json!({})).await.refused(422, "body_invalid");
    assert_eq!(phone.get(&path).await.ok()["bound"], false, "a refused try binds nothing");
}

#[tokio::test]
async fn r1_a_party_refuses_at_the_door_and_the_case_ends() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let path = format!("/join/{}", table.link("钱永福").await);
    let phone = app.anybody("钱永福");
    let reply = phone.post_json(&format!("{path}/refuse"), &json!({"reason": "去法院解决"})).await;
    assert_eq!(reply.status, 204);
    let case = table.dispute.read().await;
    assert_eq!(case["state"], "failed");
    assert_eq!(case["sessions"][0]["phase"], "cancelled");
    assert_eq!(phone.get(&path).await.ok()["phase"], "cancelled");
    app.anybody("somebody else")
        .post_json(&format!("{path}/refuse"), &json!({}))
        .await
        .refused(409, "link_bound_elsewhere");
    assert!(table.dispute.happened().await.contains(&"case_failed".to_owned()));
}

#[tokio::test]
async fn a_wish_for_another_time_reaches_the_desk() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let path = format!("/join/{}/reschedule", table.link("赵守田").await);
    let phone = app.anybody("赵守田");
    phone.post_json(&path, &json!({"message": " "})).await.refused(422, "text_missing");
    assert_eq!(phone.post_json(&path, &json!({"message": "周五下午可以"})).await.status, 204);
    let timeline = table.dispute.mediator.get(&table.dispute.path("/timeline")).await.ok();
    let last = timeline["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["actor"]), (&json!("session_reschedule_asked"), &json!("赵守田")));
    assert!(last["summary"].as_str().unwrap().contains("周五下午可以"));
}

#[tokio::test]
async fn t12_a_link_taken_back_ends_the_seat_token_too() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    let minutes = table.path("/minutes");
    zhao.get(&minutes).await.ok();
    let link = table.path(&format!("/seats/{}/link", table.seat("赵守田")));
    table.dispute.mediator.delete(&link).await.ok();
    zhao.get(&minutes).await.refused(410, "link_revoked");
}

/// R11, R33: every word has its receipt, the ones that were taken back as well; nobody reads another's.
#[tokio::test]
async fn r33_a_party_gets_the_receipts_of_its_own_words() {
    let app = TestApp::start().await;
    let table = Table::set(&app).await;
    let (zhao, _) = table.comes_in(&app, "赵守田").await;
    table.dispute.says(0, "recording", true).await;
    let path = table.path("/consents");
    let items = zhao.get(&path).await.ok()["items"].as_array().unwrap().clone();
    let of = |kind: &str| items.iter().filter(|one| one["kind"] == kind).collect::<Vec<_>>();
    let recording = of("recording");
    assert_eq!(recording.len(), 2, "the first word stays: {items:?}");
    let words: Vec<_> = recording.iter().map(|one| (&one["given"], &one["standing"])).collect();
    assert_eq!(words, [(&json!(false), &json!(false)), (&json!(true), &json!(true))]);
    assert_eq!(of("e_signature")[0]["recorded_by"], "赵守田");
    assert_eq!(of("online_procedure")[0]["version"], domain::consent::NOTICE_VERSION);
    let prints: std::collections::BTreeSet<_> =
        items.iter().map(|one| one["fingerprint"].to_string()).collect();
    assert_eq!(prints.len(), items.len());
    let again = zhao.get(&path).await.ok();
    assert_eq!(again["items"].as_array().unwrap(), &items, "the same today and tomorrow");
    let (qian, _) = table.comes_in(&app, "钱永福").await;
    let his = qian.get(&path).await.ok();
    assert!(his["items"].as_array().unwrap().iter().all(|one| one["recorded_by"] != "赵守田"));
    app.anybody("a stranger").get(&path).await.refused(401, "token_missing");
}
