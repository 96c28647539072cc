//! Stories of what is forwarded, over real UDP: joining, muting, data, levels, leaving.

mod far_end;

use std::collections::HashSet;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use bytes::Bytes;
use far_end::{FarEnd, media};
use media::{Channel, Kind, PeerEvent, Sections};

#[tokio::test]
async fn the_mediator_sees_and_hears_the_applicant() {
    let media = media();
    let room = media.room("joint");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Audio, &[]).await;
    applicant.publish(Kind::Video, &[]).await;
    let bound = applicant
        .event("both tracks bound", {
            let mut bound = Vec::new();
            move |event| {
                if let PeerEvent::TrackBound { id, codec, .. } = event {
                    bound.push((id.to_string(), codec.mime()));
                }
                (bound.len() == 2).then(|| bound.clone())
            }
        })
        .await;
    assert_eq!(bound, [("TR_aAudio".into(), "audio/opus"), ("TR_aVideo".into(), "video/VP8")]);

    assert_eq!(
        room.requirement(mediator.id).await,
        Some(Sections::default()),
        "slots suffice: please re-offer"
    );
    let answer = mediator.offer_again().await;
    assert!(answer.missing.is_zero());
    let carried: Vec<_> = answer.mid_to_track.iter().map(|(_, track)| track.as_str().to_owned()).collect();
    assert_eq!(carried, ["TR_aAudio", "TR_aVideo"]);
    assert!(answer.sdp.contains("a=msid:PA_a|camera TR_aVideo"));
    assert_eq!(room.requirement(mediator.id).await, None, "nothing more to do");

    let sound = mediator.hears('a', Kind::Audio).await;
    let picture = mediator.hears('a', Kind::Video).await;
    assert!(sound.sequence < 65_536 && picture.sequence < 65_536);
    let first =
        mediator.state().heard.iter().find(|heard| heard.kind == Kind::Video).cloned().expect("a picture");
    assert!(first.keyframe, "a late joiner starts at a keyframe");
    let counts = room.hearing().await;
    assert!(
        counts.iter().any(|count| count.from == applicant.id && count.to == mediator.id && count.packets > 0)
    );
    applicant.wait("transport feedback", |state| (state.twcc_reports > 3).then_some(())).await;
    let stats = media.stats().await;
    assert!(
        stats.packets_forwarded > 0 && stats.forwarding.count() > 0 && stats.cpu > Duration::ZERO,
        "{stats:?}"
    );
    assert_eq!((stats.rooms, stats.peers), (1, 2));
    println!(
        "forwarding p50 {} µs, p99 {} µs; an offer p50 {} µs",
        stats.forwarding.percentile_us(0.5),
        stats.forwarding.percentile_us(0.99),
        stats.offer_time.percentile_us(0.5)
    );
}

#[tokio::test]
async fn five_microphones_need_two_more_sections() {
    let media = media();
    let room = media.room("many");
    let mut mediator = FarEnd::join(&room, 'm').await;
    let mut others = Vec::new();
    for name in ['a', 'b', 'c', 'd', 'e'] {
        let mut other = FarEnd::join(&room, name).await;
        other.publish(Kind::Audio, &[]).await;
        others.push(other);
    }
    assert_eq!(room.requirement(mediator.id).await, Some(Sections { audio: 2, video: 0 }));
    let answer = mediator.offer_again().await;
    assert_eq!((answer.missing, answer.mid_to_track.len()), (Sections::default(), 5));
    for name in ['a', 'b', 'c', 'd', 'e'] {
        mediator.hears(name, Kind::Audio).await;
    }
}

#[tokio::test]
async fn nothing_of_a_muted_track_passes_and_unmuting_goes_on() {
    let media = media();
    let room = media.room("mute");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    let sound = applicant.publish(Kind::Audio, &[]).await;
    let picture = applicant.publish(Kind::Video, &[]).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Audio).await;
    let last = mediator.hears('a', Kind::Video).await;
    for track in [&sound, &picture] {
        room.set_muted(applicant.id, track.clone(), true).await;
    }
    let muted_at = Instant::now();
    let sent = room.hearing().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(mediator.created_after('a', muted_at).len(), 0, "packets created while muted");
    assert_eq!(room.hearing().await, sent, "the ledger counts none either");
    for track in [&sound, &picture] {
        room.set_muted(applicant.id, track.clone(), false).await;
    }
    mediator.hears('a', Kind::Audio).await;
    let next = mediator.hears('a', Kind::Video).await;
    assert_eq!(next.ssrc, last.ssrc, "same slot, same source");
    let state = mediator.state();
    let pictures: Vec<_> = state.heard.iter().filter(|heard| heard.kind == Kind::Video).collect();
    assert!(
        pictures.windows(2).all(|pair| pair[1].sequence == pair[0].sequence + 1),
        "no hole across the mute"
    );
    assert!(pictures.iter().find(|heard| heard.created > muted_at).is_some_and(|first| first.keyframe));
}

#[tokio::test]
async fn data_passes_the_same_gate() {
    let media = media();
    let room = media.room("data");
    room.govern().await;
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mediator = FarEnd::join(&room, 'm').await;
    applicant.wait("channels", state_has_channels).await;
    applicant.send_data("_reliable", b"hello");
    let (channel, bytes) = applicant
        .event("own message at the wire", |event| match event {
            PeerEvent::Data { channel, bytes } => Some((channel, bytes)),
            _ => None,
        })
        .await;
    assert_eq!((channel, &bytes[..]), (Channel::Reliable, &b"hello"[..]));
    let send = async |from, text: &'static str| {
        room.send_data(from, mediator.id, Channel::Reliable, Bytes::from_static(text.as_bytes()));
    };
    send(Some(applicant.id), "hidden").await;
    send(None, "from the server").await;
    room.set_visibility(HashSet::from([(applicant.id, mediator.id)])).await;
    send(Some(applicant.id), "visible").await;
    let arrived =
        mediator.wait("two messages", |state| (state.data.len() >= 2).then(|| state.data.clone())).await;
    let texts: Vec<_> = arrived.iter().map(|(label, bytes)| (label.as_str(), bytes.as_slice())).collect();
    assert_eq!(texts, [("_reliable", &b"from the server"[..]), ("_reliable", &b"visible"[..])]);
}

