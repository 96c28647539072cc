//! The demo, as somebody meets it who has just cloned the house.

use std::collections::HashSet;

use onedoor::demo;
use onedoor::demo::handout::Handout;
use serde_json::json;
use tests::TestApp;

#[tokio::test]
async fn the_demo_has_six_cases_two_sittings_and_staff_of_every_office() {
    let app = TestApp::empty().await;
    let handout = demo::prepare(&app.state).await.unwrap();
    assert_eq!((handout.cases.len(), handout.sessions.len()), (6, 2));
    assert_eq!((handout.api_key.as_str(), handout.api_secret.as_str()), ("devkey", "secret"));
    let offices: HashSet<_> = handout.staff.iter().map(|sign_in| sign_in.role).collect();
    assert_eq!(offices.len(), 9, "{offices:?}");

    let lin_lan = handout.staff.iter().find(|sign_in| sign_in.username == "linlan").unwrap();
    let desk = app.anybody("林岚");
    let words = json!({"username": lin_lan.username, "password": lin_lan.password});
    assert_eq!(desk.post_json("/login", &words).await.ok()["staff"]["name"], "林岚");

    let tx = app.state.store.read().await.unwrap();
    for case in &handout.cases {
        let chain = store::timeline::of_case(&tx, case.id).await.unwrap();
        assert!(chain.len() >= 4, "{}: {} events", case.title, chain.len());
        domain::timeline::verify(case.id, &chain, None).unwrap();
        assert!(
            chain.is_sorted_by_key(|event| event.at),
            "{}: its events stand in order of time",
            case.title
        );
    }
    for sitting in &handout.sessions {
        for seat in &sitting.seats {
            let Some(token) = seat.join_url.strip_prefix(&format!("{}/j/", handout.url)) else {
                assert_eq!(seat.join_url, format!("{}/desk/sessions/{}", handout.url, sitting.id));
                continue;
            };
            let hash = domain::link::hash(token);
            assert_eq!(store::seat_link::find(&tx, &hash).await.unwrap().unwrap().0, seat.id);
        }
    }
}

#[tokio::test]
async fn started_again_the_demo_keeps_its_links() {
    let app = TestApp::empty().await;
    let first = demo::prepare(&app.state).await.unwrap();
    let second = demo::prepare(&app.state).await.unwrap();
    assert_eq!(serde_json::to_value(&first).unwrap(), serde_json::to_value(&second).unwrap());
    let file = Handout::file(&app.state.config.data_dir);
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(kept["sessions"][0]["seats"][1]["name"], "赵守田");
    assert_eq!(kept["sessions"][0]["seats"][1]["side"], "applicant");
}

#[tokio::test]
async fn a_demo_does_not_settle_in_somebody_elses_data() {
    let app = TestApp::start().await;
    let error = demo::prepare(&app.state).await.unwrap_err().to_string();
    assert!(error.contains("--reset"), "{error}");
}
