//! The hearing ledger: what the forwarding table counted is in the case file, on the chain, and each reads of
//! themselves. Real hub, wire and SFU; packets that name their maker.

use std::time::{Duration, Instant};

use domain::access::Action;
use serde_json::{Value, json};
use store::seat_link::NewLink;
use tests::Reply;

use crate::never_heard::{Log, join};
use crate::table::{LinLan, Qian, Table, Who, Zhao};

async fn wait_until(what: &str, test: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !test() {
        assert!(Instant::now() < end, "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn received(log: &Log, from: Who, to: Who) -> usize {
    log.lock().unwrap().iter().filter(|(a, b, ..)| (*a, *b) == (from, to)).count()
}

/// The person has a link that stands, as after the door.
async fn has_a_link(table: &Table, who: Who) {
    let state = &table.state;
    let (id, now) = (state.ids.next::<uuid::Uuid>(), state.clock.now() - chrono::TimeDelta::minutes(1));
    let (token_hash, expires_at) = (id.to_string(), now + chrono::TimeDelta::days(1));
    let tx = state.store.begin().await.unwrap();
    let link = NewLink { id, seat_id: table.seat(who), token_hash: &token_hash, expires_at };
    store::seat_link::issue(&tx, &link, now).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ledger(table: &Table, who: Who) -> Vec<Value> {
    let path = format!("/sessions/{}/hearing", table.session);
    let reply: Reply = table.app.anybody("reader").with_token(&table.token(who)).get(&path).await;
    let body = reply.ok();
    assert_eq!(body["intact"], true);
    body["items"].as_array().unwrap().clone()
}

/// Packets of sound from one name to another in an interval.
fn sound(interval: &Value, from: &str, to: &str) -> Option<u64> {
    let pairs = interval["pairs"].as_array().unwrap();
    let pair = pairs.iter().find(|p| p["from"]["name"] == from && p["to"]["name"] == to)?;
    pair["audio"].as_u64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_heard_in_private_is_proven_and_the_other_side_received_nothing() {
    let (table, mut lin, mut zhao, mut qian) = Table::together().await;
    let (log, start) = (Log::default(), Instant::now());
    let mut media = Vec::new();
    for who in [LinLan, Zhao, Qian] {
        media.push(join(&table, who, &log, start).await);
    }
    wait_until("everybody hears everybody", || {
        [(Zhao, Qian), (Qian, Zhao), (Zhao, LinLan), (LinLan, Qian)]
            .iter()
            .all(|(a, b)| received(&log, *a, *b) > 5)
    })
    .await;
    lin.command(table.caucus(Zhao)).await;
    let before = received(&log, Zhao, LinLan);
    wait_until("the mediator hears Zhao in private", || received(&log, Zhao, LinLan) > before + 20).await;
    lin.command(json!({"type": "close_caucus", "area": "caucus-1"})).await;
    let before = received(&log, Zhao, Qian);
    wait_until("Qian hears Zhao again", || received(&log, Zhao, Qian) > before + 5).await;
    lin.command(json!({"type": "end", "outcome": "adjourned"})).await;

    for who in [Zhao, Qian] {
        has_a_link(&table, who).await;
    }
    let mine = ledger(&table, Zhao).await;
    let kinds: Vec<_> = mine.iter().map(|i| i["area"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["joint", "caucus", "joint"], "{mine:#?}");
    let private = &mine[1];
    assert!(sound(private, "赵守田", "林岚").unwrap() > 20);
    assert_eq!(sound(private, "赵守田", "钱永福"), None, "there was no way through the table");
    assert_eq!(private["unreached"][0]["name"], "钱永福");
    // Control: together, the same reading finds that Qian did receive.
    assert!(sound(&mine[0], "赵守田", "钱永福").unwrap() > 5);
    assert!(mine[0]["unreached"].as_array().unwrap().is_empty());

    // What the table counted is what arrived: on loopback nothing is lost, and what was in flight is not counted twice.
    let counted: u64 = mine.iter().filter_map(|i| sound(i, "赵守田", "钱永福")).sum();
    let arrived = received(&log, Zhao, Qian) as u64;
    assert!(counted >= arrived && counted <= arrived + 5, "counted {counted}, arrived {arrived}");

    // The other side reads of itself alone: nothing of the private talk, not even that there was one.
    let theirs = ledger(&table, Qian).await;
    let text = serde_json::to_string(&theirs).unwrap();
    assert!(!text.contains("caucus"), "{text}");
    assert!(theirs.iter().all(|i| sound(i, "赵守田", "林岚").is_none()));
    assert!(
        table.timeline().await.iter().filter(|kind| *kind == "hearing").count() >= 3,
        "on the chain, and whole"
    );
    for socket in [&mut lin, &mut zhao, &mut qian] {
        socket.forget();
    }
    drop(media);
}

#[test]
fn reading_ones_own_ledger_is_no_right_to_read_the_minutes() {
    use domain::SeatRole;
    use domain::access::Actor;
    assert!(Actor::own_seat(SeatRole::Applicant).may(Action::ReadOwnHearing));
    assert!(!Actor::own_seat(SeatRole::Observer).may(Action::ReadOwnHearing));
}
