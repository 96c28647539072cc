//! Fitting what each subscriber is sent to its line, and telling publishers which layers anybody uses.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::budget::{self, Rank};
use super::demand;
use super::line::Line;
use super::{Context, Room};
use crate::forward::TrackKey;
use crate::peer::Health;
use crate::{Kind, PeerEvent, PeerId, Quality, Source};

/// How often rates are measured and the use of layers is looked at.
const INTERVAL: Duration = Duration::from_millis(250);
/// Bits a second kept for each sound, silent or not: opus at its usual rate.
const VOICE: u64 = 32_000;
/// Probing tries at least up to twice this many bits a second on a line nothing speaks against; on a short one it
/// tries in proportion to what it carries, for a probe fills its queue.
const WORTH_PROBING: u64 = 2_500_000;
const LEAST_PROBING: u64 = 300_000;
/// Who spoke last is the speaker for this long after.
const SPOKE: Duration = Duration::from_secs(6);

/// What is known of the subscribers' lines.
#[derive(Default)]
pub(super) struct Lines {
    measured_at: Option<Instant>,
    of: HashMap<PeerId, Line>,
}

impl Lines {
    pub(super) fn forget(&mut self, peer: PeerId) {
        self.of.remove(&peer);
    }

    /// Its client was away: what was known is of another time, and of another line perhaps.
    pub(super) fn returned(&mut self, peer: PeerId, now: Instant) {
        if let Some(line) = self.of.get_mut(&peer) {
            *line = Line::returned(now);
        }
    }

    /// How long a packet of a client is on its way here at least.
    pub(super) fn way_of(&self, peer: PeerId) -> Duration {
        self.of.get(&peer).and_then(Line::way).unwrap_or_default() / 2
    }

    /// Every line known.
    pub(super) fn all(&self) -> impl Iterator<Item = &Line> {
        self.of.values()
    }
}

/// Among pictures of one rank: what the subscriber put first, then who spoke last.
type Order = (u32, Reverse<Option<Instant>>);

impl Room {
    /// A connection reported how it fares.
    pub(super) fn fared(&mut self, id: PeerId, health: &Health, context: &mut Context<'_>) {
        tracing::trace!(peer = %id, ?health, "fares");
        self.lines.of.entry(id).or_default().report(health, context.now);
        self.scores.heard_of(id, health);
        context.stats.reported(health.lost_down, health.nacks);
        self.adapt(id, context);
    }

