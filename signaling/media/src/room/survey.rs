//! How a room's adaptation stands at this moment, for `/metrics`: looked at when somebody asks, never kept.

use super::Room;
use crate::stats::Adaptation;
use crate::{ConnectionQuality, Kind, Quality};

impl Room {
    /// Adds this room to a survey.
    pub(crate) fn survey(&self, all: &mut Adaptation) {
        for claim in self.peers.values().flat_map(crate::peer::Peer::claims) {
            if claim.kind != Kind::Video || claim.disabled {
                continue;
            }
            match claim.granted.map(|granted| granted.min(claim.asked)) {
                None => all.paused += 1,
                Some(Quality::Low) => all.low += 1,
                Some(Quality::Medium) => all.medium += 1,
                Some(Quality::High) => all.high += 1,
            }
        }
        for line in self.lines.all() {
            all.short_lines += usize::from(line.capacity().is_some());
            if let Some(estimate) = line.estimate() {
                all.estimated_lines += 1;
                all.estimated_bits = all.estimated_bits.saturating_add(estimate);
            }
        }
        for quality in self.scores.shown() {
            match quality {
                ConnectionQuality::Lost => all.lost += 1,
                ConnectionQuality::Poor => all.poor += 1,
                ConnectionQuality::Good => all.good += 1,
                ConnectionQuality::Excellent => all.excellent += 1,
            }
        }
    }
}
