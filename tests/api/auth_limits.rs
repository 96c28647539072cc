//! Somebody guesses passwords.

use std::time::Instant;

use serde_json::json;
use tests::TestApp;
use tests::town::PASSWORD;

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_answered_alike() {
    let app = TestApp::with(|config| {
        config.auth.argon2_memory = 19_456;
        config.auth.argon2_passes = 2;
    })
    .await;
    let guesser = app.anybody("a guesser");
    let mut answers = Vec::new();
    let mut slowest_known = std::time::Duration::ZERO;
    for username in ["mediator", "nobody-of-that-name"] {
        let began = Instant::now();
        let reply = guesser.post_json("/login", &json!({"username": username, "password": "guess"})).await;
        answers.push(reply.refused(401, "login_failed"));
        if username == "mediator" {
            slowest_known = began.elapsed();
        } else {
            assert!(began.elapsed() * 10 > slowest_known, "an unknown name is answered without hashing");
        }
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn guessing_one_name_is_slowed_down_and_others_still_get_in() {
    let app = TestApp::start().await;
    let guesser = app.anybody("a guesser");
    let mut refused = 0;
    for _ in 0..12 {
        let reply = guesser.post_json("/login", &json!({"username": "mediator", "password": "guess"})).await;
        if reply.status == 429 {
            let problem = reply.refused(429, "too_many");
            assert!(problem["params"]["retry_after"].as_u64().unwrap() > 0);
            assert!(reply.headers.contains_key("retry-after"));
            refused += 1;
        }
    }
    assert_eq!(refused, 4, "eight guesses, then a wait");
    // Even the right password waits now: the limit is on the name.
    guesser
        .post_json("/login", &json!({"username": "mediator", "password": PASSWORD}))
        .await
        .refused(429, "too_many");
    app.staff("clerk").await;
}

#[tokio::test]
async fn trying_many_names_from_one_address_is_slowed_down() {
    let app = TestApp::start().await;
    let guesser = app.anybody("a guesser");
    let mut statuses = Vec::new();
    for n in 0..45 {
        let name = format!("name-{n}");
        statuses.push(
            guesser.post_json("/login", &json!({"username": name, "password": "x"})).await.status.as_u16(),
        );
    }
    // One more may come free while we are at it: the rate is one every three seconds.
    let let_through = statuses.iter().filter(|status| **status == 401).count();
    assert!((40..=43).contains(&let_through), "{let_through}");
    assert_eq!(statuses.last(), Some(&429));
}

#[tokio::test]
async fn words_that_are_no_sign_in_are_refused_in_our_own_voice() {
    let app = TestApp::start().await;
    let guesser = app.anybody("a fuzzer");
    guesser.post_json("/login", &json!({"username": "mediator"})).await.refused(422, "body_invalid");
    guesser.post_json("/login", &json!("hello")).await.refused(422, "body_invalid");
    let long = "x".repeat(100_000);
    guesser
        .post_json("/login", &json!({"username": long, "password": "x"}))
        .await
        .refused(401, "login_failed");
    let huge = "x".repeat(3 * 1024 * 1024);
    guesser.post_json("/login", &json!({"username": huge, "password": "x"})).await.refused(413, "too_large");
}
