//! The switch order when parts fail: flip, store, tell. Real hub, socket and store; the media plane writes down what it
//! is told, and the journal can be made to fail.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use domain::{SeatId, SessionId};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use onedoor::live::{
    Flipped, Hub, Journal, Live, Loaded, MediaPlane, MediaPresence, Page, Parts, Spoken, StoreDoor,
    StoreJournal, StorePapers,
};
use onedoor::problem::Fault;
use serde_json::json;
use session::{Pairs, Table as Flip};
use tokio::sync::broadcast;

use crate::table::{LinLan, Qian, Table, Zhao, read_up};

/// What happened, in order.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Flip(Pairs),
    Store,
    Announce,
}

struct Recorder {
    steps: Arc<Mutex<Vec<Step>>>,
    presence: broadcast::Sender<MediaPresence>,
}

impl MediaPlane for Recorder {
    fn govern(&self, _: SessionId) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }
    fn flip<'a>(&'a self, _: SessionId, table: &'a Flip) -> BoxFuture<'a, Flipped> {
        self.steps.lock().unwrap().push(Step::Flip(table.pairs.clone()));
        let steps = self.steps.clone();
        async move { Flipped::new(async move { steps.lock().unwrap().push(Step::Announce) }) }.boxed()
    }
    fn mute(&self, _: SessionId, _: SeatId) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }
    fn silence(&self, _: SessionId, _: SeatId, _: bool) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }
    fn remove(&self, _: SessionId, _: SeatId) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }
    fn close(&self, _: SessionId) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }
    fn presence(&self) -> broadcast::Receiver<MediaPresence> {
        self.presence.subscribe()
    }
    fn spoken(&self) -> broadcast::Receiver<Spoken> {
        broadcast::channel(1).1
    }
}

/// The real journal, unless the disk is full.
struct Fragile {
    inner: StoreJournal,
    full: Arc<AtomicBool>,
    steps: Arc<Mutex<Vec<Step>>>,
}

impl Journal for Fragile {
    fn load(&self, session: SessionId) -> BoxFuture<'_, Result<Option<Loaded>, Fault>> {
        self.inner.load(session)
    }
    fn append<'a>(&'a self, page: Page<'a>) -> BoxFuture<'a, Result<(), Fault>> {
        if self.full.load(Ordering::SeqCst) {
            return async { Err(Fault::new("storing", "the disk is full")) }.boxed();
        }
        self.steps.lock().unwrap().push(Step::Store);
        self.inner.append(page)
    }
    fn rooms(&self) -> BoxFuture<'_, Result<Vec<SessionId>, Fault>> {
        self.inner.rooms()
    }
}

struct Lab {
    table: Table,
    steps: Arc<Mutex<Vec<Step>>>,
    full: Arc<AtomicBool>,
    presence: broadcast::Sender<MediaPresence>,
}

async fn lab() -> Lab {
    let mut table = Table::laid().await;
    let (steps, full, presence) = (Arc::default(), Arc::<AtomicBool>::default(), broadcast::channel(16).0);
    let mut state = table.state.clone();
    let plane = Recorder { steps: Arc::clone(&steps), presence: presence.clone() };
    let journal = Fragile {
        inner: StoreJournal::new(state.store.clone(), state.clock.clone(), state.ids.clone()),
        full: full.clone(),
        steps: steps.clone(),
    };
    let parts = Parts {
        journal: Arc::new(journal),
        plane: Arc::new(plane),
        papers: Arc::new(StorePapers::new(state.store.clone())),
        clock: state.clock.clone(),
        recordings: state.recordings.clone(),
        tasks: state.tasks.clone(),
    };
    let door = StoreDoor::new(state.store.clone(), state.tokens.clone(), state.clock.clone());
    state.live = Live { hub: Hub::new(parts), door: Arc::new(door) };
    table.serve_with(state).await;
    Lab { table, steps, full, presence }
}

impl Lab {
    fn take(&self) -> Vec<Step> {
        std::mem::take(&mut *self.steps.lock().unwrap())
    }

