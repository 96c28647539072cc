//! T9 and T10: what strangers on the network, and clients that cheat, can get out of the media port.
//!
//! Each story waits until the server has seen what was sent (its counters say so), so that silence means refusal
//! and not slowness; and each has a control that shows the same detector going red.

mod far_end;

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use far_end::link::Link;
use far_end::{FarEnd, PATIENCE, media};
use media::{CloseReason, Kind, Media, PeerEvent};

/// A stranger's socket.
struct Stranger {
    socket: UdpSocket,
    server: SocketAddr,
    sent: usize,
}

impl Stranger {
    fn new(media: &Media) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_nonblocking(true).expect("non-blocking");
        Self { socket, server: media.local_addrs()[0], sent: 0 }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.server).expect("sent");
        self.sent += bytes.len();
    }

    /// Bytes that came back.
    fn received(&self) -> usize {
        let mut buffer = [0; 2000];
        std::iter::from_fn(|| self.socket.recv(&mut buffer).ok()).sum()
    }
}

/// Does something and waits until the server has taken the given number of datagrams more.
async fn seen(media: &Media, count: u64, act: impl FnOnce()) {
    let before = media.stats().await.datagrams_in;
    act();
    let began = Instant::now();
    while media.stats().await.datagrams_in < before + count {
        assert!(began.elapsed() < PATIENCE, "the server saw too little");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A binding request for a name; with an integrity that is wrong, or without any.
fn check(name: &str, integrity: bool) -> Vec<u8> {
    let mut datagram = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    datagram.extend([7; 12]);
    let username = format!("{name}:them");
    datagram.extend([0, 6, 0, u8::try_from(username.len()).expect("short")]);
    datagram.extend(username.bytes());
    datagram.resize(datagram.len().next_multiple_of(4), 0);
    datagram.extend([0, 0x24, 0, 4, 0x6e, 0, 1, 0xff, 0, 0x25, 0, 0]);
    if integrity {
        datagram.extend([0, 8, 0, 20]);
        datagram.extend([0x5a; 20]);
    }
    let length = u16::try_from(datagram.len() - 20).expect("short");
    datagram[2..4].copy_from_slice(&length.to_be_bytes());
    datagram
}

/// A DTLS 1.2 `ClientHello` as far as a parser needs to take it for one.
fn client_hello() -> Vec<u8> {
    let mut body = vec![0xfe, 0xfd];
    body.extend([0x11; 32]);
    body.extend([0, 0, 0, 2, 0xc0, 0x2b, 1, 0]);
    let length = u8::try_from(body.len()).expect("short");
    let mut hello = vec![22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12 + length];
    hello.extend([1, 0, 0, length, 0, 0, 0, 0, 0, 0, 0, length]);
    hello.extend(body);
    hello
}

/// Bytes without order, the same at every run.
fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[1]
        })
        .collect()
}

#[tokio::test]
async fn t9_amplification_strangers_get_no_byte_back() {
    let media = media();
    let room = media.room("joint");
    let mediator = FarEnd::join(&room, 'm').await;
    let name = mediator.state().ice_name_of_server();
    let mut stranger = Stranger::new(&media);
    let forwarded = media.stats().await.packets_forwarded;
    seen(&media, 603, || {
        for seed in 0..600 {
            let mut bytes = noise(seed, 1 + seed as usize * 2);
            // A third looks like STUN, a third like DTLS, the rest like RTP and RTCP.
            bytes[0] = match seed % 3 {
                0 => (seed / 3 % 4) as u8,
                1 => 20 + (seed % 44) as u8,
                _ => 128 + (seed % 64) as u8,
            };
            stranger.send(&bytes);
        }
        stranger.send(&client_hello());
        stranger.send(&check(&name, false));
        stranger.send(&check(&name, true));
    })
    .await;
    assert_eq!(stranger.received(), 0, "of {} bytes sent", stranger.sent);
    let stats = media.stats().await;
    assert_eq!((stats.packets_forwarded, stats.faults), (forwarded, 0));
    mediator.wait("the call goes on", |state| state.connected.then_some(())).await;
}

