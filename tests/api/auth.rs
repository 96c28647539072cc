//! 林岚 signs in at her desk, works, and signs out; somebody who found an old cookie gets nothing.

use chrono::TimeDelta;
use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};
use tests::town::PASSWORD;
use tests::{Person, Reply, TestApp};

async fn sign_in(person: &Person, username: &str, password: &str) -> Reply {
    person.post_json("/login", &json!({"username": username, "password": password})).await
}

fn token(login: &Value) -> &str {
    login["access_token"].as_str().unwrap()
}

/// The refresh cookie as somebody who steals it would have it.
fn cookie(reply: &Reply) -> String {
    let cookie = reply.headers[SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn refresh_with(thief: &Person, cookie: &str) -> Reply {
    thief.send(Method::POST, "/login/refresh", None::<&()>, &[("Cookie", cookie)]).await
}

async fn a_working_day(app: TestApp) {
    let desk = app.anybody("林岚");
    desk.get("/me").await.refused(401, "token_missing");
    let reply = sign_in(&desk, " Mediator ", PASSWORD).await;
    let login = reply.ok();
    assert_eq!(login["expires_in"], 600);
    assert_eq!(login["staff"]["name"], "林岚");
    assert_eq!(login["staff"]["role"], "mediator");
    assert_eq!(login["staff"]["organization"], "石桥镇人民调解委员会");
    let said = reply.headers[SET_COOKIE].to_str().unwrap();
    for word in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/login", "Max-Age=1209600"] {
        assert!(said.contains(word), "{said}");
    }

    let desk = desk.with_token(token(&login));
    assert_eq!(desk.get("/me").await.ok()["username"], "mediator");

    // Ten minutes later the token is over; the cookie brings the next one.
    app.clock.advance(TimeDelta::minutes(10));
    desk.get("/me").await.refused(401, "token_expired");
    let next = desk.post_json("/login/refresh", &json!({})).await.ok();
    let desk = desk.with_token(token(&next));
    desk.get("/me").await.ok();

    // Two weeks without a word: sign in again.
    app.clock.advance(TimeDelta::days(14));
    desk.post_json("/login/refresh", &json!({})).await.refused(401, "login_required");
}

#[tokio::test]
async fn a_mediator_signs_in_and_stays_signed_in() {
    a_working_day(TestApp::start().await).await;
}

#[tokio::test]
async fn a_mediator_signs_in_and_stays_signed_in_on_postgresql() {
    a_working_day(TestApp::on_postgres().await).await;
}

#[tokio::test]
async fn t12_a_stolen_refresh_cookie_ends_the_sign_in_for_both() {
    let app = TestApp::start().await;
    let (desk, thief) = (app.anybody("林岚"), app.anybody("a thief"));
    let first = sign_in(&desk, "mediator", PASSWORD).await;
    let old = cookie(&first);
    let second = desk.post_json("/login/refresh", &json!({})).await;
    assert_ne!(cookie(&second), old, "it rotates");
    let desk = desk.with_token(token(&second.ok()));
    desk.get("/me").await.ok();

    refresh_with(&thief, &old).await.refused(401, "login_revoked");
    desk.get("/me").await.refused(401, "login_revoked");
    refresh_with(&thief, &cookie(&second)).await.refused(401, "login_required");
    refresh_with(&thief, "od_refresh=guessed").await.refused(401, "login_required");
    thief.post_json("/login/refresh", &json!({})).await.refused(401, "login_required");
}

#[tokio::test]
async fn of_two_who_show_one_cookie_at_the_same_time_only_one_is_served() {
    let app = TestApp::start().await;
    let cookie = cookie(&sign_in(&app.anybody("林岚"), "mediator", PASSWORD).await);
    let (one, two) = (app.anybody("one tab"), app.anybody("another"));
    let (a, b) = tokio::join!(refresh_with(&one, &cookie), refresh_with(&two, &cookie));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn signing_out_ends_this_sign_in_and_everywhere_ends_all() {
    let app = TestApp::start().await;
    let (desk, phone) = (app.staff("mediator").await, app.staff("mediator").await);
    let clerk = app.staff("clerk").await;

    assert_eq!(desk.post_json("/logout", &json!({})).await.status, 204);
    desk.get("/me").await.refused(401, "login_revoked");
    desk.post_json("/login/refresh", &json!({})).await.refused(401, "login_required");
    phone.get("/me").await.ok();

    let desk = app.staff("mediator").await;
    assert_eq!(desk.post_json("/logout/everywhere", &json!({})).await.status, 204);
    phone.get("/me").await.refused(401, "login_revoked");
    phone.post_json("/login/refresh", &json!({})).await.refused(401, "login_required");
    clerk.get("/me").await.ok();
}

#[tokio::test]
async fn a_closed_account_signs_in_no_more() {
    let app = TestApp::start().await;
    let desk = app.staff("mediator").await;
    let tx = app.state.store.begin().await.unwrap();
    let (staff, _) = store::staff::credentials(&tx, "mediator").await.unwrap().unwrap();
    store::staff::set_active(&tx, staff.id, false).await.unwrap();
    tx.commit().await.unwrap();
    sign_in(&app.anybody("林岚"), "mediator", PASSWORD).await.refused(401, "login_failed");
    desk.post_json("/login/refresh", &json!({})).await.refused(401, "login_required");
}

#[tokio::test]
async fn t12_a_token_that_is_not_ours_opens_nothing() {
    let app = TestApp::start().await;
    let desk = app.staff("mediator").await;
    let (head, rest) = desk.token().split_once('.').unwrap();
    let forged = [format!("{head}.{rest}x"), format!("x{head}.{rest}"), "devkey".to_owned()];
    for token in forged {
        app.anybody("a forger").with_token(&token).get("/me").await.refused(401, "token_invalid");
    }
}