    fn pairs(&self, pairs: &[(crate::table::Who, crate::table::Who)]) -> Pairs {
        pairs
            .iter()
            .flat_map(|&(a, b)| {
                let (a, b) = (self.table.seat(a), self.table.seat(b));
                [(a, b), (b, a)]
            })
            .collect()
    }
}

#[tokio::test]
async fn the_table_is_flipped_then_the_fact_stored_then_people_are_told() {
    let lab = lab().await;
    let (mut lin, mut zhao, _qian) = lab.table.everybody().await;
    lin.begins().await;
    lin.command(lab.table.admit(Zhao)).await;
    lin.command(lab.table.admit(Qian)).await;
    read_up(&mut zhao).await;
    lab.take();
    lin.command(lab.table.caucus(Zhao)).await;
    assert_eq!(lab.take(), [Step::Flip(lab.pairs(&[(LinLan, Zhao)])), Step::Store, Step::Announce]);
    zhao.view_where("private", |v| v["private"] == true).await;
}

#[tokio::test]
async fn if_the_fact_cannot_be_stored_the_table_is_the_stricter_of_both_and_the_asker_is_told() {
    let lab = lab().await;
    let (mut lin, mut zhao, mut qian) = lab.table.everybody().await;
    lin.begins().await;
    lin.command(lab.table.admit(Zhao)).await;
    lin.command(lab.table.admit(Qian)).await;
    for socket in [&mut lin, &mut zhao, &mut qian] {
        read_up(socket).await;
    }
    lab.take();
    lab.full.store(true, Ordering::SeqCst);
    lin.refused(lab.table.caucus(Zhao), "try_again").await;
    let caucus = lab.pairs(&[(LinLan, Zhao)]);
    assert_eq!(lab.take(), [Step::Flip(caucus.clone()), Step::Flip(caucus.clone()), Step::Announce]);
    // Nobody is told “private now”.
    zhao.expect_nothing().await;
    qian.expect_nothing().await;

    // Moving Qian out while the disk is full: what was allowed before and would be after, and nothing else.
    lin.refused(lab.table.shift(Qian, "lobby"), "try_again").await;
    assert_eq!(lab.take(), [Step::Flip(caucus.clone()), Step::Announce]);

    // The disk is freed: the next command brings table and state together, also one that moves nobody.
    lab.full.store(false, Ordering::SeqCst);
    zhao.command(json!({"type": "hand", "up": true})).await;
    let all = lab.pairs(&[(LinLan, Zhao), (LinLan, Qian), (Zhao, Qian)]);
    assert_eq!(lab.take(), [Step::Flip(all), Step::Store, Step::Announce]);
    lin.command(lab.table.caucus(Zhao)).await;
    assert_eq!(lab.take(), [Step::Flip(caucus), Step::Store, Step::Announce]);
}

#[tokio::test]
async fn media_alone_keeps_a_seat_online_and_the_mediator_in_charge() {
    let lab = lab().await;
    let (mut lin, mut zhao, _qian) = lab.table.everybody().await;
    lin.begins().await;
    let media = |up| MediaPresence { session: lab.table.session, seat: lab.table.seat(LinLan), up };
    lab.presence.send(media(true)).unwrap();
    lin.command(lab.table.admit(Zhao)).await;
    zhao.view_where("together", |v| v["hears_me"] == json!(["林岚"])).await;
    read_up(&mut zhao).await;
    lin.cut();
    // The socket is gone, the sound is not: nobody is told that the mediator left.
    lab.table.app.clock.advance(chrono::TimeDelta::minutes(5));
    zhao.command(json!({"type": "hand", "up": true})).await;
    let view = zhao.expect("view").await;
    assert_eq!((&view["view"]["host"]["online"], &view["view"]["phase"]), (&json!(true), &json!("live")));
    lab.presence.send(media(false)).unwrap();
    zhao.view_where("gone", |v| v["host"]["online"] == false).await;
}
