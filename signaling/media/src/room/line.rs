//! How much one subscriber's line carries: nothing is supposed against it until it shows. Pure.
//!
//! It shows in two ways. Loss says at once how much came through (a policer drops whatever is above a rate, and the
//! bandwidth estimator follows one for ten seconds and more). A round trip that grows and stays long says that a
//! queue fills; then the estimate, which is made from such queues, says how much drains. An estimate alone is no
//! witness: a busy phone that reads its packets late looks to it like a full line.
//!
//! What showed becomes a ceiling. It rises again while nothing is lost and nothing waits, faster when probes found
//! more, ever more slowly when rising failed before. When the estimator, having come down, finds much more than the
//! ceiling, the line is another one: a lift was left. Then what failed before is forgotten. A line that loses the same
//! however little is sent (a bad radio) has no ceiling to find: its own loss is set aside.

use std::time::{Duration, Instant};

use crate::peer::Health;

/// Above this share lost, too much was sent.
const TOO_MUCH_LOST: f32 = 0.10;
/// Below it nothing was lost that matters.
const LITTLE_LOST: f32 = 0.03;
/// A round trip this much above the shortest one known means a queue, when it lasts for two reports.
const QUEUE: Duration = Duration::from_millis(120);
/// The shortest round trip known grows by this a second, so that a longer way is learned at last.
const WAY_GROWS: Duration = Duration::from_millis(2);
/// Of what came through, this much is taken as carried.
const SAFE: f64 = 0.9;
/// No ceiling is below this, in bits a second: sound must be tried.
const LOWEST: f64 = 40_000.0;
/// A ceiling this high is none.
const HIGHEST: f64 = 20_000_000.0;
/// Sending less than this says nothing about the line.
const TELLING: f64 = 20_000.0;
/// So many cuts in a row, each to less than came through before, without less being lost: it is the line's own
/// loss. Once may be a line that got shorter.
const STRIKES: u32 = 2;
/// Then so much more is tried.
const OWN_LOSS_RAISE: f64 = 4.0;
/// After a cut, losses of before it are still reported, and the smaller layer waits for its keyframe.
const CUT_SETTLES: Duration = Duration::from_millis(1600);
/// A cut is compared with the one before within this time.
const CUT_FORGOTTEN: Duration = Duration::from_secs(12);
/// Share by which the ceiling rises a second, and by which it does, at most up to there, when probes found more.
const GROWTH: f64 = 0.12;
const PROBED_GROWTH: f64 = 0.5;
/// So much more than the ceiling, and than the lowest estimate since the cut, in two reports in which nothing is lost
/// and nothing waits, means a wide line.
const WIDE: f64 = 1.5;
/// Nothing may be lost for this long before it rises.
const CALM: Duration = Duration::from_secs(2);
/// Between a fall and the next rise, doubled by each rise that failed.
const HOLD: Duration = Duration::from_secs(2);
/// Between two rises: what the first did must be seen.
const RISE_SETTLES: Duration = Duration::from_millis(1400);
/// A fall this soon after a rise means that the rise failed.
const FAILED: Duration = Duration::from_secs(8);
/// After the client was away, losses of that time are reported this long.
const AWAY_REPORTED: Duration = Duration::from_secs(2);
/// Failures count to this: holds of a quarter of a minute.
const MOST_FAILURES: u32 = 3;

#[derive(Debug, Clone, Copy)]
struct Cut {
    at: Instant,
    loss: f32,
    /// Bits a second that came through.
    carried: f64,
    /// The estimate then: the same one later is an old one.
    estimate: Option<u64>,
}

impl Cut {
    /// Less is sent since, and no less is lost; but about as much, for much more means a line that got shorter.
    fn was_in_vain(&self, loss: f32, sent: f64) -> bool {
        (self.loss * 0.75..=self.loss * 1.5 + 0.03).contains(&loss) && sent <= self.carried * SAFE
    }
}

