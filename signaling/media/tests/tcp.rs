//! Stories of ICE-TCP (RFC 6544, RFC 4571) over real connections: media both ways, a client that does not read,
//! and strangers who connect and say nothing, nonsense, or another's name.

mod far_end;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use far_end::link::Link;
use far_end::{FarEnd, media};
use media::{Kind, Media};

fn tcp(media: &Media) -> Link {
    Link::tcp(media.tcp_addr().expect("TCP is offered"))
}

async fn connections(media: &Media, wanted: usize) {
    let began = Instant::now();
    while media.stats().await.tcp_connections != wanted {
        assert!(began.elapsed() < far_end::PATIENCE, "waited in vain for {wanted} connections");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_client_without_udp_sees_and_is_seen_over_tcp() {
    let media = media();
    let room = media.room("joint");
    let mut applicant = FarEnd::join_over(&room, 'a', tcp(&media)).await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    for seat in [&mut applicant, &mut mediator] {
        seat.publish(Kind::Audio, &[]).await;
        seat.publish(Kind::Video, &[]).await;
    }
    for seat in [&mut applicant, &mut mediator] {
        seat.offer_again().await;
    }
    for kind in [Kind::Audio, Kind::Video] {
        mediator.hears('a', kind).await;
        applicant.hears('m', kind).await;
    }
    let stats = media.stats().await;
    assert_eq!((stats.tcp_connections, stats.tcp_frames_dropped), (1, 0));
    assert!(stats.tcp_frames_out > 10);
    room.remove_peer(applicant.id).await;
    connections(&media, 0).await;
}

#[tokio::test]
async fn the_answer_offers_both_and_udp_first() {
    let media = media();
    let room = media.room("joint");
    let mut mediator = FarEnd::join(&room, 'm').await;
    let answer = mediator.offer_again().await;
    let port = media.tcp_addr().expect("TCP is offered").port();
    let candidate = |text: &str| {
        let line = answer.sdp.lines().find(|line| line.starts_with("a=candidate:") && line.contains(text));
        let line = line.unwrap_or_else(|| panic!("{text} in {}", answer.sdp));
        line.split(' ').nth(3).expect("a priority").parse::<u32>().expect("a number")
    };
    let by_tcp = candidate(&format!("127.0.0.1 {port} typ host tcptype passive"));
    let by_udp = candidate(&format!("127.0.0.1 {} typ host", media.local_addrs()[0].port()));
    assert!(by_udp > by_tcp, "UDP is preferred");
}

#[tokio::test]
async fn t8_who_connects_and_says_nothing_or_nonsense_is_closed() {
    let media = media();
    let room = media.room("joint");
    let mediator = FarEnd::join(&room, 'm').await;
    let address = media.tcp_addr().expect("TCP is offered");
    let began = Instant::now();
    let mut silent = TcpStream::connect(address).expect("connected");
    let name = mediator.state().ice_name_of_server();
    let mut check = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    check.extend([7; 12]);
    let username = format!("{name}:them");
    check.extend([0, 6, 0, u8::try_from(username.len()).expect("short")]);
    check.extend(username.bytes());
    check.resize(check.len().next_multiple_of(4), 0);
    let length = u8::try_from(check.len() - 20).expect("short");
    check[3] = length;
    let frame = |body: &[u8]| {
        let mut frame = u16::try_from(body.len()).expect("short").to_be_bytes().to_vec();
        frame.extend(body);
        frame
    };
    for (what, said) in [
        ("HTTP", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
        ("media before a check", frame(&[0x80; 100])),
        ("a name nobody bears", frame(&[&check[..24], b"nobody:them "].concat())),
        ("the mediator's name without her password", frame(&check)),
    ] {
        let mut stranger = TcpStream::connect(address).expect("connected");
        stranger.write_all(&said).expect("sent");
        let mut answer = Vec::new();
        stranger.set_read_timeout(Some(Duration::from_secs(4))).expect("a timeout");
        let end = stranger.read_to_end(&mut answer);
        let closed =
            end.as_ref().map_or_else(|error| error.kind() == std::io::ErrorKind::ConnectionReset, |_| true);
        assert!(closed, "{what}: {end:?}");
        assert!(answer.is_empty(), "{what} was answered");
    }
    silent.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    assert!(matches!(silent.read(&mut [0]), Ok(0) | Err(_)));
    assert!(began.elapsed() < Duration::from_secs(15), "slow connections are closed within 15 s");
    assert_eq!(media.stats().await.tcp_connections, 0);
}

#[tokio::test]
async fn t8_a_client_that_stops_reading_costs_bounded_memory_and_nobody_else_a_packet() {
    let media = media();
    let room = media.room("joint");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut slow = FarEnd::join_over(&room, 's', tcp(&media)).await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Video, &[]).await;
    slow.offer_again().await;
    mediator.offer_again().await;
    slow.hears('a', Kind::Video).await;
    mediator.hears('a', Kind::Video).await;
    slow.freeze(true);
    // 100 packets of 614 bytes a second fill her window, the kernel's buffers and our queue.
    let began = Instant::now();
    while media.stats().await.tcp_frames_dropped == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "nothing was dropped");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    mediator.hears('a', Kind::Video).await;
    let state = mediator.state();
    let pictures: Vec<_> = state.heard.iter().filter(|heard| heard.kind == Kind::Video).collect();
    assert!(pictures.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1), "nobody else lost one");
}
