//! What a browser, an orchestrator and a slow or greedy client find at the front door.

use std::time::{Duration, Instant};

use tests::TestApp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn pages(directory: &std::path::Path) {
    std::fs::create_dir_all(directory.join("assets")).unwrap();
    std::fs::write(directory.join("resident.html"), "<title>resident</title>").unwrap();
    std::fs::write(directory.join("desk.html"), "<title>desk</title>").unwrap();
    std::fs::write(directory.join("assets/app-1a2b.js"), "let a = 1").unwrap();
    std::fs::write(directory.join("assets/app-1a2b.js.gz"), [0x1f, 0x8b, 0x08]).unwrap();
    std::fs::write(directory.join("icon.svg"), "<svg/>").unwrap();
}

#[tokio::test]
async fn t7_pages_and_assets_come_with_the_right_manners() {
    let web = tempfile::tempdir().unwrap();
    pages(web.path());
    let app = TestApp::with(|config| config.web.directory = web.path().to_owned()).await;
    let browser = app.anybody("a browser");
    assert_eq!(browser.get("!/").await.status, 200);
    for (path, title) in [("!/j/some-token", "resident"), ("!/desk", "desk"), ("!/desk/cases/1", "desk")] {
        let page = browser.get(path).await;
        assert!(page.status == 200 && page.text().contains(title), "{path}");
        assert_eq!(page.headers["cache-control"], "no-cache");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self';"), "{policy}");
        assert!(
            page.headers["permissions-policy"]
                .to_str()
                .unwrap()
                .starts_with("camera=(self), microphone=(self)")
        );
    }
    let asset = browser.get("!/assets/app-1a2b.js").await;
    assert_eq!(asset.headers["cache-control"], "public, max-age=31536000, immutable");
    let zipped = browser
        .send(reqwest::Method::GET, "!/assets/app-1a2b.js", None::<&()>, &[("Accept-Encoding", "gzip")])
        .await;
    assert_eq!(zipped.headers["content-encoding"], "gzip");
    assert_eq!(browser.get("!/icon.svg").await.status, 200);
    browser.get("!/assets/../../auth.key").await.refused(404, "not_found");
    browser.get("!/nothing-here").await.refused(404, "not_found");
    browser.get("/nothing-here").await.refused(404, "not_found");
}

#[tokio::test]
async fn without_built_pages_the_answer_says_what_to_do() {
    let app = TestApp::with(|config| config.web.directory = "/nonexistent".into()).await;
    let page = app.anybody("a newcomer").get("!/desk").await;
    assert_eq!(page.status, 503);
    assert!(page.text().contains("cargo xtask run"));
}

#[tokio::test]
async fn health_readiness_and_metrics_answer() {
    let app = TestApp::start().await;
    let probe = app.anybody("an orchestrator");
    assert_eq!(probe.get("!/healthz").await.text(), "ok\n");
    assert_eq!(probe.get("!/readyz").await.ok()["database"], "ok");
    assert_eq!(probe.get("!/metrics").await.status, 200);
}

#[tokio::test]
async fn t8_a_client_that_dawdles_over_its_head_is_closed_in_time() {
    let app = TestApp::with(|config| config.http.read_timeout = 1).await;
    let mut dawdler = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    dawdler.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await.unwrap();
    let began = Instant::now();
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(8), dawdler.read_to_end(&mut rest))
        .await
        .expect("it is closed");
    assert!(began.elapsed() >= Duration::from_millis(900), "not before its time");
}

#[tokio::test]
async fn t8_a_client_that_dawdles_over_its_body_is_answered_and_not_waited_for() {
    let app = TestApp::with(|config| config.http.read_timeout = 1).await;
    let mut dawdler = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    let head = "POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{";
    dawdler.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(8), dawdler.read_to_end(&mut answer))
        .await
        .expect("it is closed");
    assert!(
        String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 4"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
}

#[tokio::test]
async fn t8_connections_beyond_the_cap_are_closed_at_once_and_places_come_free() {
    let app = TestApp::with(|config| config.http.max_connections = 3).await;
    let address = app.url.trim_start_matches("http://").to_owned();
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut connection = TcpStream::connect(&address).await.unwrap();
        connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut first = [0; 12];
        connection.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        held.push(connection);
    }
    let mut fourth = TcpStream::connect(&address).await.unwrap();
    let mut nothing = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(8), fourth.read_to_end(&mut nothing))
        .await
        .expect("it is closed");
    assert!(nothing.is_empty());
    drop(held);
    let probe = app.anybody("a later visitor");
    tests::process::until("a place comes free", || async {
        let mut connection = TcpStream::connect(&address).await.unwrap();
        let _ = connection
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await;
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer).await;
        answer.starts_with(b"HTTP/1.1 200")
    })
    .await;
    assert_eq!(probe.get("!/healthz").await.status, 200);
}

#[tokio::test]
async fn a_running_request_is_finished_when_the_server_stops() {
    let app = TestApp::start().await;
    let probe = app.anybody("somebody");
    probe.get("!/healthz").await;
    app.stop().await;
}
