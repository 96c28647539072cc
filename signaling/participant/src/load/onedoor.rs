//! Signalling of the lean load client to our own server: join, one offer with everything, and new offers when asked.

use std::time::Duration;

use anyhow::{Context as _, bail};
use livekit::proto::{self, signal_request as up, signal_response as down};
use tokio_util::task::TaskTracker;

use super::bed::Seat;
use super::lean::{Fleet, Sends};
use super::sdp::{Far, Own, Section};
use super::token::media_token;
use crate::signal::{self, Requests, Responses};

const PATIENCE: Duration = Duration::from_secs(20);

/// Takes a seat and answers when its media is connected. Signalling lives on in a task of its own.
pub async fn sit(fleet: &Fleet, url: &str, seat: Seat, tasks: &TaskTracker) -> anyhow::Result<()> {
    let token = media_token(&format!("load-{}", seat.hall), &format!("peer-{}", seat.n))?;
    let request = proto::JoinRequest {
        client_info: Some(proto::ClientInfo {
            sdk: proto::client_info::Sdk::Rust.into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: 17,
            ..Default::default()
        }),
        connection_settings: Some(proto::ConnectionSettings {
            auto_subscribe: seat.partner.is_none(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let (mut requests, mut responses) = signal::open(url, &token, request).await?;
    let others = match next(&mut responses).await? {
        down::Message::Join(joined) => joined.other_participants,
        other => bail!("in place of the join: {other:?}"),
    };
    let own = Own::new(fleet, seat.peer);
    let sends =
        seat.publishes.then(|| Sends { sound: (rand::random(), b'0'), picture: (rand::random(), b'1') });
    let mut sections = Vec::new();
    if let Some(sends) = sends {
        for (video, ssrc) in [(false, sends.sound.0), (true, sends.picture.0)] {
            sections.push(Section { video, sends: Some(ssrc) });
            requests.send(up::Message::AddTrack(announcement(own.track(video), video))).await?;
        }
    }
    for _ in 0..seat.hears {
        sections.extend([false, true].map(|video| Section { video, sends: None }));
    }
    let partner = seat.partner.map(|n| format!("peer-{n}"));
    let mut wire = Wire { requests, own, sections, offers: 0, partner };
    wire.choose(others).await?;
    wire.offer().await?;
    let far = loop {
        match next(&mut responses).await? {
            down::Message::Answer(answer) => break Far::read(&answer.sdp)?,
            down::Message::Update(update) => wire.choose(update.participants).await?,
            down::Message::Leave(leave) => bail!("sent away: {}", leave.reason().as_str_name()),
            _ => {}
        }
    };
    let terms = wire.own.terms(&far, seat.room, seat.audience, sends, super::sdp::OUR_MEDIA.to_vec());
    tasks.spawn(stay(wire, responses));
    fleet.connect(terms).await
}

struct Wire {
    requests: Requests,
    own: Own,
    sections: Vec<Section>,
    offers: u32,
    /// The only one it wants to hear.
    partner: Option<String>,
}

impl Wire {
    /// Subscribes to the partner's tracks, if there is one and it is among these.
    async fn choose(&mut self, others: Vec<proto::ParticipantInfo>) -> anyhow::Result<()> {
        for other in others.into_iter().filter(|other| Some(&other.identity) == self.partner.as_ref()) {
            let track_sids: Vec<String> = other.tracks.into_iter().map(|track| track.sid).collect();
            if !track_sids.is_empty() {
                let wish = proto::UpdateSubscription { track_sids, subscribe: true, ..Default::default() };
                self.requests.send(up::Message::Subscription(wish)).await?;
            }
        }
        Ok(())
    }

    async fn offer(&mut self) -> anyhow::Result<()> {
        self.offers += 1;
        let sdp = self.own.offer(&self.sections);
        let offer =
            proto::SessionDescription { r#type: "offer".into(), sdp, id: self.offers, ..Default::default() };
        Ok(self.requests.send(up::Message::Offer(offer)).await?)
    }
}

/// Keeps the wire alive and offers anew when the server has somebody new to show.
async fn stay(mut wire: Wire, mut responses: Responses) {
    let mut ping = tokio::time::interval(Duration::from_secs(5));
    loop {
        let step = tokio::select! {
            message = responses.next() => match message {
                Some(down::Message::MediaSectionsRequirement(missing)) => {
                    for (video, count) in [(false, missing.num_audios), (true, missing.num_videos)] {
                        wire.sections.extend((0..count).map(|_| Section { video, sends: None }));
                    }
                    wire.offer().await
                }
                Some(down::Message::Update(update)) => wire.choose(update.participants).await,
                Some(down::Message::Leave(_)) | None => return,
                Some(_) => Ok(()),
            },
            _ = ping.tick() => wire.requests.send(up::Message::PingReq(proto::Ping::default())).await.map_err(Into::into),
        };
        if step.is_err() {
            return;
        }
    }
}

async fn next(responses: &mut Responses) -> anyhow::Result<down::Message> {
    tokio::time::timeout(PATIENCE, responses.next())
        .await
        .context("the server did not answer within 20 s")?
        .context("the server closed the wire")
}

fn announcement(cid: String, video: bool) -> proto::AddTrackRequest {
    let (source, kind, name) = if video {
        (proto::TrackSource::Camera, proto::TrackType::Video, "camera")
    } else {
        (proto::TrackSource::Microphone, proto::TrackType::Audio, "microphone")
    };
    let (width, height) = if video { (640, 360) } else { (0, 0) };
    let layer =
        proto::VideoLayer { quality: proto::VideoQuality::High.into(), width, height, ..Default::default() };
    proto::AddTrackRequest {
        cid,
        name: name.to_owned(),
        r#type: kind.into(),
        source: source.into(),
        width,
        height,
        layers: if video { vec![layer] } else { vec![] },
        ..Default::default()
    }
}
