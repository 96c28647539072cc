//! Personal links (T3): of a hundred devices at once exactly one wins; taken back or expired, none does.

use domain::link::{self, TOKEN_BYTES};
use store::seat_link::{self, NewLink};

use crate::world::{World, at, on_both};

on_both!(
    t3_of_a_hundred_devices_at_once_exactly_one_wins,
    t3_each_way_a_link_fails_has_its_own_code,
    t3_a_link_that_moved_opens_for_the_new_device_alone,
);

const NOW: &str = "2026-04-01T00:00:00";

async fn t3_of_a_hundred_devices_at_once_exactly_one_wins(world: World) {
    let token_hash = link::hash(&link::token([9; TOKEN_BYTES]));
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let (_, seat) = world.sitting(&tx, case).await;
    let new = NewLink {
        id: world.id(),
        seat_id: seat,
        token_hash: &token_hash,
        expires_at: at("2026-05-10T00:00:00"),
    };
    seat_link::issue(&tx, &new, at(NOW)).await.unwrap();
    tx.commit().await.unwrap();

    let devices = (0..100).map(|n| {
        let (store, token_hash) = (world.store.clone(), token_hash.clone());
        async move {
            let device = link::hash(&format!("phone {n}"));
            let tx = store.begin().await.unwrap();
            let answer = seat_link::redeem(&tx, &token_hash, &device, at(NOW)).await.unwrap();
            tx.commit().await.unwrap();
            (device, answer)
        }
    });
    let answers = futures_util::future::join_all(devices).await;
    let winners: Vec<_> = answers.iter().filter(|(_, answer)| answer.is_ok()).collect();
    assert_eq!(winners.len(), 1, "exactly one device");
    assert!(
        answers
            .iter()
            .filter_map(|(_, a)| a.as_ref().err())
            .all(|refusal| refusal.code == "link_bound_elsewhere")
    );

    let (device, _) = winners[0];
    let tx = world.store.begin().await.unwrap();
    for _ in 0..3 {
        assert_eq!(
            seat_link::redeem(&tx, &token_hash, device, at(NOW)).await.unwrap(),
            Ok(seat),
            "a reload comes back"
        );
    }
}

async fn t3_each_way_a_link_fails_has_its_own_code(world: World) {
    let (first, second) = (link::hash("first"), link::hash("second"));
    let device = link::hash("phone of 赵守田");
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let (session, seat) = world.sitting(&tx, case).await;
    let make = |token_hash| NewLink {
        id: world.id(),
        seat_id: seat,
        token_hash,
        expires_at: at("2026-05-10T00:00:00"),
    };
    let code = async |hash: &str, now| {
        seat_link::redeem(&tx, hash, &device, at(now)).await.unwrap().unwrap_err().code
    };

    assert_eq!(code(&first, NOW).await, "link_unknown");
    seat_link::issue(&tx, &make(&first), at(NOW)).await.unwrap();
    assert_eq!(code(&first, "2026-05-10T00:00:00").await, "link_expired");
    assert_eq!(seat_link::redeem(&tx, &first, &device, at(NOW)).await.unwrap(), Ok(seat));

    seat_link::issue(&tx, &make(&second), at("2026-04-01T00:01:00")).await.unwrap();
    assert_eq!(
        code(&first, "2026-04-01T00:02:00").await,
        "link_revoked",
        "a new link takes the former one back"
    );
    assert_eq!(seat_link::redeem(&tx, &second, &device, at("2026-04-01T00:02:00")).await.unwrap(), Ok(seat));
    let stands = seat_link::of_session(&tx, session).await.unwrap()[&seat].state(at("2026-04-01T00:02:00"));
    assert_eq!(stands, domain::LinkState::Bound);

    assert!(seat_link::revoke(&tx, seat, at("2026-04-01T00:03:00")).await.unwrap());
    assert!(
        !seat_link::revoke(&tx, seat, at("2026-04-01T00:03:00")).await.unwrap(),
        "nothing is left to take back"
    );
    assert_eq!(code(&second, "2026-04-01T00:04:00").await, "link_revoked");
}

async fn t3_a_link_that_moved_opens_for_the_new_device_alone(world: World) {
    let token_hash = link::hash("moves");
    let (old, new) = (link::hash("phone"), link::hash("tablet"));
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let (_, seat) = world.sitting(&tx, case).await;
    let expires_at = at("2026-05-10T00:00:00");
    let fresh = NewLink { id: world.id(), seat_id: seat, token_hash: &token_hash, expires_at };
    seat_link::issue(&tx, &fresh, at(NOW)).await.unwrap();
    assert_eq!(seat_link::redeem(&tx, &token_hash, &old, at(NOW)).await.unwrap(), Ok(seat));
    let moved = at("2026-04-01T00:10:00");
    seat_link::rebind(&tx, seat, &new, moved).await.unwrap();
    let refused = seat_link::redeem(&tx, &token_hash, &old, moved).await.unwrap().unwrap_err();
    assert_eq!(refused.code, "link_bound_elsewhere");
    assert_eq!(seat_link::redeem(&tx, &token_hash, &new, moved).await.unwrap(), Ok(seat));
    let (_, link) = seat_link::find(&tx, &token_hash).await.unwrap().unwrap();
    assert!(!link.carries_token_of(at("2026-04-01T00:09:59")), "what the phone was given is no longer good");
    assert!(link.carries_token_of(moved));
}
