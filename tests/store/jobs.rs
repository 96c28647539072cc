//! Jobs: true with their transaction, taken by one worker, taken again when that worker died, buried in the end.

use chrono::TimeDelta;
use domain::JobId;
use serde_json::json;
use store::job::{self, ATTEMPTS_AT_MOST};

use crate::world::{World, at, on_both};

on_both!(
    a_job_is_true_with_its_transaction,
    of_many_workers_each_job_goes_to_one,
    a_dead_workers_job_is_taken_again,
    a_failing_job_comes_back_later_and_is_buried_in_the_end,
);

const NOW: &str = "2026-04-29T02:00:00";
const LEASE: TimeDelta = TimeDelta::seconds(60);

async fn leave(world: &World, count: u32) {
    let tx = world.store.begin().await.unwrap();
    for n in 0..count {
        job::enqueue(&tx, JobId(world.id()), "seal", &json!({"n": n}), at(NOW)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn take(world: &World, seconds: i64) -> Option<job::Job> {
    let tx = world.store.begin().await.unwrap();
    let job = job::take(&tx, at(NOW) + TimeDelta::seconds(seconds), LEASE).await.unwrap();
    tx.commit().await.unwrap();
    job
}

async fn a_job_is_true_with_its_transaction(world: World) {
    let tx = world.store.begin().await.unwrap();
    job::enqueue(&tx, JobId(world.id()), "seal", &json!({}), at(NOW)).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(take(&world, 1).await, None);
    leave(&world, 1).await;
    let taken = take(&world, 1).await.unwrap();
    assert_eq!((taken.kind.as_str(), taken.attempt), ("seal", 1));
    let tx = world.store.begin().await.unwrap();
    job::progress(&tx, taken.id, 40).await.unwrap();
    job::finish(&tx, taken.id, at(NOW)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(take(&world, 3600).await, None);
}

async fn of_many_workers_each_job_goes_to_one(world: World) {
    leave(&world, 8).await;
    let taken = futures_util::future::join_all((0..16).map(|_| take(&world, 1))).await;
    let mut ids: Vec<_> = taken.into_iter().flatten().map(|job| job.id).collect();
    // PostgreSQL's workers pass over locked rows, so one round may miss some: the next rounds take the rest.
    while let Some(job) = take(&world, 1).await {
        ids.push(job.id);
    }
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (8, 8));
}

async fn a_dead_workers_job_is_taken_again(world: World) {
    leave(&world, 1).await;
    let first = take(&world, 0).await.unwrap();
    assert_eq!(take(&world, 59).await, None, "the lease holds");
    let again = take(&world, 61).await.unwrap();
    assert_eq!((again.id, again.attempt), (first.id, 2));
}

async fn a_failing_job_comes_back_later_and_is_buried_in_the_end(world: World) {
    leave(&world, 1).await;
    let mut now = 0;
    for attempt in 1..=ATTEMPTS_AT_MOST {
        let job = take(&world, now).await.unwrap();
        assert_eq!(job.attempt, attempt);
        let tx = world.store.begin().await.unwrap();
        let next = job::fail(&tx, &job, "no font", at(NOW) + TimeDelta::seconds(now)).await.unwrap();
        tx.commit().await.unwrap();
        match next {
            Some(next) => {
                assert_eq!(take(&world, now).await, None, "not at once");
                now = (next - at(NOW)).num_seconds();
            }
            None => assert_eq!(attempt, ATTEMPTS_AT_MOST),
        }
    }
    assert_eq!(take(&world, now + 100_000).await, None);
    let tx = world.store.read().await.unwrap();
    assert_eq!(job::buried(&tx).await.unwrap().len(), 1);
}
