//! A room whose media plane is spoken for: what each kind of its news becomes, and who is told.

mod data;

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};

use media::{Codec, ConnectionQuality as Quality, PeerEvent, Score, TrackId};
use tokio::sync::mpsc;

use super::{Join, Room};
use crate::proto::{
    AddTrackRequest, ConnectionQuality, ConnectionSettings, JoinRequest, Response, StreamState, TrackSource,
    TrackType, VideoQuality,
};
use crate::scope::Scope;
use crate::token::Grant;
use crate::{Wire, WireConfig};

/// A room, and what its people have been told.
struct Table {
    room: Room,
    ears: Vec<(&'static str, mpsc::Receiver<Response>)>,
}

impl Table {
    /// The mediator sees both parties; the parties see the mediator only.
    async fn caucus() -> Self {
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config =
            media::Config { udp: loopback, workers: 1, gso: false, tcp: None, ..media::Config::default() };
        let plane = media::Media::start(&config).expect("a free port");
        let wire = Wire::new(plane, WireConfig::new("devkey", "secret"));
        let mut room = Room::new("sitting", &wire.shared, Scope::Governed(HashSet::new()));
        room.begin().await;
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let pairs = ["applicant", "respondent"]
            .into_iter()
            .flat_map(|party| [pair("mediator", party), pair(party, "mediator")]);
        let _announced_below = room.flip(pairs.collect()).await;
        room.announce().await;
        let mut table = Self { room, ears: Vec::new() };
        for (connection, who) in (1..).zip(["mediator", "applicant", "respondent"]) {
            table.join(who, connection, JoinRequest::default()).await;
        }
        table
    }

    async fn join(&mut self, who: &'static str, connection: u64, request: JoinRequest) {
        let (outbox, ear) = mpsc::channel(512);
        let settings = ConnectionSettings { auto_subscribe: true, ..ConnectionSettings::default() };
        let request = JoinRequest { connection_settings: Some(settings), ..request };
        let claims = Grant::new("sitting", who, who).claims("devkey", crate::clock::now_ms());
        self.room.join(Join { claims, request, outbox, connection, version: crate::v0::Version::V1 }).await;
        self.room.settle().await;
        self.ears.retain(|(name, _)| *name != who);
        self.ears.push((who, ear));
    }

    async fn camera_of(&mut self, who: &str) -> TrackId {
        let request = AddTrackRequest {
            cid: "cam".into(),
            r#type: TrackType::Video.into(),
            source: TrackSource::Camera.into(),
            ..AddTrackRequest::default()
        };
        self.room.add_track(who, request).await;
        self.room.people[who].tracks[0].id()
    }

    async fn happens(&mut self, to: &str, event: PeerEvent) {
        self.room.media_event(to, event).await;
        self.room.settle().await;
    }

    fn heard(&mut self, who: &str) -> Vec<Response> {
        let (_, ear) = self.ears.iter_mut().find(|(name, _)| *name == who).expect("at the table");
        std::iter::from_fn(|| ear.try_recv().ok()).collect()
    }

    fn hush(&mut self) {
        for who in ["mediator", "applicant", "respondent"] {
            self.heard(who);
        }
    }

    fn expect_nothing(&mut self, who: &str) {
        let heard = self.heard(who);
        assert!(heard.is_empty(), "{who} must not be told {heard:?}");
    }

