//! `onedoor doctor` beside a running server: it walks the ways a phone would, and names the one that is blocked.

use onedoor::config::{Config, Turn};
use onedoor::doctor::examine;
use serde_json::Value;
use tests::TestApp;
use tests::process::free_port;

/// What doctor says, told where this server is and `more`.
async fn doctor(app: &TestApp, more: impl FnOnce(&mut Config)) -> Value {
    let mut config = Config { data_dir: app.state.config.data_dir.join("doctor"), ..Config::default() };
    config.http.listen = app.url.trim_start_matches("http://").parse().unwrap();
    config.http.public_url = app.url.replace("127.0.0.1", "localhost");
    config.media.udp_port = app.state.media.local_addrs()[0].port();
    config.media.tcp_port = app.state.media.tcp_addr().map_or(0, |address| address.port());
    config.media.advertised = vec!["127.0.0.1".parse().unwrap()];
    more(&mut config);
    serde_json::to_value(examine(&config).await).unwrap()
}

/// The fault of what begins with these words; `None`: it is well.
fn fault<'a>(said: &'a Value, what: &str) -> Option<&'a str> {
    let all = said["findings"].as_array().unwrap();
    let one = all.iter().find(|one| one["what"].as_str().unwrap().starts_with(what));
    one.unwrap_or_else(|| panic!("nothing said about {what}: {said}"))["fault"].as_str()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_walks_every_way_to_a_running_server() {
    let app = TestApp::with(|config| config.media.tcp_port = free_port()).await;
    let said = doctor(&app, |_| {}).await;
    assert_eq!(said["running"], true);
    for way in ["the address people type", "WebSocket", "media over UDP", "media over TCP"] {
        assert_eq!(fault(&said, way), None, "{way}");
    }
    for program in ["ffmpeg", "prlimit", "pdfinfo", "pdftoppm"] {
        assert_eq!(fault(&said, program), None, "{program}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_names_what_is_wrong_and_how_to_mend_it() {
    let app = TestApp::start().await;
    let said = doctor(&app, |config| {
        let urls = ["turn:127.0.0.1:9?transport=tcp", "relay.example"].map(str::to_owned).to_vec();
        config.turn = Turn { urls, secret: "short".into(), ttl: 60 };
        config.http.public_url = "http://localhost:9".into();
        config.papers.pdftoppm = "/nowhere/pdftoppm".into();
        // One that starts and fails is as bad as none.
        config.papers.pdfinfo = "false".into();
    })
    .await;
    assert_eq!(said["well"], false);
    assert!(fault(&said, "settings").unwrap().contains("turn.secret"));
    assert!(fault(&said, "the address people type").is_some());
    assert!(fault(&said, "relay turn:127.0.0.1").unwrap().starts_with("nothing answers"));
    assert_eq!(fault(&said, "relay relay.example").unwrap(), "not an address of a relay");
    assert!(fault(&said, "pdftoppm").unwrap().starts_with("/nowhere/pdftoppm: "));
    assert!(fault(&said, "pdfinfo").unwrap().contains("exit status: 1"));
    let all = said["findings"].as_array().unwrap();
    let mend = all.iter().find(|one| one["what"] == "pdftoppm").unwrap()["mend"].as_str().unwrap();
    assert!(mend.contains("apt install poppler-utils"), "{mend}");
    assert!(
        all.iter().all(|one| one["fault"].is_null() == one["mend"].is_null()),
        "every fault says how to mend it"
    );
}
