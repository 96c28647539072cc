//! The roster, the calls that ring, notes and who may read them, and the incident desk's list.

use domain::duress::{Act, Duress, Logged, Place};
use domain::duty::{CallStatus, ExpertCall, Hours, Residency, RingAnswer};
use domain::{CallId, DuressId, Duty, DutyId, Expert};

use crate::world::{World, at, on_both};

on_both!(
    a_roster_is_kept_and_changed,
    a_call_rings_one_after_another,
    r31_a_counsellors_note_is_found_by_its_author_alone,
    what_was_done_about_a_call_for_help_is_only_added_to,
);

async fn a_roster_is_kept_and_changed(world: World) {
    let now = at("2026-04-10T03:00:00");
    let tx = world.store.begin().await.unwrap();
    let mut duty = Duty {
        id: DutyId(world.id()),
        organization_id: world.shiqiao.id,
        staff_id: world.li,
        expert: Expert::Lawyer,
        department: String::new(),
        residency: Residency::Rotating,
        hours: Hours::parse(&[1, 7], "09:00", "24:00").unwrap(),
        position: 2,
    };
    store::duty::insert(&tx, &duty, now).await.unwrap();
    assert_eq!(store::duty::find(&tx, duty.id).await.unwrap().as_ref(), Some(&duty));
    (duty.hours, duty.residency) = (Hours::ALWAYS, Residency::OnCall);
    store::duty::save(&tx, &duty).await.unwrap();
    let roster = store::duty::of(&tx, &[world.shiqiao.id]).await.unwrap();
    assert_eq!(roster.as_slice(), std::slice::from_ref(&duty));
    assert!(store::duty::of(&tx, &[]).await.unwrap().is_empty());
    assert!(store::duty::remove(&tx, duty.id).await.unwrap());
    assert!(!store::duty::remove(&tx, duty.id).await.unwrap());
}

async fn call(world: &World, tx: &store::Tx) -> ExpertCall {
    let case_id = world.register(tx, "排水纠纷").await;
    let (session_id, _) = world.sitting(tx, case_id).await;
    let call = ExpertCall {
        id: CallId(world.id()),
        session_id,
        case_id,
        number: 1,
        expert: Expert::Counsellor,
        department: String::new(),
        private: true,
        question: "老人情绪激动".into(),
        rang_at: at("2026-04-10T03:00:00"),
        status: CallStatus::Ringing,
        taken_by: None,
        seat_id: None,
    };
    store::expert_call::insert(tx, &call).await.unwrap();
    call
}

async fn a_call_rings_one_after_another(world: World) {
    let now = at("2026-04-10T03:00:00");
    let tx = world.store.begin().await.unwrap();
    let mut call = call(&world, &tx).await;
    assert_eq!(store::expert_call::ringing(&tx).await.unwrap().as_slice(), std::slice::from_ref(&call));
    assert!(!store::expert_call::is_busy(&tx, world.li).await.unwrap());
    store::expert_call::ring(&tx, call.id, world.li, now).await.unwrap();
    assert!(store::expert_call::is_busy(&tx, world.li).await.unwrap());
    store::expert_call::answer(&tx, call.id, world.li, RingAnswer::Conflict).await.unwrap();
    assert!(store::expert_call::declared_conflict(&tx, world.li, call.case_id).await.unwrap());
    assert!(!store::expert_call::declared_conflict(&tx, world.wang, call.case_id).await.unwrap());
    store::expert_call::ring(&tx, call.id, world.wang, now + chrono::TimeDelta::seconds(1)).await.unwrap();
    let rung = store::expert_call::rung(&tx, call.id).await.unwrap();
    assert_eq!((rung[0].answer, rung[1].answer), (Some(RingAnswer::Conflict), None));
    (call.status, call.taken_by) = (CallStatus::Taken, Some(world.wang));
    store::expert_call::save(&tx, &call).await.unwrap();
    store::expert_call::answer(&tx, call.id, world.wang, RingAnswer::Taken).await.unwrap();
    assert!(store::expert_call::is_busy(&tx, world.wang).await.unwrap());
    assert!(store::expert_call::ringing(&tx).await.unwrap().is_empty());
    let hers = store::expert_call::of_staff(&tx, world.wang, now).await.unwrap();
    assert_eq!((&hers[0].0, hers[0].1.answer), (&call, Some(RingAnswer::Taken)));
}

async fn r31_a_counsellors_note_is_found_by_its_author_alone(world: World) {
    let now = at("2026-04-10T03:00:00");
    let tx = world.store.begin().await.unwrap();
    let call = call(&world, &tx).await;
    store::counsel_note::put(&tx, world.li, call.id, "情绪缓和", now).await.unwrap();
    store::counsel_note::put(&tx, world.li, call.id, "情绪缓和，愿意回来谈", now).await.unwrap();
    let note = async |who| store::counsel_note::of_author(&tx, who, call.id).await.unwrap();
    assert_eq!(note(world.li).await.unwrap().0, "情绪缓和，愿意回来谈");
    assert_eq!(note(world.wang).await, None);
    assert!(store::expert_note::of_case(&tx, call.case_id).await.unwrap().is_empty(), "not in the file");
    assert!(store::timeline::of_case(&tx, call.case_id).await.unwrap().is_empty(), "nor on its timeline");
}

async fn what_was_done_about_a_call_for_help_is_only_added_to(world: World) {
    let now = at("2026-04-10T03:00:00");
    let tx = world.store.begin().await.unwrap();
    let case_id = world.register(&tx, "排水纠纷").await;
    let (session_id, seat_id) = world.sitting(&tx, case_id).await;
    let duress = Duress {
        id: DuressId(world.id()),
        session_id,
        case_id,
        seat_id,
        place: Place::Private,
        at: now,
        acknowledged_at: None,
        closed_at: None,
    };
    store::duress::insert(&tx, &duress).await.unwrap();
    let line = |act, words: &str| Logged { at: now, by: "值守席".into(), act, words: words.into() };
    for (act, words) in [(Act::HostSaw, ""), (Act::CalledBack, "无人接听"), (Act::Closed, "家属接走")]
    {
        let open = store::duress::lock(&tx, duress.id).await.unwrap().unwrap();
        assert_eq!(open.acknowledged_at.is_some(), act == Act::Closed);
        store::duress::log(&tx, &open, &line(act, words)).await.unwrap();
    }
    let log = store::duress::log_of(&tx, duress.id).await.unwrap();
    assert_eq!(log.iter().map(|l| l.act).collect::<Vec<_>>(), [Act::HostSaw, Act::CalledBack, Act::Closed]);
    let later = now + chrono::TimeDelta::days(1);
    assert!(store::duress::at_desk(&tx, &[world.shiqiao.id], later).await.unwrap().is_empty(), "closed");
    assert_eq!(store::duress::at_desk(&tx, &[world.shiqiao.id], now).await.unwrap()[0].closed_at, Some(now));
    assert!(store::duress::at_desk(&tx, &[], now).await.unwrap().is_empty());
}