/// One subscriber's line.
#[derive(Debug, Default)]
pub(super) struct Line {
    reported_at: Option<Instant>,
    /// Reports until then are of the time before.
    deaf_until: Option<Instant>,
    estimate: Option<u64>,
    ceiling: Option<f64>,
    cut: Option<Cut>,
    /// Cuts in a row that did not help.
    strikes: u32,
    /// What the line loses by itself.
    own_loss: f32,
    /// Since then sound alone is sent: there is nothing left to send less of.
    bare_since: Option<Instant>,
    /// The shortest round trip known, and how many reports in a row were of a much longer one.
    way: Option<Duration>,
    queued: u32,
    /// The lowest estimate since the cut, and how many reports in a row it was far above.
    lowest: Option<f64>,
    wide: u32,
    calm_since: Option<Instant>,
    rose_at: Option<Instant>,
    fell_at: Option<Instant>,
    failures: u32,
}

impl Line {
    /// The line of a client that was away and is there again, by another network perhaps.
    pub(super) fn returned(now: Instant) -> Self {
        Self { deaf_until: Some(now + AWAY_REPORTED), ..Self::default() }
    }

    /// The shortest round trip known.
    pub(super) fn way(&self) -> Option<Duration> {
        self.way
    }

    /// Tells whether sound alone is sent over it from now on.
    pub(super) fn set_bare(&mut self, bare: bool, now: Instant) {
        self.bare_since = bare.then(|| self.bare_since.unwrap_or(now));
    }

