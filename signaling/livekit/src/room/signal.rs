//! What a client asks over its WebSocket.

use super::Room;
use super::join::leave;
use crate::clock::now_ms;
use crate::proto::leave_request::Action;
use crate::proto::request_response::{Reason, Request as About};
use crate::proto::simulate_scenario::Scenario;
use crate::proto::{
    DisconnectReason, MuteTrackRequest, Pong, Request, RequestResponse, Response, SimulateScenario,
    TrickleRequest, UpdateLocalAudioTrack, UpdateLocalVideoTrack,
};

impl Room {
    /// One request of a client. One that comes over an older connection is late and ignored.
    pub(super) async fn signal(&mut self, identity: &str, connection: u64, request: Request) {
        let Some(me) = self.people.get(identity).filter(|one| one.link.connection == connection) else {
            return;
        };
        match request {
            Request::Offer(offer) => self.offer(identity, offer).await,
            Request::Answer(answer) => self.answered(identity, answer).await,
            // With two connections its target would tell of which it is. We are ICE-lite: the client's own
            // checks tell its addresses, on each connection.
            Request::Trickle(_) if me.offers.is_some() => {}
            Request::Trickle(trickle) => self.trickle(me.peer, &trickle),
            Request::AddTrack(request) => self.add_track(identity, request).await,
            Request::Mute(MuteTrackRequest { sid, muted }) => self.mute(identity, &sid, muted).await,
            Request::Subscription(subscription) => self.choose(identity, subscription),
            Request::TrackSetting(setting) => self.track_setting(identity, setting).await,
            Request::Leave(_) => self.part(identity, DisconnectReason::ClientInitiated, None).await,
            Request::SubscriptionPermission(permission) => self.set_audience(identity, permission),
            Request::SyncState(state) => self.sync_state(identity, state).await,
            Request::Simulate(scenario) => self.simulate(identity, &scenario).await,
            Request::Ping(_) => {
                let timestamp = i64::try_from(now_ms()).unwrap_or_default();
                self.send(identity, Response::Pong(timestamp));
            }
            Request::PingReq(ping) => {
                let timestamp = i64::try_from(now_ms()).unwrap_or_default();
                self.send(
                    identity,
                    Response::PongResp(Pong { last_ping_timestamp: ping.timestamp, timestamp }),
                );
            }
            Request::UpdateMetadata(update) => self.update_metadata(identity, update),
            Request::UpdateAudioTrack(UpdateLocalAudioTrack { track_sid, features }) => {
                self.change_track(identity, &track_sid, |track| track.info.audio_features = features);
            }
            Request::UpdateVideoTrack(UpdateLocalVideoTrack { track_sid, width, height }) => {
                self.change_track(identity, &track_sid, |track| {
                    (track.info.width, track.info.height) = (width, height);
                });
            }
            Request::PublishDataTrackRequest(request) => {
                self.respond(
                    identity,
                    0,
                    Reason::NotAllowed,
                    "data tracks are not offered",
                    About::PublishDataTrack(request),
                );
            }
        }
    }

    fn trickle(&self, peer: media::PeerId, trickle: &TrickleRequest) {
        let init: Option<serde_json::Value> = serde_json::from_str(&trickle.candidate_init).ok();
        let candidate =
            init.as_ref().and_then(|init| init.get("candidate")).and_then(serde_json::Value::as_str);
        if let Some(candidate) = candidate.filter(|text| !text.is_empty()) {
            self.media.trickle(peer, candidate.to_owned());
        }
    }

    /// The answer to a request that carries a number, or to one that was refused.
    pub(super) fn respond(&mut self, identity: &str, id: u32, reason: Reason, message: &str, about: About) {
        let response = RequestResponse {
            request_id: id,
            reason: reason.into(),
            message: message.to_owned(),
            request: Some(about),
        };
        self.send(identity, Response::RequestResponse(response));
    }

    /// Faults a client may ask for to try itself out; only where any token may open a room.
    async fn simulate(&mut self, identity: &str, scenario: &SimulateScenario) {
        if !self.config.open_rooms {
            return;
        }
        match scenario.scenario {
            Some(Scenario::ServerLeave(_)) => {
                self.part(identity, DisconnectReason::ServerShutdown, Some(Action::Disconnect)).await;
            }
            Some(Scenario::LeaveRequestFullReconnect(_)) => {
                self.part(identity, DisconnectReason::UnknownReason, Some(Action::Reconnect)).await;
            }
            Some(Scenario::NodeFailure(_)) => {
                self.part(identity, DisconnectReason::UnknownReason, None).await;
            }
            Some(Scenario::SwitchCandidateProtocol(_) | Scenario::Migration(_)) => {
                self.send(identity, leave(DisconnectReason::UnknownReason, Action::Resume));
                if let Some(one) = self.people.get_mut(identity) {
                    one.link.outbox = None;
                    one.link.socket_lost = Some(self.now);
                }
            }
            _ => {}
        }
    }
}
