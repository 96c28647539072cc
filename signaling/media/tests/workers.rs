//! Several media threads on one UDP port: rooms are spread, every datagram finds its room whichever socket it
//! came to, and a room's rule is found again however often it is let go of.

mod far_end;

use std::time::Instant;

use far_end::{FarEnd, PATIENCE};
use media::{Config, Kind, Media};

fn media(workers: usize) -> Media {
    let loopback = "127.0.0.1:0".parse().expect("an address");
    let config = Config { udp: loopback, tcp: Some(loopback), workers, ..Config::default() };
    Media::start(&config).expect("the media plane starts")
}

#[tokio::test]
async fn rooms_are_spread_over_workers_that_share_a_port() {
    let media = media(4);
    let ports: Vec<_> = media.local_addrs().iter().map(std::net::SocketAddr::port).collect();
    assert!(ports.len() == 4 && ports.iter().all(|port| *port == ports[0]), "{ports:?}");
    let mut sittings = Vec::new();
    for number in 0..4 {
        let room = media.room(&format!("sitting {number}"));
        let mut applicant = FarEnd::join(&room, 'a').await;
        let mut mediator = FarEnd::join(&room, 'm').await;
        applicant.publish(Kind::Audio, &[]).await;
        applicant.publish(Kind::Video, &[]).await;
        mediator.offer_again().await;
        sittings.push((applicant, mediator));
    }
    for (_, mediator) in &sittings {
        mediator.hears('a', Kind::Audio).await;
        mediator.hears('a', Kind::Video).await;
    }
    let stats = media.stats().await;
    let spread: Vec<_> = stats.workers.iter().map(|worker| (worker.rooms, worker.peers)).collect();
    assert_eq!(spread, [(1, 2); 4], "one room each");
    // Eight clients, each at its room's worker by chance alone: once in 65536 runs.
    assert!(stats.datagrams_handed_over > 0, "the kernel knows no sessions");
    assert_eq!((stats.handover_dropped, stats.commands_refused), (0, 0));
    // Nobody lost a packet on the way between workers.
    for (_, mediator) in &sittings {
        let state = mediator.state();
        let pictures: Vec<_> = state.heard.iter().filter(|heard| heard.kind == Kind::Video).collect();
        assert!(pictures.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1));
    }
}

#[tokio::test]
async fn no_other_program_can_share_the_port() {
    let media = media(2);
    let config = Config { udp: media.local_addrs()[0], tcp: None, workers: 2, ..Config::default() };
    assert!(Media::start(&config).is_err(), "a second server must notice");
}

#[tokio::test]
async fn a_governed_room_is_found_again_where_its_rule_stands() {
    let media = media(2);
    media.room("governed").govern().await;
    // Other rooms come and go; the least loaded worker is another one each time.
    for number in 0..5 {
        let other = media.room(&format!("other {number}"));
        drop(FarEnd::join(&other, 'o').await);
        let room = media.room("governed");
        let mut applicant = FarEnd::join(&room, 'a').await;
        let mut mediator = FarEnd::join(&room, 'm').await;
        applicant.publish(Kind::Audio, &[]).await;
        assert_eq!(room.requirement(mediator.id).await, None, "nobody sees anybody, at visit {number}");
        mediator.publish(Kind::Audio, &[]).await;
        assert!(room.hearing().await.is_empty());
        room.remove_peer(applicant.id).await;
        room.remove_peer(mediator.id).await;
    }
    // Closed, the name is free: a plain room, wherever it is placed.
    media.room("governed").close().await;
    let room = media.room("governed");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Audio, &[]).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Audio).await;
    let began = Instant::now();
    while media.stats().await.rooms > 2 {
        assert!(began.elapsed() < PATIENCE, "rooms nobody is in are forgotten");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
