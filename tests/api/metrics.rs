//! `/metrics`: every name the board asks for is there from the first scrape, and says what it is.

use std::collections::BTreeSet;

use tests::TestApp;

const BOARD: &str = include_str!("../../deploy/grafana/onedoor.json");

/// Names of metrics in a text: words that begin as ours do.
fn names(text: &str) -> BTreeSet<&str> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    text.split(word).filter(|name| name.starts_with("onedoor_") || name.starts_with("process_")).collect()
}

async fn scrape(app: &TestApp) -> String {
    reqwest::get(format!("{}/metrics", app.url)).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn what_the_board_shows_is_on_metrics() {
    let board: serde_json::Value = serde_json::from_str(BOARD).unwrap();
    let mut asked = BTreeSet::new();
    for target in
        board["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap())
    {
        asked.extend(names(target["expr"].as_str().unwrap()));
    }
    assert!(asked.len() > 25, "the board asks for something: {asked:?}");

    let app = TestApp::start().await;
    let page = scrape(&app).await;
    // What has a label appears with its first event; its help text does at once or with it.
    let later = ["onedoor_jobs_done_total", "onedoor_job_failures_total", "onedoor_task_panics_total"];
    let there = names(&page);
    let missing: Vec<_> =
        asked.iter().filter(|name| !there.contains(*name) && !later.contains(name)).collect();
    assert!(missing.is_empty(), "not on /metrics: {missing:?}\n{page}");
    assert!(!there.contains("onedoor_no_such_metric"), "control");
}

#[tokio::test]
async fn every_metric_has_a_help_text() {
    let app = TestApp::start().await;
    let page = scrape(&app).await;
    for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(page.contains(&format!("# HELP {name} ")), "{name} says what it is");
    }
}

#[tokio::test]
async fn answers_are_counted_by_class() {
    let app = TestApp::start().await;
    let count = |page: &str, class: &str| -> u64 {
        let line = format!("onedoor_http_responses_total{{class=\"{class}\"}} ");
        page.lines().find_map(|have| have.strip_prefix(&line)?.parse().ok()).unwrap()
    };
    let before = count(&scrape(&app).await, "4xx");
    for _ in 0..3 {
        reqwest::get(format!("{}/api/v1/cases", app.url)).await.unwrap();
    }
    assert!(count(&scrape(&app).await, "4xx") >= before + 3, "nobody is logged in");
}
