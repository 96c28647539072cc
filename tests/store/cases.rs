//! Cases: numbers without gaps, what is saved comes back, and each sees only what is in scope.

use domain::{CaseId, CaseState, Phase, Side};
use store::case::{Filter, Scope};
use uuid::Uuid;

use crate::world::{World, at, on_both};

on_both!(
    numbers_count_up_without_gaps,
    numbers_are_never_given_twice_to_writers_at_once,
    what_is_saved_comes_back,
    what_is_not_committed_never_happened,
    each_sees_only_the_cases_in_scope,
    a_search_finds_parties_and_takes_signs_as_they_are,
    a_sitting_keeps_its_phase,
);

async fn numbers_count_up_without_gaps(world: World) {
    let tx = world.store.begin().await.unwrap();
    for serial in 1..=3 {
        let id = world.register(&tx, "排水纠纷").await;
        let case = store::case::find(&tx, id).await.unwrap().unwrap();
        assert_eq!(case.register_no, format!("（2026）石桥登字第{serial}号"));
    }
    tx.rollback().await.unwrap();
    let tx = world.store.begin().await.unwrap();
    let (serial, _) = store::case::next_register_no(&tx, &world.shiqiao, 2026).await.unwrap();
    assert_eq!(serial, 1, "what was rolled back left no gap");
    let (serial, _) = store::case::next_register_no(&tx, &world.shiqiao, 2027).await.unwrap();
    assert_eq!(serial, 1, "a new year begins at one");
}

async fn numbers_are_never_given_twice_to_writers_at_once(world: World) {
    let clerks = (0..20).map(|_| {
        let (store, shiqiao) = (world.store.clone(), world.shiqiao.clone());
        async move {
            let tx = store.begin().await.unwrap();
            let (serial, _) = store::case::next_register_no(&tx, &shiqiao, 2026).await.unwrap();
            tx.commit().await.unwrap();
            serial
        }
    });
    let mut serials = futures_util::future::join_all(clerks).await;
    serials.sort_unstable();
    assert_eq!(serials, (1..=20).collect::<Vec<_>>());
}

async fn what_is_saved_comes_back(world: World) {
    let tx = world.store.begin().await.unwrap();
    let id = world.register(&tx, "排水纠纷").await;
    let mut case = store::case::lock(&tx, id).await.unwrap().unwrap();
    case.state = CaseState::Accepted;
    case.accepted_at = Some(at("2026-04-01T01:02:03.004"));
    case.due_at = Some(at("2026-05-01T16:00:00"));
    case.number = Some("（2026）石桥人调字第17号".into());
    store::case::save(&tx, &case).await.unwrap();
    tx.commit().await.unwrap();

    let tx = world.store.read().await.unwrap();
    assert_eq!(store::case::find(&tx, id).await.unwrap(), Some(case));
    assert_eq!(store::case::find(&tx, CaseId(Uuid::from_u128(404))).await.unwrap(), None);
}

async fn what_is_not_committed_never_happened(world: World) {
    let tx = world.store.begin().await.unwrap();
    let id = world.register(&tx, "排水纠纷").await;
    drop(tx);
    let tx = world.store.begin().await.unwrap();
    assert_eq!(store::case::find(&tx, id).await.unwrap(), None);
}

async fn each_sees_only_the_cases_in_scope(world: World) {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let count = async |scope: Scope| store::case::list(&tx, &scope, &Filter::default()).await.unwrap().len();
    assert_eq!(count(Scope::default()).await, 0, "no scope, no rows");
    assert_eq!(count(Scope { handler: Some(world.li), ..Scope::default() }).await, 1);
    assert_eq!(count(Scope { handler: Some(world.wang), ..Scope::default() }).await, 0);
    assert_eq!(count(Scope { receiver: Some(world.wang), ..Scope::default() }).await, 1);
    let county = store::organization::all(&tx).await.unwrap()[0].id;
    let below = store::organization::subtree(&tx, county).await.unwrap();
    assert_eq!(below.len(), 2);
    assert_eq!(count(Scope { organizations: below, ..Scope::default() }).await, 1);

    assert_eq!(count(Scope { at_table: Some(world.wang), ..Scope::default() }).await, 0);
    let (session, _) = world.sitting(&tx, case).await;
    let seat = domain::Seat {
        id: domain::SeatId(world.id()),
        session_id: session,
        role: domain::SeatRole::Clerk,
        side: Side::Neutral,
        name: "王敏".into(),
        party_id: None,
        staff_id: Some(world.wang),
        bound_to: None,
        same_device: false,
        mandate: None,
    };
    store::seat::insert(&tx, &seat).await.unwrap();
    assert_eq!(count(Scope { at_table: Some(world.wang), ..Scope::default() }).await, 1);
    assert!(store::sitting::seats_staff(&tx, case, world.wang).await.unwrap());
    assert!(!store::sitting::seats_staff(&tx, case, world.li).await.unwrap());
}

async fn a_search_finds_parties_and_takes_signs_as_they_are(world: World) {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水100%纠纷").await;
    world.party(&tx, case, Side::Applicant, "赵守田").await;
    world.register(&tx, "欠薪").await;
    let scope = Scope { handler: Some(world.li), ..Scope::default() };
    let found = async |text: &str| {
        let filter = Filter { text: Some(text.into()), ..Filter::default() };
        store::case::list(&tx, &scope, &filter).await.unwrap().len()
    };
    assert_eq!(found("守田").await, 1);
    assert_eq!(found("登字第2号").await, 1);
    assert_eq!(found("%").await, 1, "only the title that has the sign");
    assert_eq!(found("_").await, 0);
    assert_eq!(found("'; drop table case_file; --").await, 0);
    let filter = Filter { states: vec![CaseState::Closed], ..Filter::default() };
    assert!(store::case::list(&tx, &scope, &filter).await.unwrap().is_empty());
}

async fn a_sitting_keeps_its_phase(world: World) {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let (id, _) = world.sitting(&tx, case).await;
    let day = (at("2026-04-09T16:00:00"), at("2026-04-10T16:00:00"));
    assert_eq!(store::sitting::around(&tx, &[case], day.0, day.1).await.unwrap().len(), 1);
    let next = (day.1, at("2026-04-11T16:00:00"));
    assert!(store::sitting::around(&tx, &[case], next.0, next.1).await.unwrap().is_empty());

    let mut sitting = store::sitting::find(&tx, id).await.unwrap().unwrap();
    sitting.phase = Phase::Live;
    sitting.started_at = Some(at("2026-04-10T01:03:00"));
    store::sitting::save(&tx, &sitting).await.unwrap();
    assert_eq!(store::sitting::find(&tx, id).await.unwrap(), Some(sitting));
    let over_midnight = store::sitting::around(&tx, &[case], next.0, next.1).await.unwrap();
    assert_eq!(over_midnight.len(), 1, "what goes on is shown whatever the day");
    assert_eq!(store::sitting::going_on(&tx).await.unwrap().len(), 1);
}
