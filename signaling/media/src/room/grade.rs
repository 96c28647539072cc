//! How well a connection works for the person using it, from what its reports say. Pure.

use std::time::Duration;

use crate::ConnectionQuality;
use crate::peer::Health;

/// Worse is shown after this many judgements in a row, better after that many.
const WORSE_AFTER: u32 = 2;
const BETTER_AFTER: u32 = 3;

/// What is judged.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signs {
    pub health: Health,
    /// A picture is paused because the line is short.
    pub paused: bool,
    /// Nothing comes from it any more.
    pub silent: bool,
}

/// Retransmission hides a few per cent of loss in pictures and forward correction in sound; half a second of round
/// trip makes people talk into each other (ITU-T G.114).
fn judge(signs: &Signs) -> ConnectionQuality {
    let Signs { health, paused, silent } = signs;
    if *silent {
        return ConnectionQuality::Lost;
    }
    let lost = health.lost_down.unwrap_or(0.0).max(health.lost_up.unwrap_or(0.0));
    let rtt = health.rtt.unwrap_or(Duration::ZERO);
    if *paused
        || lost > 0.10
        || rtt > Duration::from_millis(700)
        || health.jitter > Duration::from_millis(120)
    {
        ConnectionQuality::Poor
    } else if lost > 0.03 || rtt > Duration::from_millis(300) || health.jitter > Duration::from_millis(50) {
        ConnectionQuality::Good
    } else {
        ConnectionQuality::Excellent
    }
}

/// The quality shown, which follows the judgements without flicker.
#[derive(Debug)]
pub(super) struct Grade {
    shown: ConnectionQuality,
    /// How many judgements in a row were worse, or better.
    worse: u32,
    better: u32,
}

impl Default for Grade {
    fn default() -> Self {
        Self { shown: ConnectionQuality::Excellent, worse: 0, better: 0 }
    }
}

impl Grade {
    /// What is shown now.
    pub(super) fn shown(&self) -> ConnectionQuality {
        self.shown
    }

    /// Takes the next judgement.
    pub(super) fn update(&mut self, signs: &Signs) {
        let judged = judge(signs);
        self.worse = if judged < self.shown { self.worse + 1 } else { 0 };
        self.better = if judged > self.shown { self.better + 1 } else { 0 };
        let was_lost = self.shown == ConnectionQuality::Lost;
        if judged == ConnectionQuality::Lost
            || self.worse >= WORSE_AFTER
            || self.better >= BETTER_AFTER
            || (was_lost && self.better > 0)
        {
            *self = Self { shown: judged, worse: 0, better: 0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lossy(lost: f32) -> Signs {
        Signs { health: Health { lost_down: Some(lost), ..Health::default() }, ..Signs::default() }
    }

    #[test]
    fn a_grade_follows_what_lasts_and_not_what_passes() {
        let mut grade = Grade::default();
        let mut shown = |signs: &Signs| {
            grade.update(signs);
            grade.shown()
        };
        assert_eq!(shown(&lossy(0.5)), ConnectionQuality::Excellent, "one bad moment");
        assert_eq!(shown(&lossy(0.0)), ConnectionQuality::Excellent);
        shown(&lossy(0.05));
        assert_eq!(shown(&lossy(0.05)), ConnectionQuality::Good);
        shown(&lossy(0.2));
        assert_eq!(shown(&lossy(0.2)), ConnectionQuality::Poor);
        for _ in 0..2 {
            assert_eq!(shown(&lossy(0.0)), ConnectionQuality::Poor, "not better at once");
        }
        assert_eq!(shown(&lossy(0.0)), ConnectionQuality::Excellent);
    }

    #[test]
    fn lost_is_shown_at_once_and_so_is_the_return() {
        let mut grade = Grade::default();
        grade.update(&Signs { silent: true, ..Signs::default() });
        assert_eq!(grade.shown(), ConnectionQuality::Lost);
        grade.update(&lossy(0.0));
        assert_eq!(grade.shown(), ConnectionQuality::Excellent);
    }

    #[test]
    fn a_paused_picture_a_long_way_and_a_trembling_one_are_noticed() {
        let paused = Signs { paused: true, ..Signs::default() };
        assert_eq!(judge(&paused), ConnectionQuality::Poor);
        let far = Health { rtt: Some(Duration::from_millis(400)), ..Health::default() };
        assert_eq!(judge(&Signs { health: far, ..Signs::default() }), ConnectionQuality::Good);
        let uneven = Health { jitter: Duration::from_millis(200), ..Health::default() };
        assert_eq!(judge(&Signs { health: uneven, ..Signs::default() }), ConnectionQuality::Poor);
    }
}