    /// Bits a second it carries; none while nothing speaks against any rate.
    pub(super) fn capacity(&self) -> Option<u64> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between the two bounds above"
        )]
        self.ceiling.map(|ceiling| ceiling as u64)
    }

    /// What the estimator thinks it carries.
    pub(super) fn estimate(&self) -> Option<u64> {
        self.estimate
    }

    /// Takes a report.
    pub(super) fn report(&mut self, health: &Health, now: Instant) {
        // The second connection of a peer reports as well, but nothing is sent over it.
        let Some(loss) = health.lost_down else { return };
        let passed = self.reported_at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let passed = passed.min(Duration::from_secs(1));
        self.reported_at = Some(now);
        self.estimate = health.estimate;
        if self.deaf_until.is_some_and(|until| now < until) {
            return;
        }
        if let Some(rtt) = health.rtt {
            let way = self.way.map_or(rtt, |way| (way + WAY_GROWS.mul_f64(passed.as_secs_f64())).min(rtt));
            self.way = Some(way);
            self.queued = if rtt > way + QUEUE { self.queued + 1 } else { 0 };
        }
        let lossy = loss - self.own_loss > TOO_MUCH_LOST;
        if self.queued == 0 && loss - self.own_loss > LITTLE_LOST && self.is_own(loss, health.sent, now) {
            self.set_own(loss);
        } else if lossy || self.queued >= 2 {
            self.calm_since = None;
            self.wide = 0;
            self.too_much(lossy.then_some(loss), health.sent, now);
            return;
        }
        if loss < self.own_loss {
            self.own_loss -= (self.own_loss - loss) * passed.as_secs_f32() / 8.0;
        }
        if loss - self.own_loss > LITTLE_LOST || self.queued > 0 {
            self.calm_since = None;
            self.wide = 0;
            return;
        }
        self.strikes = 0;
        self.widen();
        let calm_since = *self.calm_since.get_or_insert(now);
        if now.saturating_duration_since(calm_since) < CALM {
            return;
        }
        let step = passed.as_secs_f64() / f64::from(1 << self.failures);
        let probed = self.estimate.filter(|_| self.estimate != self.cut.and_then(|cut| cut.estimate));
        self.ceiling = self.ceiling.map(|ceiling| grown(ceiling, probed, step)).filter(|at| *at < HIGHEST);
    }

    /// Looks whether the line has become another one.
    fn widen(&mut self) {
        let (Some(ceiling), Some(estimate)) = (self.ceiling, self.estimate) else { return };
        #[expect(clippy::cast_precision_loss, reason = "bits a second, far below 2^52")]
        let estimate = estimate as f64;
        let lowest = self.lowest.map_or(estimate, |lowest| lowest.min(estimate));
        self.lowest = Some(lowest);
        self.wide = if estimate >= ceiling.max(lowest) * WIDE { self.wide + 1 } else { 0 };
        if self.wide >= 2 {
            self.ceiling = Some(estimate * SAFE);
            (self.wide, self.failures, self.fell_at) = (0, 0, None);
        }
    }

    /// Too much was sent: so much of it was lost, or it waits somewhere.
    fn too_much(&mut self, loss: Option<f32>, sent: u64, now: Instant) {
        #[expect(clippy::cast_precision_loss, reason = "bits a second, far below 2^52")]
        let (sent, estimate) = (sent as f64, self.estimate.map(|estimate| estimate as f64));
        let Some(cut) = self.cut.filter(|cut| now.saturating_duration_since(cut.at) < CUT_FORGOTTEN) else {
            if sent >= TELLING {
                self.cut_to(loss, sent, estimate, now);
            }
            return;
        };
        if now.saturating_duration_since(cut.at) < CUT_SETTLES {
            return;
        }
        let as_before = loss.filter(|loss| cut.was_in_vain(*loss, sent));
        self.strikes = if as_before.is_some() { self.strikes + 1 } else { 0 };
        match as_before {
            Some(loss) if self.strikes >= STRIKES => self.set_own(loss),
            _ => self.cut_to(loss, sent, estimate, now),
        }
    }

    /// Whether sending less cannot help against a loss, or did not for long: else a picture that went with one bad
    /// second would stay away for as long as the line loses some, though not much.
    fn is_own(&self, loss: f32, sent: u64, now: Instant) -> bool {
        let long = |since: Instant| now.saturating_duration_since(since) >= CUT_SETTLES * (STRIKES + 1);
        if self.bare_since.is_some_and(long) {
            return true;
        }
        let Some(cut) = self.cut else { return false };
        #[expect(clippy::cast_precision_loss, reason = "bits a second, far below 2^52")]
        let in_vain = cut.was_in_vain(loss, sent as f64);
        in_vain && loss - self.own_loss <= TOO_MUCH_LOST && long(cut.at)
    }

    /// A loss is the line's own: it is set aside, and what was concluded from it is mostly taken back.
    fn set_own(&mut self, loss: f32) {
        self.own_loss = loss.min(0.5);
        if self.cut.take().is_some() {
            self.ceiling = self.ceiling.map(|ceiling| ceiling * OWN_LOSS_RAISE);
        }
        self.strikes = 0;
    }

    fn cut_to(&mut self, loss: Option<f32>, sent: f64, estimate: Option<f64>, now: Instant) {
        let carried = match (loss, estimate) {
            (Some(loss), _) => sent * f64::from(1.0 - loss),
            (None, Some(estimate)) => estimate.min(sent),
            (None, None) => sent / 2.0,
        };
        self.cut = Some(Cut { at: now, loss: loss.unwrap_or(0.0), carried, estimate: self.estimate });
        (self.lowest, self.wide) = (estimate, 0);
        let safe = carried * SAFE;
        self.ceiling = Some(self.ceiling.map_or(safe, |ceiling| ceiling.min(safe)).max(LOWEST));
    }

    /// Whether more may be given now than before.
    pub(super) fn may_rise(&self, now: Instant) -> bool {
        let since = |at: Option<Instant>| at.map_or(Duration::MAX, |at| now.saturating_duration_since(at));
        since(self.fell_at) >= HOLD * (1 << self.failures) && since(self.rose_at) >= RISE_SETTLES
    }

    /// More was given.
    pub(super) fn rose(&mut self, now: Instant) {
        self.rose_at = Some(now);
    }

    /// Less was given.
    pub(super) fn fell(&mut self, now: Instant) {
        let soon = |at: Option<Instant>| at.is_some_and(|at| now.saturating_duration_since(at) < FAILED);
        if soon(self.rose_at) {
            self.failures = (self.failures + 1).min(MOST_FAILURES);
        } else if !soon(self.fell_at) {
            self.failures = 0;
        }
        self.fell_at = Some(now);
    }
}

