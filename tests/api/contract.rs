//! The OpenAPI document that the web client is generated from is the one this server speaks.

use std::path::Path;

use tests::TestApp;

const COMMITTED: &str = "web/src/shared/api/openapi.json";

#[test]
fn the_committed_contract_is_not_stale() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let committed = std::fs::read_to_string(root.join(COMMITTED)).unwrap_or_default();
    let current = onedoor::openapi::json().unwrap();
    assert!(committed == current, "{COMMITTED} is stale: run `onedoor openapi {COMMITTED}` and commit it");
}

#[tokio::test]
async fn the_server_serves_its_contract() {
    let app = TestApp::start().await;
    let document = app.anybody("a developer").get("!/api/openapi.json").await.ok();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/login"]["post"]["responses"]["401"].is_object());
}
