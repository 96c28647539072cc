//! What time alone brings: tokens grow old, lost connections are given up, empty rooms end.

use std::time::{Duration, Instant};

use super::Room;
use super::join::leave;
use crate::participant::Link;
use crate::proto::leave_request::Action;
use crate::proto::participant_info::State;
use crate::proto::{DisconnectReason, Response};
use crate::scope::Scope;
use crate::token;

/// While media still flows, and only the WebSocket is lost, the grace time is this many times as long.
const WITH_MEDIA: u32 = 2;
/// ICE may mend itself this long before the client is asked to restart it.
pub(super) const ICE_PATIENCE: Duration = Duration::from_secs(3);
/// A client that has just come back restarts ICE by itself; on a weak network that takes some tries.
pub(super) const RESTART_PATIENCE: Duration = Duration::from_secs(10);
/// Media must be up this long after joining.
const JOIN_LIMIT: Duration = Duration::from_secs(30);

/// What is to be done about somebody's connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Well,
    /// Ask the client to resume: its media is lost.
    Resume,
    /// Give it up.
    Part(DisconnectReason),
}

pub(super) fn verdict(link: &Link, state: State, now: Instant, grace: Duration) -> Verdict {
    let past = |since: Option<Instant>, limit| since.is_some_and(|since| now.duration_since(since) >= limit);
    let media_flows = link.ice_lost.is_none() && state == State::Active;
    if past(link.socket_lost, if media_flows { grace * WITH_MEDIA } else { grace }) {
        return Verdict::Part(DisconnectReason::SignalClose);
    }
    if past(link.ice_lost, grace + ICE_PATIENCE) {
        return Verdict::Part(DisconnectReason::MediaFailure);
    }
    if link.outbox.is_some() && link.resume_at.is_some_and(|at| now >= at) {
        return Verdict::Resume;
    }
    if state != State::Active && past(Some(link.since), JOIN_LIMIT) {
        return Verdict::Part(DisconnectReason::JoinFailure);
    }
    Verdict::Well
}

impl Room {
    pub(super) async fn tick(&mut self, now_ms: u64) {
        let now = self.now;
        self.tell_talk();
        for identity in self.identities() {
            let Some(one) = self.people.get_mut(&identity) else { continue };
            if self.revoked.refuses(&one.claims) {
                self.part(&identity, DisconnectReason::ParticipantRemoved, Some(Action::Disconnect)).await;
                continue;
            }
            if one.link.outbox.is_some() && now_ms >= one.next_refresh_ms {
                self.refresh_token(&identity, now_ms);
            }
            let Some(one) = self.people.get_mut(&identity) else { continue };
            match verdict(&one.link, one.state, now, self.config.grace) {
                Verdict::Well => {}
                Verdict::Resume => {
                    one.link.resume_at = None;
                    self.send(&identity, leave(DisconnectReason::ConnectionTimeout, Action::Resume));
                    if let Some(one) = self.people.get_mut(&identity) {
                        one.link.outbox = None;
                        one.link.socket_lost = Some(now);
                    }
                }
                Verdict::Part(reason) => self.part(&identity, reason, Some(Action::Reconnect)).await,
            }
        }
        let idle = self.people.is_empty() && self.scope == Scope::Plain;
        if !idle {
            self.idle_since = None;
        } else if now.duration_since(*self.idle_since.get_or_insert(now))
            >= self.settings.patience(!self.names.is_empty())
        {
            self.close(DisconnectReason::RoomClosed).await;
        }
    }

    /// Sends a fresh token: the client comes back with the last one it has.
    pub(super) fn refresh_token(&mut self, identity: &str, now_ms: u64) {
        let refresh = self.config.refresh;
        let Some(me) = self.people.get_mut(identity) else { return };
        me.next_refresh_ms = now_ms + u64::try_from(refresh.as_millis()).unwrap_or(u64::MAX);
        let claims = me.claims.clone().renewed(now_ms, refresh * 2);
        match token::mint(&claims, &self.config.keys) {
            Ok(token) => self.send(identity, Response::RefreshToken(token)),
            Err(error) => tracing::warn!(room = %self.name, identity, %error, "no token could be made"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(now: Instant) -> Link {
        let (outbox, _) = tokio::sync::mpsc::channel(1);
        Link {
            outbox: Some(outbox),
            connection: 1,
            since: now,
            socket_lost: None,
            ice_lost: None,
            resume_at: None,
        }
    }

    const GRACE: Duration = Duration::from_secs(20);

    #[test]
    fn a_lost_socket_is_forgiven_longer_while_media_flows() {
        let now = Instant::now();
        let lost = Link { outbox: None, socket_lost: Some(now), ..link(now) };
        let parted = Verdict::Part(DisconnectReason::SignalClose);
        assert_eq!(verdict(&lost, State::Active, now + GRACE, GRACE), Verdict::Well);
        assert_eq!(verdict(&lost, State::Active, now + GRACE * 2, GRACE), parted);
        let both = Link { ice_lost: Some(now), ..lost };
        assert_eq!(verdict(&both, State::Active, now + Duration::from_secs(19), GRACE), Verdict::Well);
        assert_eq!(verdict(&both, State::Active, now + GRACE, GRACE), parted);
    }

    #[test]
    fn lost_media_asks_for_a_resume_once_and_gives_up_in_the_end() {
        let now = Instant::now();
        let deaf = Link { ice_lost: Some(now), resume_at: Some(now + ICE_PATIENCE), ..link(now) };
        assert_eq!(verdict(&deaf, State::Active, now, GRACE), Verdict::Well);
        assert_eq!(verdict(&deaf, State::Active, now + ICE_PATIENCE, GRACE), Verdict::Resume);
        let asked = Link { resume_at: None, ..deaf };
        assert_eq!(verdict(&asked, State::Active, now + ICE_PATIENCE, GRACE), Verdict::Well);
        let end = now + GRACE + ICE_PATIENCE;
        assert_eq!(verdict(&asked, State::Active, end, GRACE), Verdict::Part(DisconnectReason::MediaFailure));
    }

    #[test]
    fn whoever_never_gets_media_up_is_let_go() {
        let now = Instant::now();
        assert_eq!(
            verdict(&link(now), State::Joined, now + JOIN_LIMIT, GRACE),
            Verdict::Part(DisconnectReason::JoinFailure)
        );
        assert_eq!(verdict(&link(now), State::Active, now + JOIN_LIMIT, GRACE), Verdict::Well);
    }
}