#[tokio::test]
async fn t9_a_hello_before_consent_is_not_answered_and_the_client_still_connects() {
    let media = media();
    let room = media.room("race");
    let link = Link::udp();
    let server = media.local_addrs()[0];
    let mut eager = FarEnd::enter_over(&room, 'e', link.clone()).await;
    seen(&media, 5, || (0..5).for_each(|_| link.send(&client_hello(), server))).await;
    assert_eq!(media.stats().await.datagrams_out, 0, "no DTLS before consent");
    // The control: after consent, from the very same socket, DTLS is answered and the call stands.
    eager.first_offer().await;
    eager.wait("connected", |state| state.connected.then_some(())).await;
    assert!(media.stats().await.datagrams_out > 3);
}

#[tokio::test]
async fn t9_a_check_that_lies_neither_opens_an_address_nor_keeps_consent() {
    let media = media();
    let room = media.room("joint");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Video, &[]).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Video).await;
    // She is gone, but somebody who knows her server's name and her address goes on with checks, and the wire
    // with candidates.
    let name = mediator.state().ice_name_of_server();
    let lie = check(&name, true);
    let link = mediator.state().link();
    mediator.freeze(true);
    let server = media.local_addrs()[0];
    #[expect(clippy::disallowed_methods, reason = "a test has no tracked spawner")]
    let liar = tokio::spawn({
        let (room, id) = (room.clone(), mediator.id);
        async move {
            for port in 20_000.. {
                link.send(&lie, server);
                room.trickle(id, format!("candidate:1 1 udp 2113929471 127.0.0.1 {port} typ host"));
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
    });
    let began = Instant::now();
    mediator.event("consent lost", |event| (event == PeerEvent::IceDisconnected).then_some(())).await;
    assert!(began.elapsed() < Duration::from_secs(30), "RFC 7675: {:?}", began.elapsed());
    let sent = media.stats().await.packets_forwarded;
    let out = mediator.datagrams_while_frozen();
    seen(&media, 100, || {}).await;
    assert_eq!(media.stats().await.packets_forwarded, sent, "no media without consent");
    assert_eq!(mediator.datagrams_while_frozen(), out, "nor anything else");
    liar.abort();
    // The control: her own checks bring everything back.
    mediator.freeze(false);
    mediator.event("back", |event| (event == PeerEvent::Connected).then_some(())).await;
    mediator.hears('a', Kind::Video).await;
}

#[tokio::test]
async fn t10_injected_packets_are_not_forwarded() {
    let media = media();
    let room = media.room("joint");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Video, &[]).await;
    mediator.offer_again().await;
    applicant.state().record = Some(Vec::new());
    mediator.hears('a', Kind::Video).await;
    let genuine = applicant.state().record.take().expect("recorded");
    applicant.run(Kind::Video, None, false);
    let last = genuine.iter().rev().find(|bytes| bytes.len() > 400).expect("a picture").clone();
    settle(&media).await;
    let forwarded = media.stats().await.packets_forwarded;

    let server = media.local_addrs()[0];
    let mut stranger = Stranger::new(&media);
    seen(&media, 400, || {
        for number in 0..200_u16 {
            let mut forged = last.clone();
            let next = u16::from_be_bytes([last[2], last[3]]).wrapping_add(1 + number);
            forged[2..4].copy_from_slice(&next.to_be_bytes());
            // From a third socket; and from her own address, with a key that is not hers, or none at all.
            stranger.send(&forged);
            if number % 2 == 0 {
                let length = forged.len();
                forged[length / 2..].copy_from_slice(&noise(number.into(), length - length / 2));
            }
            applicant.smuggle(&forged, server);
        }
    })
    .await;
    assert_eq!(media.stats().await.packets_forwarded, forwarded, "forged packets were forwarded");
    assert_eq!(stranger.received(), 0);
    // The control: hers are.
    applicant.run(Kind::Video, None, true);
    mediator.hears('a', Kind::Video).await;
    assert!(media.stats().await.packets_forwarded > forwarded);
}