    /// Shares a subscriber's line among what it receives. Less is given at once, more with a margin and patience;
    /// either way the old layer flows until the new one's keyframe is there.
    pub(super) fn adapt(&mut self, id: PeerId, context: &mut Context<'_>) {
        let now = context.now;
        let Some(peer) = self.peers.get(&id) else { return };
        let mut sound = 0;
        let mut pictures: Vec<(Order, TrackKey, budget::Claim)> = Vec::new();
        for claim in peer.claims() {
            let Some(track) = self.tracks.get(&claim.key) else { continue };
            if track.muted || claim.disabled {
                continue;
            }
            if track.kind == Kind::Audio {
                sound += track.rates()[Quality::High as usize].unwrap_or(0).max(VOICE);
                continue;
            }
            let spoke = self.spoke_at(id, track.owner);
            let rank = match track.source {
                Source::ScreenShare => Rank::Screen,
                _ if spoke.is_some_and(|at| now.saturating_duration_since(at) < SPOKE) => Rank::Speaker,
                _ => Rank::Other,
            };
            let claim_of =
                budget::Claim { rank, asked: claim.asked, rates: track.rates(), current: claim.granted };
            // Unsaid (0) comes after all that was said.
            pictures.push(((claim.priority.wrapping_sub(1), Reverse(spoke)), claim.key, claim_of));
        }
        // Among equals what the subscriber itself put first, then who spoke last.
        pictures.sort_by_key(|(order, _, _)| *order);
        let claims: Vec<_> = pictures.iter().map(|(_, _, claim)| claim.clone()).collect();
        let line = self.lines.of.entry(id).or_default();
        let best: u64 = claims.iter().map(budget::Claim::best).sum();
        let capacity = line.capacity().map(|capacity| capacity.saturating_sub(sound));
        // A line that carries all of it twice needs no care.
        let plenty = capacity.is_none_or(|capacity| capacity >= best.saturating_mul(2));
        let given = budget::share(capacity, line.may_rise(now), &claims);
        line.set_bare(
            claims.iter().zip(&given).all(|(claim, given)| given.is_none() || claim.best() == 0),
            now,
        );
        let (mut rose, mut fell, mut short) = (false, false, false);
        let Some(peer) = self.peers.get_mut(&id) else { return };
        for ((_, key, claim), given) in pictures.iter().zip(given) {
            let grant = if plenty { Some(Quality::High) } else { given };
            let (before, after) =
                (claim.current.map(|at| at.min(claim.asked)), grant.map(|at| at.min(claim.asked)));
            rose |= after > before;
            fell |= after < before;
            short |= given < Some(claim.asked) && !plenty;
            if claim.current != grant {
                tracing::debug!(peer = %id, track = ?key, ?grant, ?capacity, "granted");
                peer.grant(*key, grant);
            }
        }
        // Paced below what is sent, pictures would wait for ever.
        peer.set_paced(
            short && line.estimate().is_some_and(|estimate| estimate > capacity.unwrap_or(0) + sound),
        );
        let wanted = (best + best / 4 + sound).max(WORTH_PROBING);
        peer.set_desired(match capacity {
            _ if claims.is_empty() => 0,
            Some(capacity) if short => wanted.min((capacity + sound).saturating_mul(2).max(LEAST_PROBING)),
            _ => wanted,
        });
        if fell {
            line.fell(now);
        } else if rose {
            line.rose(now);
        }
        if rose || fell {
            self.request_keyframes(context);
        }
    }

    /// When somebody was last heard speaking by a peer that may hear it.
    fn spoke_at(&self, by: PeerId, who: PeerId) -> Option<Instant> {
        self.tracks
            .iter()
            .filter(|(key, track)| {
                track.owner == who && track.kind == Kind::Audio && self.table.is_receivable(**key, by)
            })
            .filter_map(|(_, track)| track.meter.spoke_at)
            .max()
    }

    /// Measures the layers and tells publishers which of them are used, when it is time to.
    pub(super) fn measure(&mut self, now: Instant) {
        if self.lines.measured_at.is_some_and(|at| now.saturating_duration_since(at) < INTERVAL) {
            return;
        }
        self.lines.measured_at = Some(now);
        for track in self.tracks.values_mut() {
            track.measure(now);
        }
        self.tell_demand(now);
    }

    /// Tells publishers of layers that are used no more, or again.
    ///
    /// Only those count whom the publisher may see as well: what is told must not betray that somebody watches
    /// unseen. Such a watcher gets what flows for the others, and at least the smallest layer.
    pub(super) fn tell_demand(&mut self, now: Instant) {
        let mut news = Vec::new();
        for (key, track) in &mut self.tracks {
            if track.kind != Kind::Video || track.muted || track.layer_count < 2 {
                continue;
            }
            let mut most = Quality::Low;
            for target in self.table.targets(*key) {
                if self.taps.has(target.to) {
                    // A recording is no secret, and keeps the best there is.
                    most = Quality::High;
                }
                if !self.table.visible(target.to, track.owner) {
                    continue;
                }
                let wish = self.wishes.get(&(target.to, track.id.clone())).copied().unwrap_or_default();
                if !wish.disabled {
                    most = most.max(wish.quality);
                }
            }
            if let Some(most) = track.demand.update(most, now) {
                let wanted = demand::wanted(most);
                news.push((
                    track.owner,
                    PeerEvent::LayersWanted { id: track.id.clone(), codec: track.codec, wanted },
                ));
            }
        }
        for (owner, event) in news {
            self.tell(owner, event);
        }
    }
}
