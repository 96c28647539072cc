//! Papers of a case: what was handed in comes back the same, in order, and only ever to more people.

use domain::{Paper, PaperKind, PaperScope, Side};

use crate::world::{World, at, on_both};

on_both!(r07_a_paper_comes_back_as_it_was_and_its_scope_widens);

async fn r07_a_paper_comes_back_as_it_was_and_its_scope_widens(world: World) {
    let tx = world.store.begin().await.unwrap();
    let case_id = world.register(&tx, "排水纠纷").await;
    let other = world.register(&tx, "地界纠纷").await;
    let (session_id, seat) = world.sitting(&tx, case_id).await;
    let paper = |title: &str, when: &str| Paper {
        id: world.id().into(),
        case_id,
        session_id,
        seat,
        party: None,
        owner: "赵守田".into(),
        side: Side::Applicant,
        scope: PaperScope::Mediator,
        title: title.into(),
        kind: PaperKind::Pdf,
        size: 5 << 32,
        sha256: "ab".repeat(32),
        pages: 7,
        at: at(when),
    };
    let (second, first) =
        (paper("流转合同", "2026-04-02T00:00:00"), paper("东墙照片", "2026-04-01T00:00:00"));
    for one in [&second, &first] {
        store::paper::insert(&tx, one).await.unwrap();
    }
    tx.commit().await.unwrap();
    let tx = world.store.begin().await.unwrap();
    assert_eq!(store::paper::of_case(&tx, case_id).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(store::paper::of_case(&tx, other).await.unwrap(), []);
    store::paper::widen(&tx, first.id, PaperScope::All).await.unwrap();
    let widened = store::paper::find(&tx, first.id).await.unwrap();
    assert_eq!(widened, Some(Paper { scope: PaperScope::All, ..first }));
    assert_eq!(store::paper::find(&tx, second.id).await.unwrap(), Some(second), "the other stays as it was");
}
