//! Which layers of a track anybody uses (dynacast): phones need not encode what nobody watches. Pure.

use std::time::{Duration, Instant};

use crate::Quality;

/// A layer is told unused this long after its last use, so that a tile that grows again finds it.
const OFF_DELAY: Duration = Duration::from_secs(5);

/// The use of one track's layers.
///
/// The smallest layer is never switched off: a new viewer is to see something at once, and a publisher whose camera
/// nobody may see learns as little from it as one whom only hidden people watch.
#[derive(Debug)]
pub(super) struct Demand {
    told: Quality,
    used: [Instant; 3],
}

impl Demand {
    /// A client begins with all layers on.
    pub(super) fn new(now: Instant) -> Self {
        Self { told: Quality::High, used: [now; 3] }
    }

    /// Takes the largest layer used now; gives the largest one to keep on when that changed. On at once, off late.
    pub(super) fn update(&mut self, most: Quality, now: Instant) -> Option<Quality> {
        for used in &mut self.used[..=most as usize] {
            *used = now;
        }
        let in_use = |layer: &Quality| now.saturating_duration_since(self.used[*layer as usize]) < OFF_DELAY;
        let keep = Quality::ALL.into_iter().rev().find(in_use).unwrap_or(Quality::Low);
        (keep != self.told).then(|| {
            self.told = keep;
            keep
        })
    }
}

/// Which layers are on when this is the largest.
pub(super) fn wanted(most: Quality) -> [bool; 3] {
    Quality::ALL.map(|layer| layer <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_go_off_late_and_come_on_at_once() {
        let start = Instant::now();
        let after = |seconds: u64| start + Duration::from_secs(seconds);
        let mut demand = Demand::new(start);
        assert_eq!(demand.update(Quality::Medium, after(1)), None);
        assert_eq!(demand.update(Quality::High, after(4)), None, "used again in time");
        assert_eq!(demand.update(Quality::Low, after(8)), None);
        assert_eq!(demand.update(Quality::Low, after(9)), Some(Quality::Low));
        assert_eq!(demand.update(Quality::Low, after(10)), None, "told once");
        assert_eq!(demand.update(Quality::High, after(11)), Some(Quality::High), "at once");
        assert_eq!(wanted(Quality::Medium), [true, true, false]);
        assert_eq!(wanted(Quality::Low), [true, false, false], "the smallest is always on");
    }
}
