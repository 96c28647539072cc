//! Consents: a changed mind adds a revision and takes nothing away (R33).

use domain::{ConsentKind, Side, consent};
use store::consent::Word;

use crate::world::{World, at, on_both};

on_both!(r33_a_changed_mind_adds_a_revision, r1_a_refusal_is_a_hard_stop);

fn word(kind: ConsentKind, given: bool) -> Word<'static> {
    Word { kind, given, version: "2026-11", recorded_by: "王敏", at: at("2026-03-31T02:00:00") }
}

async fn r33_a_changed_mind_adds_a_revision(world: World) {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let zhao = world.party(&tx, case, Side::Applicant, "赵守田").await;
    for given in [true, false, true] {
        store::consent::record(&tx, zhao, &word(ConsentKind::Recording, given)).await.unwrap();
    }
    let all = store::consent::of_party(&tx, zhao).await.unwrap();
    assert_eq!(
        all.iter().map(|c| (c.revision, c.given)).collect::<Vec<_>>(),
        [(1, true), (2, false), (3, true)]
    );
    assert!(consent::standing(&all, ConsentKind::Recording).unwrap().given);
    assert!(consent::standing(&all, ConsentKind::ESignature).is_none());
    assert_eq!(store::consent::of_case(&tx, case).await.unwrap()[&zhao], all);
}

async fn r1_a_refusal_is_a_hard_stop(world: World) {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let zhao = world.party(&tx, case, Side::Applicant, "赵守田").await;
    let qian = world.party(&tx, case, Side::Respondent, "钱永福").await;
    let agreed = async || {
        let parties = store::party::of_case(&tx, case).await.unwrap();
        let words = store::consent::of_case(&tx, case).await.unwrap();
        let pairs = parties.iter().map(|p| (p, words.get(&p.id).map_or(&[][..], Vec::as_slice)));
        consent::everyone_agreed_to_mediation(pairs).map_err(|refusal| refusal.code)
    };
    store::consent::record(&tx, zhao, &word(ConsentKind::Mediation, true)).await.unwrap();
    assert_eq!(agreed().await, Err("consent_missing"));
    store::consent::record(&tx, qian, &word(ConsentKind::Mediation, false)).await.unwrap();
    assert_eq!(agreed().await, Err("mediation_refused"));
    store::consent::record(&tx, qian, &word(ConsentKind::Mediation, true)).await.unwrap();
    assert_eq!(agreed().await, Ok(()));
}
