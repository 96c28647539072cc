//! The minutes: numbered in the order of writing, also when two write at once; a later word replaces the former.

use domain::minutes::{Confirmation, Draft, EntryKind};
use domain::{EntryId, SeatId};

use crate::world::{World, at, on_both};

on_both!(r12_entries_are_numbered_and_words_kept, two_writers_at_once_get_two_numbers);

fn draft(text: &str, corrects: Option<EntryId>) -> Draft {
    Draft { kind: EntryKind::Statement, speaker: "赵守田".into(), text: text.into(), corrects }
}

async fn r12_entries_are_numbered_and_words_kept(world: World) {
    let now = at("2026-04-10T01:10:00");
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let (session, zhao) = world.sitting(&tx, case).await;
    let mediator = SeatId(world.id());
    let first =
        store::minutes::append(&tx, session, EntryId(world.id()), draft("墙皮脱落", None), mediator, now)
            .await
            .unwrap();
    let again = draft("东墙墙皮脱落约12平方米", Some(first.id));
    let second =
        store::minutes::append(&tx, session, EntryId(world.id()), again, mediator, now).await.unwrap();
    assert_eq!((first.seq, second.seq), (1, 2));

    let word = |ok, remark: Option<&str>| Confirmation {
        seat_id: zhao,
        ok,
        remark: remark.map(Into::into),
        at: now,
    };
    store::minutes::confirm(&tx, second.id, &word(false, Some("是14平方米"))).await.unwrap();
    store::minutes::confirm(&tx, second.id, &word(true, None)).await.unwrap();
    let all = store::minutes::of_session(&tx, session).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].corrects, Some(first.id));
    assert_eq!(all[1].confirmations, [word(true, None)]);
    assert!(domain::minutes::all_confirmed(&all, &[zhao]));
}

async fn two_writers_at_once_get_two_numbers(world: World) {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let (session, _) = world.sitting(&tx, case).await;
    tx.commit().await.unwrap();
    let writers = (0..10).map(|n| {
        let (store, id, seat) = (world.store.clone(), EntryId(world.id()), SeatId(world.id()));
        async move {
            let tx = store.begin().await.unwrap();
            let text = draft(&format!("第{n}句"), None);
            let entry = store::minutes::append(&tx, session, id, text, seat, at("2026-04-10T01:10:00"))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            entry.seq
        }
    });
    let mut numbers = futures_util::future::join_all(writers).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
}