fn state_has_channels(state: &mut far_end::State) -> Option<()> {
    state.has_channels().then_some(())
}

#[tokio::test]
async fn loudness_is_told_to_who_may_hear_and_to_nobody_else() {
    let media = media();
    let room = media.room("levels");
    room.govern().await;
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    let mut respondent = FarEnd::join(&room, 'r').await;
    let track = applicant.publish(Kind::Audio, &[]).await;
    room.set_visibility(HashSet::from([(applicant.id, mediator.id)])).await;
    mediator.offer_again().await;
    let levels = |event| match event {
        PeerEvent::Levels(levels) => Some(levels),
        _ => None,
    };
    let speaking = mediator.event("speech", levels).await;
    assert!(
        speaking.iter().all(|(id, loudness, active)| *id == track && *loudness > 0.2 && *active),
        "{speaking:?}"
    );
    applicant.speak(-90);
    let silent = mediator.event("silence", levels).await;
    assert_eq!(silent, [(track, 0.0, false)]);
    while let Ok(event) = respondent.events.try_recv() {
        assert!(!matches!(event, PeerEvent::Levels(_)), "the respondent learns nothing: {event:?}");
    }
}

#[tokio::test]
async fn strangers_get_no_answer() {
    let media = media();
    let room = media.room("strangers");
    let applicant = FarEnd::join(&room, 'a').await;
    let stranger = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    stranger.set_read_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    let server = media.local_addrs()[0];
    let before = media.stats().await;
    let mut sent = 0;
    for length in [1_usize, 4, 20, 100, 1200] {
        for first in [0_u8, 1, 22, 64, 128, 200] {
            let mut datagram = vec![first; length];
            datagram[0] = first;
            stranger.send_to(&datagram, server).expect("sent");
            sent += 1;
        }
    }
    // A check with a true name and a false password.
    let name = applicant.state().ice_name_of_server();
    let username = format!("{name}:abcd");
    let mut check = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    check.extend([9; 12]);
    check.extend([0, 6, 0, u8::try_from(username.len()).expect("short")]);
    check.extend(username.bytes());
    check.resize(check.len().next_multiple_of(4), 0);
    check.extend([0, 8, 0, 20]);
    check.extend([1; 20]);
    let length = u16::try_from(check.len() - 20).expect("short");
    check[2..4].copy_from_slice(&length.to_be_bytes());
    stranger.send_to(&check, server).expect("sent");
    // A ClientHello from an address that never passed a check.
    stranger.send_to(&[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], server).expect("sent");
    let mut buffer = [0; 2000];
    assert!(stranger.recv(&mut buffer).is_err(), "a stranger was answered");
    let after = media.stats().await;
    assert!(after.datagrams_unknown - before.datagrams_unknown >= sent);
}

#[tokio::test]
async fn an_ice_restart_keeps_the_media() {
    let media = media();
    let room = media.room("restart");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Audio, &[]).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Audio).await;
    mediator
        .offer(|rtc, _| {
            let mut changes = rtc.sdp_api();
            changes.ice_restart(true);
            changes.apply().expect("a restart")
        })
        .await;
    mediator.hears('a', Kind::Audio).await;
    while let Ok(event) = mediator.events.try_recv() {
        assert_ne!(event, PeerEvent::IceDisconnected, "a restart is no loss");
    }
}

#[tokio::test]
async fn a_client_that_falls_silent_is_told_of_and_may_return() {
    let media = media();
    let room = media.room("silence");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Video, &[]).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Video).await;
    let began = Instant::now();
    mediator.freeze(true);
    mediator.event("consent lost", |event| (event == PeerEvent::IceDisconnected).then_some(())).await;
    println!("consent lost after {:?}", began.elapsed());
    mediator.freeze(false);
    mediator.event("back", |event| (event == PeerEvent::Connected).then_some(())).await;
    mediator.hears('a', Kind::Video).await;
}

#[tokio::test]
async fn a_bad_offer_is_refused_and_the_room_goes_on() {
    let media = media();
    let room = media.room("bad offers");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    let bad = FarEnd::enter(&room, 'b').await;
    for sdp in [
        "",
        "nonsense",
        "v=0\r\nm=audio 9 X 0\r\na=mid:0\r\n",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a-b\r\n",
    ] {
        assert!(room.offer(bad.id, sdp.into()).await.is_err(), "{sdp:?}");
    }
    applicant.publish(Kind::Audio, &[]).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Audio).await;
}

#[tokio::test]
async fn leaving_frees_everything() {
    let media = media();
    let room = media.room("leaving");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Audio, &[]).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Audio).await;
    room.remove_peer(applicant.id).await;
    assert_eq!(room.requirement(mediator.id).await, Some(Sections::default()), "the slot is to be freed");
    let answer = mediator.offer_again().await;
    assert!(answer.mid_to_track.is_empty());
    room.remove_peer(mediator.id).await;
    let stats = media.stats().await;
    assert_eq!((stats.rooms, stats.peers), (0, 0));
    media.shutdown();
    tokio::time::timeout(far_end::PATIENCE, async {
        while room.add_peer("PA_z".into(), tokio::sync::mpsc::channel(8).0).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("after shutdown everything is gone");
}