    fn sid(&self, who: &str) -> String {
        self.room.people[who].sid.clone()
    }
}

#[tokio::test]
async fn a_paused_stream_is_told_to_its_viewer_and_never_of_someone_out_of_sight() {
    let mut table = Table::caucus().await;
    let camera = table.camera_of("applicant").await;
    table.hush();
    let paused = PeerEvent::StreamState { id: camera.clone(), paused: true };
    table.happens("respondent", paused.clone()).await;
    table.expect_nothing("respondent");
    table.happens("mediator", paused).await;
    let heard = table.heard("mediator");
    let [Response::StreamStateUpdate(update)] = heard.as_slice() else { panic!("control: {heard:?}") };
    let state = &update.stream_states[0];
    assert_eq!((state.state(), state.track_sid.as_str()), (StreamState::Paused, camera.as_str()));
    assert_eq!(state.participant_sid, table.sid("applicant"));
    table.expect_nothing("respondent");
}

#[tokio::test]
async fn wanted_layers_are_told_to_the_publisher_alone_all_three_each_time() {
    let mut table = Table::caucus().await;
    let camera = table.camera_of("applicant").await;
    table.hush();
    let wanted = PeerEvent::LayersWanted { id: camera, codec: Codec::H264, wanted: [true, false, false] };
    // What is watched would betray who watches: even if it were sent to another, it would not pass.
    for other in ["mediator", "respondent"] {
        table.happens(other, wanted.clone()).await;
        table.expect_nothing(other);
    }
    table.happens("applicant", wanted).await;
    let heard = table.heard("applicant");
    let [Response::SubscribedQualityUpdate(update)] = heard.as_slice() else { panic!("control: {heard:?}") };
    let codec = &update.subscribed_codecs[0];
    assert_eq!(codec.codec, "h264", "lower case, without video/");
    let told: Vec<_> = codec.qualities.iter().map(|one| (one.quality(), one.enabled)).collect();
    assert_eq!(told, [(VideoQuality::Low, true), (VideoQuality::Medium, false), (VideoQuality::High, false)]);
}

#[tokio::test]
async fn quality_is_told_of_those_in_sight_and_nobody_is_told_to_be_lost_himself() {
    let mut table = Table::caucus().await;
    table.hush();
    let peer = table.room.people["applicant"].peer;
    let lost = PeerEvent::ConnectionQuality(Score { peer, quality: Quality::Lost });
    table.happens("respondent", lost.clone()).await;
    table.expect_nothing("respondent");
    for (who, expected) in [("mediator", ConnectionQuality::Lost), ("applicant", ConnectionQuality::Poor)] {
        table.happens(who, lost.clone()).await;
        let heard = table.heard(who);
        let [Response::ConnectionQuality(update)] = heard.as_slice() else { panic!("{who}: {heard:?}") };
        assert_eq!(update.updates[0].quality(), expected, "{who}");
    }
}

#[tokio::test]
async fn speakers_are_told_by_changes_to_those_who_hear_them() {
    let mut table = Table::caucus().await;
    let voice = table.camera_of("applicant").await;
    table.hush();
    for (level, active) in [(0.6, true), (0.0, false)] {
        let levels = PeerEvent::Levels(vec![(voice.clone(), level, active)]);
        table.happens("respondent", levels.clone()).await;
        table.expect_nothing("respondent");
        table.happens("mediator", levels).await;
        let heard = table.heard("mediator");
        let [Response::SpeakersChanged(changed)] = heard.as_slice() else { panic!("control: {heard:?}") };
        assert_eq!(changed.speakers.len(), 1);
        assert_eq!((&changed.speakers[0].sid, changed.speakers[0].active), (&table.sid("applicant"), active));
    }
}

#[tokio::test]
async fn whoever_comes_back_is_told_again_what_was_only_told_by_changes() {
    let mut table = Table::caucus().await;
    let camera = table.camera_of("applicant").await;
    let sid = table.sid("applicant");
    let wanted =
        |low| PeerEvent::LayersWanted { id: camera.clone(), codec: Codec::Vp8, wanted: [low, false, false] };
    table.happens("applicant", wanted(false)).await;
    // The connection is lost without a word; meanwhile somebody wants to see the applicant.
    table.room.lost("applicant", 2);
    table.happens("applicant", wanted(true)).await;
    let back = JoinRequest { reconnect: true, participant_sid: sid, ..JoinRequest::default() };
    table.join("applicant", 4, back).await;
    let heard = table.heard("applicant");
    assert!(matches!(heard[0], Response::Reconnect(_)), "{heard:?}");
    let layers: Vec<_> = heard
        .iter()
        .filter_map(|message| match message {
            Response::SubscribedQualityUpdate(update) => Some(update.subscribed_qualities[0].enabled),
            _ => None,
        })
        .collect();
    assert_eq!(layers, [true], "else the camera would stay dark for everybody");
}

#[tokio::test]
async fn lost_media_asks_the_client_to_resume_and_leaves_it_time_to_restart_ice() {
    let mut table = Table::caucus().await;
    table.happens("applicant", PeerEvent::Connected).await;
    table.hush();
    table.happens("applicant", PeerEvent::IceDisconnected).await;
    table.room.now += super::tick::ICE_PATIENCE;
    table.room.tick(crate::clock::now_ms()).await;
    let heard = table.heard("applicant");
    let Some(Response::Leave(leave)) = heard.last() else { panic!("{heard:?}") };
    assert_eq!(leave.action(), crate::proto::leave_request::Action::Resume);
    let back = JoinRequest { reconnect: true, participant_sid: table.sid("applicant"), ..Default::default() };
    table.join("applicant", 4, back).await;
    table.heard("applicant");
    // Not thrown out again while its checks are under way; nor forgotten by the others.
    table.room.now += super::tick::ICE_PATIENCE;
    table.room.tick(crate::clock::now_ms()).await;
    table.expect_nothing("applicant");
    table.happens("applicant", PeerEvent::Connected).await;
    assert!(table.room.people["applicant"].link.resume_at.is_none());
    let gone = table.heard("mediator").into_iter().any(|message| {
        matches!(message, Response::Update(update) if update.participants.iter().any(|info| {
            info.state() == crate::proto::participant_info::State::Disconnected
        }))
    });
    assert!(!gone, "the place was kept");
}
