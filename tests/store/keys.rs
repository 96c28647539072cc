//! Idempotency keys: a call that comes twice creates once, even when both come at once.

use store::idempotency::{Claim, answer, claim};

use crate::world::{World, at, on_both};

on_both!(a_repeated_call_gets_the_first_answer, of_two_calls_at_once_one_does_the_work);

const NOW: &str = "2026-04-01T00:00:00";

async fn a_repeated_call_gets_the_first_answer(world: World) {
    let tx = world.store.begin().await.unwrap();
    assert_eq!(claim(&tx, "li POST /cases", "k1", "hash a", at(NOW)).await.unwrap(), Claim::New);
    answer(&tx, "li POST /cases", "k1", 201, r#"{"id":1}"#).await.unwrap();
    tx.commit().await.unwrap();

    let tx = world.store.begin().await.unwrap();
    let done = Claim::Done { status: 201, body: r#"{"id":1}"#.into() };
    assert_eq!(claim(&tx, "li POST /cases", "k1", "hash a", at(NOW)).await.unwrap(), done);
    assert_eq!(claim(&tx, "li POST /cases", "k1", "hash b", at(NOW)).await.unwrap(), Claim::Other);
    assert_eq!(
        claim(&tx, "wang POST /cases", "k1", "hash b", at(NOW)).await.unwrap(),
        Claim::New,
        "another's key"
    );
    assert_eq!(store::idempotency::sweep(&tx, at("2026-04-02T00:00:00")).await.unwrap(), 2);
}

async fn of_two_calls_at_once_one_does_the_work(world: World) {
    let calls = (0..12).map(|n| {
        let store = world.store.clone();
        async move {
            let tx = store.begin().await.unwrap();
            let claimed = claim(&tx, "li POST /cases", "double click", "hash", at(NOW)).await.unwrap();
            if claimed == Claim::New {
                answer(&tx, "li POST /cases", "double click", 201, &format!("made by {n}")).await.unwrap();
            }
            tx.commit().await.unwrap();
            claimed
        }
    });
    let claims = futures_util::future::join_all(calls).await;
    assert_eq!(claims.iter().filter(|c| **c == Claim::New).count(), 1);
    let bodies: std::collections::HashSet<_> = claims
        .iter()
        .filter_map(|c| match c {
            Claim::Done { status: 201, body } => Some(body),
            _ => None,
        })
        .collect();
    assert_eq!(bodies.len(), 1, "all others hear the same answer");
}
