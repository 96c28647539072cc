//! Sign-ins: a refresh token is good once; shown twice, the whole family ends.

use domain::{Staff, StaffId};
use store::login::{self, RefreshToken, Shown};
use uuid::Uuid;

use crate::world::{World, at, on_both};

on_both!(
    a_token_is_good_once_and_a_stolen_one_ends_the_family,
    signing_out_everywhere_ends_all,
    a_name_is_found_in_any_case
);

fn token(id: u128, family: u128, staff: StaffId) -> RefreshToken {
    RefreshToken {
        id: Uuid::from_u128(id),
        family_id: Uuid::from_u128(family),
        staff_id: staff,
        token_hash: format!("hash {id}"),
        issued_at: at("2026-04-01T00:00:00"),
        expires_at: at("2026-04-08T00:00:00"),
    }
}

async fn a_token_is_good_once_and_a_stolen_one_ends_the_family(world: World) {
    let now = at("2026-04-01T01:00:00");
    let tx = world.store.begin().await.unwrap();
    login::insert(&tx, &token(1, 7, world.li)).await.unwrap();
    assert!(
        matches!(login::show(&tx, "hash 1", now).await.unwrap(), Shown::Good(t) if t.staff_id == world.li)
    );
    login::insert(&tx, &token(2, 7, world.li)).await.unwrap();
    assert!(login::stands(&tx, Uuid::from_u128(7), now).await.unwrap());

    assert!(matches!(login::show(&tx, "hash 1", now).await.unwrap(), Shown::Reused(_)));
    assert_eq!(
        login::show(&tx, "hash 2", now).await.unwrap(),
        Shown::Void,
        "the thief's and the owner's both end"
    );
    assert!(!login::stands(&tx, Uuid::from_u128(7), now).await.unwrap());
    assert_eq!(login::show(&tx, "never made", now).await.unwrap(), Shown::Void);
}

async fn signing_out_everywhere_ends_all(world: World) {
    let now = at("2026-04-01T01:00:00");
    let tx = world.store.begin().await.unwrap();
    for (id, family, staff) in [(1, 7, world.li), (2, 8, world.li), (3, 9, world.wang)] {
        login::insert(&tx, &token(id, family, staff)).await.unwrap();
    }
    login::revoke_all(&tx, world.li, now).await.unwrap();
    assert_eq!(login::show(&tx, "hash 1", now).await.unwrap(), Shown::Void);
    assert_eq!(login::show(&tx, "hash 2", now).await.unwrap(), Shown::Void);
    assert_eq!(login::show(&tx, "hash 3", at("2026-04-08T00:00:00")).await.unwrap(), Shown::Void, "expired");
    assert!(
        matches!(login::show(&tx, "hash 3", now).await.unwrap(), Shown::Good(_)),
        "others stay signed in"
    );
    assert_eq!(login::sweep(&tx, at("2026-05-01T00:00:00")).await.unwrap(), 3);
}

async fn a_name_is_found_in_any_case(world: World) {
    let tx = world.store.begin().await.unwrap();
    let (Staff { id, username, .. }, hash) = store::staff::credentials(&tx, "LI.he").await.unwrap().unwrap();
    assert_eq!((id, username.as_str(), hash.as_str()), (world.li, "li.he", "$argon2id$secret"));
    assert!(store::staff::credentials(&tx, "nobody").await.unwrap().is_none());
    assert!(store::staff::set_password(&tx, world.li, "$argon2id$new").await.unwrap());
    assert_eq!(store::staff::credentials(&tx, "li.he").await.unwrap().unwrap().1, "$argon2id$new");
    assert_eq!(store::staff::names(&tx, [world.li, world.wang]).await.unwrap()[&world.wang], "王敏");
}
