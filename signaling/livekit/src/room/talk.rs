//! Who talks, and for how long, as those who hear them were told: the talk-time of a sitting.
//!
//! Nothing is measured anew: the media plane tells each listener whom it hears speaking, and who may not be heard any
//! more is told as silent. Somebody counts as talking while at least one listener hears it; talking to nobody is not
//! talk-time. Told to the application in batches, so that speech costs it little.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::Room;
use crate::events::WireEvent;

/// How often the application is told, while anybody talks.
const BATCH: Duration = Duration::from_secs(2);

/// The talk of a room.
#[derive(Debug)]
pub(super) struct Talk {
    /// Whom each listener hears speaking now.
    heard: BTreeMap<String, BTreeSet<String>>,
    /// Talked since it was last told.
    spoken: BTreeMap<String, Duration>,
    counted: Instant,
    told: Instant,
}

impl Talk {
    pub(super) fn new(now: Instant) -> Self {
        Self { heard: BTreeMap::new(), spoken: BTreeMap::new(), counted: now, told: now }
    }

    /// A listener was told that it hears, or does not hear, this one speaking.
    pub(super) fn hears(&mut self, now: Instant, listener: &str, speaker: &str, active: bool) {
        self.count(now);
        let heard = self.heard.entry(listener.to_owned()).or_default();
        if active {
            heard.insert(speaker.to_owned());
        } else {
            heard.remove(speaker);
        }
    }

    /// Gone: hears nobody, and is heard by nobody.
    pub(super) fn forget(&mut self, now: Instant, identity: &str) {
        self.count(now);
        self.heard.remove(identity);
        for heard in self.heard.values_mut() {
            heard.remove(identity);
        }
    }

    /// Areas change: what was not told yet belongs to the places of before, and is let go.
    pub(super) fn turn(&mut self, now: Instant) {
        self.count(now);
        self.spoken.clear();
        self.told = now;
    }

    /// What was talked since the last time, if it is time to tell it and there is anything.
    pub(super) fn batch(&mut self, now: Instant) -> Option<Vec<(String, Duration)>> {
        self.count(now);
        if now.saturating_duration_since(self.told) < BATCH {
            return None;
        }
        self.told = now;
        let spoken: Vec<_> = std::mem::take(&mut self.spoken).into_iter().collect();
        (!spoken.is_empty()).then_some(spoken)
    }

    fn count(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.counted);
        self.counted = now;
        if passed.is_zero() {
            return;
        }
        let talking: BTreeSet<&String> = self.heard.values().flatten().collect();
        for who in talking {
            *self.spoken.entry(who.clone()).or_default() += passed;
        }
    }
}

impl Room {
    /// Tells the application who talked, when it is time.
    pub(super) fn tell_talk(&mut self) {
        if let Some(spoken) = self.talk.batch(self.now) {
            self.emit(WireEvent::Talked { room: self.name.clone(), spoken });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn talk_is_what_somebody_hears_counted_once_and_told_in_batches() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut talk = Talk::new(start);
        talk.hears(at(0), "mediator", "applicant", true);
        talk.hears(at(0), "respondent", "applicant", true);
        assert_eq!(talk.batch(at(1000)), None, "not every second");
        talk.hears(at(1500), "mediator", "applicant", false);
        talk.forget(at(1800), "respondent");
        let spoken = talk.batch(at(2000)).unwrap();
        assert_eq!(
            spoken,
            [("applicant".to_owned(), Duration::from_millis(1800))],
            "two listeners, one talk"
        );
        assert_eq!(talk.batch(at(9000)), None, "silence is no news");
    }

    #[test]
    fn what_was_not_told_before_a_move_is_let_go() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut talk = Talk::new(start);
        talk.hears(at(0), "mediator", "applicant", true);
        talk.turn(at(1900));
        assert_eq!(talk.batch(at(3000)), None);
        let spoken = talk.batch(at(3900)).unwrap();
        assert_eq!(spoken[0].1, Duration::from_secs(2));
    }
}