/// A ceiling after so many seconds of calm.
fn grown(ceiling: f64, probed: Option<u64>, seconds: f64) -> f64 {
    let slowly = ceiling * (1.0 + GROWTH * seconds);
    #[expect(clippy::cast_precision_loss, reason = "bits a second, far below 2^52")]
    let probed = probed.map_or(0.0, |probed| probed as f64);
    slowly.max(probed.min(ceiling * (1.0 + PROBED_GROWTH * seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: Duration = Duration::from_millis(500);

    /// A line that is asked for `wanted` bits a second and never sends more than it is thought to carry.
    struct Trial {
        line: Line,
        now: Instant,
        wanted: u64,
        rtt: Duration,
    }

    impl Trial {
        fn new(wanted: u64) -> Self {
            Self { line: Line::default(), now: Instant::now(), wanted, rtt: Duration::from_millis(30) }
        }

        fn sent(&self) -> u64 {
            self.line.capacity().map_or(self.wanted, |capacity| capacity.min(self.wanted))
        }

        /// Lets time pass on a line with the given loss; the estimator says what it is told to say.
        fn run(&mut self, seconds: u64, estimate: u64, loss: impl Fn(u64) -> f32) {
            for _ in 0..seconds * 2 {
                self.now += REPORT;
                let sent = self.sent();
                let health = Health {
                    estimate: Some(estimate),
                    sent,
                    lost_down: Some(loss(sent)),
                    rtt: Some(self.rtt),
                    ..Health::default()
                };
                self.line.report(&health, self.now);
            }
        }
    }

    fn policed(rate: u64) -> impl Fn(u64) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a test's few bits")]
        move |sent| 1.0 - (rate.min(sent) as f32) / (sent.max(1) as f32)
    }

    #[test]
    fn an_estimate_alone_is_no_witness() {
        let mut trial = Trial::new(2_000_000);
        trial.run(10, 100_000, |_| 0.0);
        assert_eq!(trial.line.capacity(), None);
    }

    #[test]
    fn a_queue_that_lasts_is_believed_and_the_estimate_says_how_much_drains() {
        let mut trial = Trial::new(2_000_000);
        trial.run(3, 6_000_000, |_| 0.0);
        trial.rtt = Duration::from_millis(400);
        trial.run(1, 500_000, |_| 0.0);
        assert_eq!(trial.line.capacity(), Some(450_000), "nine tenths of it");
        trial.rtt = Duration::from_millis(40);
        trial.run(12, 3_000_000, |_| 0.0);
        assert!(trial.sent() >= 2_000_000, "{:?}", trial.line.capacity());
    }

    #[test]
    fn a_policer_is_followed_within_two_reports_and_left_again() {
        let mut trial = Trial::new(2_000_000);
        trial.run(4, 6_000_000, |_| 0.0);
        trial.run(1, 6_000_000, policed(400_000));
        let capacity = trial.line.capacity().expect("a ceiling");
        assert!((300_000..=400_000).contains(&capacity), "{capacity}");
        trial.run(30, 6_000_000, |_| 0.0);
        assert!(trial.sent() >= 2_000_000, "back after half a minute: {:?}", trial.line.capacity());
    }

    #[test]
    fn the_lines_own_loss_is_no_reason_to_send_less() {
        let mut trial = Trial::new(2_000_000);
        trial.run(30, 6_000_000, |_| 0.25);
        assert!(trial.sent() >= 1_500_000, "{:?}", trial.line.capacity());
        trial.run(2, 6_000_000, policed(300_000));
        assert!(trial.sent() <= 400_000, "and a policer is still seen: {:?}", trial.line.capacity());
    }

    #[test]
    fn a_picture_that_went_with_one_bad_second_comes_back_though_some_is_lost_on() {
        // Seven in a hundred are too few to send less, and too many to be calm.
        let mut trial = Trial::new(2_000_000);
        trial.run(10, 2_500_000, |_| 0.07);
        trial.run(1, 2_500_000, |_| 0.11);
        // Nothing but the little that flowed in that second is known to pass.
        trial.line.ceiling = Some(200_000.0);
        trial.run(25, 2_400_000, |_| 0.085);
        assert!(trial.sent() >= 1_000_000, "{:?}", trial.line.capacity());
    }

    #[test]
    fn a_line_that_gets_shorter_again_after_a_while_is_no_bad_radio() {
        let mut trial = Trial::new(1_440_000);
        trial.run(4, 6_000_000, |_| 0.0);
        trial.run(1, 6_000_000, policed(360_000));
        // The smallest picture is far below what the line carries; then it is not.
        let ceiling = trial.line.capacity();
        trial.wanted = 200_000;
        trial.run(6, 6_000_000, |_| 0.05);
        assert_eq!(trial.line.capacity(), ceiling, "neither calm nor short");
        trial.run(2, 6_000_000, policed(85_000));
        assert!(trial.line.capacity() <= Some(85_000), "{:?}", trial.line.capacity());
    }

    #[test]
    fn what_is_lost_of_sound_alone_keeps_no_picture_away() {
        let mut trial = Trial::new(30_000);
        trial.line.set_bare(true, trial.now);
        trial.run(5, 2_000_000, |_| 0.0);
        trial.run(10, 2_000_000, |_| 0.12);
        assert_eq!(trial.line.capacity(), None, "nothing else was tried");
        // A picture was tried, in vain, and went.
        trial.line.set_bare(false, trial.now);
        trial.wanted = 700_000;
        trial.run(1, 2_000_000, |_| 0.4);
        assert!(trial.sent() < 700_000);
        trial.line.set_bare(true, trial.now);
        trial.line.ceiling = Some(LOWEST);
        trial.wanted = 30_000;
        trial.run(20, 2_100_000, |_| 0.12);
        assert!(trial.line.capacity() >= Some(700_000), "{:?}", trial.line.capacity());
    }

    #[test]
    fn a_lift_that_was_left_is_noticed_by_the_next_probe() {
        let narrowed = || {
            let mut trial = Trial::new(2_000_000);
            trial.run(4, 4_000_000, |_| 0.0);
            trial.run(2, 4_000_000, policed(400_000));
            // A larger picture is tried again and again, in vain.
            for _ in 0..4 {
                trial.line.rose(trial.now);
                trial.run(1, 300_000, |_| 0.2);
                trial.line.fell(trial.now);
                trial.run(4, 300_000, |_| 0.0);
            }
            trial.line.fell(trial.now);
            trial
        };
        let mut left = narrowed();
        assert!(!left.line.may_rise(left.now + Duration::from_secs(8)), "a hold of a quarter of a minute");
        left.run(1, 2_500_000, |_| 0.0);
        assert!(left.line.may_rise(left.now) && left.sent() >= 2_000_000, "{:?}", left.line.capacity());
        // The control: an estimate that never came down says nothing, nor does one beside which packets are lost.
        let mut inside = narrowed();
        inside.run(3, 2_500_000, |_| 0.08);
        assert!(!inside.line.may_rise(inside.now) && inside.sent() < 500_000, "{:?}", inside.line.capacity());
    }

    #[test]
    fn what_was_lost_while_nobody_was_there_says_nothing_of_the_line() {
        let mut trial = Trial::new(2_000_000);
        trial.run(4, 4_000_000, |_| 0.0);
        trial.line = Line::returned(trial.now);
        trial.run(1, 100_000, |_| 0.9);
        trial.run(10, 100_000, |_| 0.0);
        assert_eq!(trial.line.capacity(), None);
        // The control: a line nobody was away from.
        trial.run(1, 100_000, |_| 0.9);
        assert!(trial.line.capacity().is_some());
    }

    #[test]
    fn a_line_that_gets_shorter_twice_is_no_bad_radio() {
        let mut trial = Trial::new(2_000_000);
        trial.run(4, 6_000_000, |_| 0.0);
        trial.run(4, 6_000_000, policed(400_000));
        trial.run(4, 6_000_000, policed(100_000));
        let capacity = trial.line.capacity().expect("a ceiling");
        assert!(capacity <= 110_000, "{capacity}");
    }

    #[test]
    fn rises_that_fail_are_tried_ever_more_seldom() {
        let mut line = Line::default();
        let start = Instant::now();
        let mut waits = Vec::new();
        let mut now = start;
        for _ in 0..4 {
            line.fell(now);
            let fell = now;
            while !line.may_rise(now) {
                now += REPORT;
            }
            waits.push((now - fell).as_secs());
            line.rose(now);
            now += Duration::from_secs(2);
        }
        assert_eq!(waits, [2, 4, 8, 16]);
        now += Duration::from_mins(1);
        line.fell(now);
        assert!(line.may_rise(now + HOLD), "after a quiet minute it is forgotten");
    }
}
