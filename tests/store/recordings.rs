//! Recordings: kept until their time is over, longer under a hold; every look is written down.

use chrono::TimeDelta;
use domain::recording::{Look, LookKind, RecordingStatus};
use domain::{Recording, RecordingId};

use crate::world::{World, at, on_both};

on_both!(r35_a_recording_is_kept_for_its_time_and_longer_under_a_hold, every_look_is_kept_the_latest_first);

async fn kept(world: &World) -> Recording {
    let ended = at("2026-04-10T03:00:00");
    let tx = world.store.begin().await.unwrap();
    let case_id = world.register(&tx, "排水纠纷").await;
    let (session_id, _) = world.sitting(&tx, case_id).await;
    let running = Recording {
        id: RecordingId(world.id()),
        case_id,
        session_id,
        status: RecordingStatus::Running,
        started_at: ended - TimeDelta::hours(1),
        ended_at: None,
        duration_ms: 0,
        bytes: 0,
        manifest_sha256: None,
        keep_until: None,
        hold: None,
        composite_job: None,
    };
    store::recording::insert(&tx, &running).await.unwrap();
    let runs = store::recording::running(&tx).await.unwrap();
    assert_eq!(runs.as_slice(), std::slice::from_ref(&running));
    let finished = Recording {
        status: RecordingStatus::Finished,
        ended_at: Some(ended),
        duration_ms: 3_600_000,
        bytes: 5 << 32,
        manifest_sha256: Some("ab".repeat(32)),
        keep_until: Some(Recording::keep_until(ended, 180)),
        ..running
    };
    store::recording::save(&tx, &finished).await.unwrap();
    tx.commit().await.unwrap();
    finished
}

async fn r35_a_recording_is_kept_for_its_time_and_longer_under_a_hold(world: World) {
    let mut recording = kept(&world).await;
    let over = recording.keep_until.unwrap();
    let tx = world.store.begin().await.unwrap();
    assert_eq!(store::recording::find(&tx, recording.id).await.unwrap().as_ref(), Some(&recording));
    assert_eq!(store::recording::of_case(&tx, recording.case_id).await.unwrap(), [recording.clone()]);
    assert_eq!(store::recording::expired(&tx, over - TimeDelta::seconds(1)).await.unwrap(), []);
    assert_eq!(store::recording::expired(&tx, over).await.unwrap(), [recording.clone()]);
    recording.hold("法院调取", "林岚", over).unwrap();
    store::recording::save(&tx, &recording).await.unwrap();
    assert_eq!(store::recording::expired(&tx, over + TimeDelta::days(900)).await.unwrap(), []);
    let held = store::recording::lock(&tx, recording.id).await.unwrap().unwrap();
    assert_eq!(held.hold.unwrap().reason, "法院调取");
    assert_eq!(store::recording::running(&tx).await.unwrap(), []);
}

async fn every_look_is_kept_the_latest_first(world: World) {
    let recording = kept(&world).await;
    let tx = world.store.begin().await.unwrap();
    let look = |minute: i64, what| Look {
        at: at("2026-04-11T01:00:00") + TimeDelta::minutes(minute),
        viewer: "林岚".into(),
        what,
    };
    let (opened, played) = (look(0, LookKind::Opened), look(1, LookKind::Played));
    for one in [&opened, &played] {
        store::recording::look(&tx, world.id(), recording.id, world.li, one).await.unwrap();
    }
    assert_eq!(store::recording::looks(&tx, recording.id).await.unwrap(), [played, opened]);
}
