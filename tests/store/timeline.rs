//! The timeline in the database: it comes back as it was hashed, on both databases, and writers at once make one chain.

use domain::timeline::{Draft, verify};
use serde_json::json;

use crate::world::{World, at, on_both};

on_both!(t4_what_was_hashed_comes_back_and_holds, t4_writers_at_once_make_one_chain);

fn draft(n: i32) -> Draft {
    Draft {
        actor: "调解员 李和".into(),
        kind: "note".into(),
        summary: format!("第{n}件事:雨水倒灌"),
        data: json!({"z": n, "a": {"names": ["赵守田", "钱永福"], "none": null}}),
    }
}

async fn t4_what_was_hashed_comes_back_and_holds(world: World) {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    assert_eq!(store::timeline::head(&tx, case).await.unwrap(), None);
    for n in 1..=5 {
        // nanoseconds, which one database keeps and the other does not
        let now = at(&format!("2026-04-01T01:00:00.12345678{n}"));
        let event = store::timeline::append(&tx, case, draft(n), now).await.unwrap();
        assert_eq!(event.seq, i64::from(n));
    }
    tx.commit().await.unwrap();
    let tx = world.store.read().await.unwrap();
    let events = store::timeline::of_case(&tx, case).await.unwrap();
    let head = store::timeline::head(&tx, case).await.unwrap();
    assert_eq!(verify(case, &events, head.as_ref()).ok(), head);
}

async fn t4_writers_at_once_make_one_chain(world: World) {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    tx.commit().await.unwrap();
    let writers = (0..16).map(|n| {
        let store = world.store.clone();
        async move {
            let tx = store.begin().await.unwrap();
            store::timeline::append(&tx, case, draft(n), at("2026-04-01T01:00:00")).await.unwrap();
            tx.commit().await.unwrap();
        }
    });
    futures_util::future::join_all(writers).await;
    let tx = world.store.read().await.unwrap();
    let events = store::timeline::of_case(&tx, case).await.unwrap();
    assert_eq!(events.len(), 16);
    assert!(verify(case, &events, None).is_ok());
}
