//! SIGKILL in the middle of writing: what was acknowledged is there afterwards.
//!
//! The writer is this very test binary, started again for the one ignored test below. It reads from its standard input
//! where the database lies and when to acknowledge, and prints a line for every write it acknowledges.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};

use domain::timeline::Draft;
use serde_json::json;
use store::{Settings, Store};

use crate::world::{World, at};

const WRITES: usize = 200;

/// Writes until killed. Run by the tests below, never by itself.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child of the crash tests"]
async fn writer() {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).unwrap();
    let mut words = line.split_whitespace();
    let (url, case) = (words.next().unwrap(), words.next().unwrap().parse().unwrap());
    let too_early = words.next() == Some("too-early");
    let store = Store::connect(url, &Settings::default()).await.unwrap();
    loop {
        let tx = store.begin().await.unwrap();
        let draft =
            Draft { actor: "crash".into(), kind: "write".into(), summary: String::new(), data: json!({}) };
        let event = store::timeline::append(&tx, case, draft, at("2026-04-01T00:00:00")).await.unwrap();
        let acknowledge = || {
            println!("\nack {}", event.seq);
            std::io::stdout().flush().unwrap();
        };
        if too_early && event.seq == i64::try_from(WRITES).unwrap() {
            acknowledge();
            std::future::pending::<()>().await;
        }
        tx.commit().await.unwrap();
        acknowledge();
    }
}

/// Lets the writer write, kills it, and answers (acknowledged, found afterwards).
async fn kill_while_writing(world: &World, url: &str, when: &str) -> (usize, usize) {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "断电").await;
    tx.commit().await.unwrap();

    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::writer", "--exact", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{url} {case} {when}").unwrap();
    let mut acknowledged = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some(seq) = line.unwrap().strip_prefix("ack ") {
            acknowledged = seq.parse().unwrap();
        }
        if acknowledged >= WRITES {
            child.kill().unwrap();
            break;
        }
    }
    child.wait().unwrap();

    let store = Store::connect(url, &Settings::default()).await.unwrap();
    let tx = store.begin().await.unwrap();
    let events = store::timeline::of_case(&tx, case).await.unwrap();
    assert!(domain::timeline::verify(case, &events, None).is_ok(), "no torn write");
    (acknowledged, events.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_sigkill_on_sqlite() {
    let world = World::on_sqlite().await;
    let (acknowledged, found) = kill_while_writing(&world, &world.url, "after-commit").await;
    println!("acknowledged {acknowledged}, found {found}, lost {}", acknowledged.saturating_sub(found));
    assert!(acknowledged >= WRITES && found >= acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_sigkill_on_postgres() {
    let world = World::on_postgres().await;
    let (acknowledged, found) = kill_while_writing(&world, &world.url, "after-commit").await;
    println!("acknowledged {acknowledged}, found {found}, lost {}", acknowledged.saturating_sub(found));
    assert!(acknowledged >= WRITES && found >= acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn control_a_writer_that_acknowledges_too_early_is_caught() {
    let world = World::on_sqlite().await;
    let (acknowledged, found) = kill_while_writing(&world, &world.url, "too-early").await;
    assert_eq!((acknowledged, found), (WRITES, WRITES - 1));
}
