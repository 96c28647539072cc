//! On which worker a room lives, and how a new one is placed.
//!
//! A room is placed when it is first spoken of, on the least loaded worker, and stays there. The place lives as
//! long as anybody holds it: a handle, a command on its way, or the worker on which the room exists. So a
//! governed room that everybody let go of is found again where its rule stands, and a name can be placed anew
//! only when nothing of the old room is left.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// What a room is expected to cost until it shows, in thousandths of a core: a few seats' forwarding.
const EXPECTED: u32 = 10;

/// What is known of a worker's load.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// Share of a core it has lately used, in thousandths.
    busy: AtomicU32,
    /// Rooms placed on it.
    rooms: AtomicU32,
}

impl Load {
    /// Notes CPU time used in a span of time; recent spans weigh as much as all before them.
    pub(super) fn measured(&self, used: Duration, span: Duration) {
        let share = used.as_micros() * 1000 / span.as_micros().max(1);
        let share = u32::try_from(share.min(1000)).unwrap_or(1000);
        let before = self.busy.load(Ordering::Relaxed);
        self.busy.store(u32::midpoint(before, share), Ordering::Relaxed);
    }

    /// Share of a core it has lately used, in thousandths.
    pub(super) fn busy(&self) -> u32 {
        self.busy.load(Ordering::Relaxed)
    }

    fn score(&self) -> u32 {
        self.busy() + EXPECTED * self.rooms.load(Ordering::Relaxed)
    }
}

/// A room's name and the worker it is pinned to.
#[derive(Debug)]
pub(crate) struct Place {
    pub key: Box<str>,
    pub worker: usize,
    load: Arc<Load>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.load.rooms.fetch_sub(1, Ordering::Relaxed);
    }
}

/// All places.
#[derive(Debug)]
pub(crate) struct Places {
    loads: Vec<Arc<Load>>,
    known: Mutex<HashMap<Box<str>, Weak<Place>>>,
}

impl Places {
    /// For workers with these loads; there is at least one.
    pub(crate) fn new(loads: Vec<Arc<Load>>) -> Self {
        Self { loads, known: Mutex::default() }
    }

    /// Where a room is, or where it shall be.
    pub(crate) fn find(&self, key: &str) -> Arc<Place> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = known.get(key).and_then(Weak::upgrade) {
            return place;
        }
        if known.len() >= 64 && known.len() == known.capacity() {
            known.retain(|_, place| place.strong_count() > 0);
        }
        let worker =
            (0..self.loads.len()).min_by_key(|worker| self.loads[*worker].score()).unwrap_or_default();
        let place = self.pin(key, worker);
        known.insert(key.into(), Arc::downgrade(&place));
        place
    }

    fn pin(&self, key: &str, worker: usize) -> Arc<Place> {
        let load = Arc::clone(&self.loads[worker]);
        load.rooms.fetch_add(1, Ordering::Relaxed);
        Arc::new(Place { key: key.into(), worker, load })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(workers: usize) -> Places {
        Places::new((0..workers).map(|_| Arc::default()).collect())
    }

    #[test]
    fn new_rooms_go_to_the_least_loaded_worker_and_stay() {
        let places = places(3);
        let first: Vec<_> = ["a", "b", "c"].map(|key| places.find(key)).into();
        let mut workers: Vec<_> = first.iter().map(|place| place.worker).collect();
        workers.sort_unstable();
        assert_eq!(workers, [0, 1, 2]);
        for _ in 0..10 {
            places.loads[first[0].worker].measured(Duration::from_millis(900), Duration::from_secs(1));
        }
        let later: Vec<_> = (0..20).map(|number| places.find(&format!("later {number}"))).collect();
        assert!(later.iter().all(|place| place.worker != first[0].worker), "not where it is hot");
        assert_eq!(places.find("a").worker, first[0].worker, "nobody moves");
    }

    #[test]
    fn a_place_is_kept_by_whoever_holds_it_and_forgotten_with_the_last() {
        let places = places(2);
        let handle = places.find("a");
        let held_by_the_worker = Arc::clone(&handle);
        let _elsewhere = places.find("b");
        drop(handle);
        assert!(Arc::ptr_eq(&places.find("a"), &held_by_the_worker));
        let was = held_by_the_worker.worker;
        drop(held_by_the_worker);
        places.loads[was].measured(Duration::from_secs(1), Duration::from_secs(1));
        assert_ne!(places.find("a").worker, was, "a name that is free is placed anew");
        for number in 0..10_000 {
            places.find(&number.to_string());
        }
        assert!(places.known.lock().expect("unpoisoned").len() < 1000, "names do not pile up");
    }
}
