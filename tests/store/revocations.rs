//! Removed people stay removed: the media tokens that count no longer.

use store::media_revocation::{find, keep, sweep};

use crate::world::{World, at, on_both};

on_both!(t12_a_removal_is_remembered_and_never_taken_back_by_an_earlier_one);

async fn t12_a_removal_is_remembered_and_never_taken_back_by_an_earlier_one(world: World) {
    let (early, late) = (at("2026-04-01T09:00:00"), at("2026-04-01T10:00:00"));
    let tx = world.store.begin().await.unwrap();
    keep(&tx, "sitting", "stranger", late).await.unwrap();
    keep(&tx, "sitting", "stranger", early).await.unwrap();
    keep(&tx, "sitting", "witness", early).await.unwrap();
    tx.commit().await.unwrap();

    let tx = world.store.begin().await.unwrap();
    assert_eq!(find(&tx, "sitting", "stranger").await.unwrap(), Some(late));
    assert_eq!(find(&tx, "another", "stranger").await.unwrap(), None, "of that room only");
    keep(&tx, "sitting", "witness", late).await.unwrap();
    assert_eq!(find(&tx, "sitting", "witness").await.unwrap(), Some(late), "a later one counts");
    assert_eq!(sweep(&tx, at("2026-05-02T00:00:00")).await.unwrap(), 2);
    assert_eq!(find(&tx, "sitting", "stranger").await.unwrap(), None);
}