#[tokio::test]
async fn t10_replayed_packets_are_not_forwarded_twice() {
    let media = media();
    let room = media.room("joint");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Audio, &[]).await;
    applicant.publish(Kind::Video, &[]).await;
    mediator.offer_again().await;
    applicant.state().record = Some(Vec::new());
    mediator.hears('a', Kind::Audio).await;
    mediator.hears('a', Kind::Video).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let genuine = applicant.state().record.take().expect("recorded");
    for kind in [Kind::Audio, Kind::Video] {
        applicant.run(kind, None, false);
    }
    settle(&media).await;
    let before = media.stats().await.packets_forwarded;
    let server = media.local_addrs()[0];
    for _ in 0..3 {
        let count = genuine.len() as u64;
        seen(&media, count, || genuine.iter().for_each(|packet| applicant.smuggle(packet, server))).await;
    }
    assert!(genuine.len() > 30);
    assert_eq!(media.stats().await.packets_forwarded, before, "replayed packets were forwarded");
}

/// Waits until nothing more is forwarded.
async fn settle(media: &Media) {
    let mut last = u64::MAX;
    loop {
        let now = media.stats().await.packets_forwarded;
        if now == last {
            return;
        }
        last = now;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

#[tokio::test]
async fn t10_another_certificate_than_the_offer_names_is_refused() {
    let media = media();
    let room = media.room("joint");
    let mut impostor = FarEnd::enter(&room, 'i').await;
    impostor.state().tamper = Some(|offer| {
        let at = offer.find("a=fingerprint:sha-256 ").expect("a fingerprint") + 22;
        let altered = if offer.as_bytes()[at] == b'0' { "1" } else { "0" };
        format!("{}{altered}{}", &offer[..at], &offer[at + 1..])
    });
    impostor.first_offer().await;
    let end = impostor
        .event("an end", |event| match event {
            PeerEvent::Connected => Some(None),
            PeerEvent::Closed { reason } => Some(Some(reason)),
            _ => None,
        })
        .await;
    assert_eq!(end, Some(CloseReason::Transport), "never connected");
}

#[tokio::test]
async fn t10_plain_rtp_is_refused() {
    let media = media();
    let room = media.room("joint");
    let offers: [fn(String) -> String; 3] = [
        |offer| {
            offer
                .lines()
                .filter(|line| !line.starts_with("a=fingerprint"))
                .flat_map(|line| [line, "\r\n"])
                .collect()
        },
        |offer| offer.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        |offer| {
            offer
                .replace("UDP/TLS/RTP/SAVPF", "RTP/SAVPF")
                .lines()
                .map(|line| match line.strip_prefix("a=fingerprint") {
                    Some(_) => "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n".into(),
                    None => format!("{line}\r\n"),
                })
                .collect()
        },
    ];
    for (number, tamper) in offers.into_iter().enumerate() {
        let mut cheat = FarEnd::enter(&room, 'c').await;
        let outcome = cheat.try_first_offer(tamper).await;
        println!(
            "{number}: {}",
            outcome.as_ref().map_or_else(ToString::to_string, |answer| answer.sdp.clone())
        );
        if let Ok(answer) = outcome {
            // Whatever was asked for, the answer is DTLS, and without DTLS nothing flows.
            assert!(
                !answer.sdp.contains("a=crypto") && answer.sdp.contains("a=fingerprint"),
                "{}",
                answer.sdp
            );
            assert!(!answer.sdp.contains("RTP/AVP") && !answer.sdp.contains(" RTP/SAVPF"), "{}", answer.sdp);
        }
    }
}

#[tokio::test]
async fn t8_a_wire_that_takes_no_events_costs_bounded_memory_and_its_peer() {
    let media = media();
    let room = media.room("joint");
    let mut flooder = FarEnd::join(&room, 'f').await;
    flooder.wait("channels", |state| state.has_channels().then_some(())).await;
    let began = Instant::now();
    while media.stats().await.peers > 0 {
        for _ in 0..100 {
            flooder.try_send_data("_lossy", b"once more");
        }
        assert!(began.elapsed() < PATIENCE, "events pile up");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut taken = 0;
    let mut last = None;
    while let Ok(event) = flooder.events.try_recv() {
        taken += 1;
        last = Some(event);
    }
    assert!(taken <= media::EVENTS, "{taken} events waited");
    assert_eq!(last, Some(PeerEvent::Closed { reason: CloseReason::Overrun }), "it is told why");
}
