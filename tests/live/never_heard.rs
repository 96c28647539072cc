//! T1: nothing said after a move was acknowledged reaches the other side. Real hub, wire and SFU; another WebRTC stack
//! at the far end. Every packet carries who made it and when, so a leak names its source and its moment; and it is a real
//! tone, another for each seat, which the receiver decodes. The sitting is recorded all the while.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use livekit::Grant;
use participant::{JoinOptions, Participant};
use serde_json::{Value, json};
use tests::LiveSocket;

use crate::table::{LinLan, Qian, Table, Who, Zhao, name};
use crate::{recording, tone};

const SOUND: Duration = Duration::from_millis(5);
/// What each packet begins with; the rest is who and when.
const MARK: &[u8; 4] = b"T1!\x01";

/// Each seat's tone, in Hz: none an overtone of another.
const TONES: [u32; 3] = [440, 1010, 1730];
/// What was made so shortly before a door opened, in µs, may come through it: the fastest way of a packet through a loaded
/// machine, which nobody can tell from a speaker's own slowness.
const FASTEST_WAY: u128 = 30_000;
/// A packet may be so long on its way, in µs, when what arrives is looked at rather than what was made.
const ON_ITS_WAY: u128 = 60_000;

/// Who received whose packet, when that packet was made (µs since the start), when it came, and the packet.
pub(crate) type Log = Arc<Mutex<Vec<(Who, Who, u128, u128, Vec<u8>)>>>;
type Allowed = BTreeSet<(u8, u8)>;

/// From an acknowledgement to the next command: what was allowed.
struct Window {
    from: u128,
    until: u128,
    allowed: Allowed,
    /// A private talk: nothing made now may be in a recording.
    private: bool,
}

struct Story {
    table: Table,
    lin: LiveSocket,
    parties: BTreeMap<u8, LiveSocket>,
    log: Log,
    start: Instant,
    windows: Vec<Window>,
    /// Command to acknowledgement, µs.
    took: Vec<u128>,
    /// The control: after each acknowledgement the table is opened behind the hub's back.
    sabotage: bool,
    dice: u64,
    media: BTreeMap<u8, Participant>,
    /// Times a double click, a cut live socket, a lost media connection happened.
    clicks: u32,
    cuts: u32,
    rejoins: u32,
}

fn pairs(all: &[(Who, Who)]) -> Allowed {
    all.iter().flat_map(|&(a, b)| [(a as u8, b as u8), (b as u8, a as u8)]).collect()
}

fn everything() -> Allowed {
    pairs(&[(LinLan, Zhao), (LinLan, Qian), (Zhao, Qian)])
}

impl Story {
    async fn begin(seed: u64, sabotage: bool) -> Self {
        let (table, mut lin, mut zhao, mut qian) = Table::together_in(recording::app().await).await;
        lin.command(json!({"type": "record", "on": true})).await;
        for socket in [&mut zhao, &mut qian] {
            socket.command(json!({"type": "consent_recording", "yes": true})).await;
        }
        let (log, start) = (Log::default(), Instant::now());
        let mut media = BTreeMap::new();
        for who in [LinLan, Zhao, Qian] {
            media.insert(who as u8, join(&table, who, &log, start).await);
        }
        let parties = [(Zhao as u8, zhao), (Qian as u8, qian)].into();
        let mut story = Self {
            table,
            lin,
            parties,
            log,
            start,
            windows: Vec::new(),
            took: Vec::new(),
            sabotage,
            dice: seed,
            media,
            clicks: 0,
            cuts: 0,
            rejoins: 0,
        };
        story.all_hear_each_other_since(0).await;
        story
    }

    fn now(&self) -> u128 {
        self.start.elapsed().as_micros()
    }

    fn roll(&mut self, sides: u64) -> u64 {
        // xorshift64: a repeatable run from its seed
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice % sides
    }

    /// One move; from its acknowledgement on only `allowed` may be heard.
    async fn give(&mut self, command: Value, allowed: Allowed) {
        let sent = self.now();
        if let Some(last) = self.windows.last_mut() {
            last.until = sent;
        }
        self.lin.command(command.clone()).await;
        let from = self.now();
        self.took.push(from - sent);
        let private = command["type"] == "open_caucus";
        self.windows.push(Window { from, until: u128::MAX, allowed, private });
        if self.sabotage {
            let all = [LinLan, Zhao, Qian].map(|who| self.table.seat(who).to_string());
            let to = all.iter().cloned().chain([livekit::RECORDER.to_owned()]).collect::<Vec<_>>();
            let open = all.iter().flat_map(|a| to.iter().map(move |b| (a.clone(), b.clone()))).collect();
            self.table.state.wire.flip(&self.table.session.to_string(), open).await.announce().await;
        }
        if self.roll(5) == 0 {
            self.clicks += 1;
            self.lin.try_command(command).await; // a double click
        }
        let who = if self.roll(2) == 0 { Zhao } else { Qian };
        match self.roll(12) {
            0 => {
                self.cuts += 1;
                self.parties.remove(&(who as u8)).unwrap().cut();
                self.parties.insert(who as u8, self.table.sit(who).await.0);
            }
            // The media connection is lost without a word, and a new one comes in under the same seat.
            1 => {
                self.rejoins += 1;
                self.media.remove(&(who as u8));
                self.media.insert(who as u8, join(&self.table, who, &self.log, self.start).await);
            }
            // The new one comes before the old one has gone: a second tab, or a phone that changed its network.
            2 => {
                self.rejoins += 1;
                let second = join(&self.table, who, &self.log, self.start).await;
                self.media.insert(who as u8, second);
            }
            _ => {}
        }
        let pause = self.roll(160);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }

    async fn episode(&mut self, caucuses: &mut u32) {
        let (one, other) = if self.roll(2) == 0 { (Zhao, Qian) } else { (Qian, Zhao) };
        let close = |n: u32| json!({"type": "close_caucus", "area": format!("caucus-{n}")});
        match self.roll(4) {
            0 => {
                *caucuses += 1;
                self.give(self.table.caucus(one), pairs(&[(LinLan, one)])).await;
                self.give(close(*caucuses), everything()).await;
            }
            1 => {
                self.give(self.table.shift(one, "lobby"), pairs(&[(LinLan, other)])).await;
                self.give(self.table.admit(one), everything()).await;
            }
            2 => {
                self.give(json!({"type": "pause"}), Allowed::new()).await;
                self.give(json!({"type": "resume"}), everything()).await;
            }
            _ => {
                // From one side straight to the other, who waited in the joint area.
                *caucuses += 2;
                self.give(self.table.caucus(one), pairs(&[(LinLan, one)])).await;
                self.give(self.table.caucus(other), pairs(&[(LinLan, other)])).await;
                self.give(close(*caucuses), pairs(&[(LinLan, other)])).await;
                self.give(self.table.shift(one, "joint"), everything()).await;
            }
        }
    }

    async fn all_hear_each_other_since(&mut self, since: u128) {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let heard: Allowed = {
                let log = self.log.lock().unwrap();
                log.iter()
                    .filter(|(_, _, at, ..)| *at >= since)
                    .map(|(from, to, ..)| (*from as u8, *to as u8))
                    .collect()
            };
            if heard == everything() {
                return;
            }
            assert!(Instant::now() < end, "only {heard:?} hear each other");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Packets made between an acknowledgement and the next command that reached somebody who may not hear them, then or
    /// later: a door that opens lets out nothing that was said behind it.
    fn leaks(&self) -> Vec<String> {
        let log = self.log.lock().unwrap();
        log.iter()
            .filter_map(|&(from, to, at, came, _)| {
                let window = self.windows.iter().find(|w| w.from < at && at + FASTEST_WAY < w.until)?;
                let leak = !window.allowed.contains(&(from as u8, to as u8));
                let (after, before) = (at - window.from, window.until.saturating_sub(at));
                leak.then(|| {
                    let (from, to) = (name(from), name(to));
                    format!(
                        "{from} → {to} made {after} µs after, {before} before the next, {} on its way",
                        came - at
                    )
                })
            })
            .collect()
    }

    /// How loud each absent seat's tone is in what the other received meanwhile, whoever sent it and whatever its stamp
    /// says: (from, to, dB absent, dB present).
    fn tones(&self) -> Vec<(Who, Who, f64, f64)> {
        let log = self.log.lock().unwrap();
        let mut found = Vec::new();
        for (from, to) in [(Zhao, Qian), (Qian, Zhao)] {
            let heard = |there: bool, sender: Who| -> Vec<Vec<u8>> {
                let wanted = |came: u128| {
                    self.windows.iter().any(|w| {
                        w.from + ON_ITS_WAY < came
                            && came < w.until
                            && w.allowed.contains(&(from as u8, to as u8)) == there
                    })
                };
                let mine = log.iter().filter(|(a, b, _, came, _)| (*a, *b) == (sender, to) && wanted(*came));
                mine.map(|(.., packet)| packet.clone()).collect()
            };
            let most = |there: bool, level: fn(&[f32], u32) -> f64| {
                let of = |sender| level(&tone::decoded(&heard(there, sender)), TONES[from as usize]);
                [LinLan, Zhao, Qian].map(of).into_iter().fold(tone::SILENCE, f64::max)
            };
            found.push((from, to, most(false, tone::level), most(true, tone::loudest)));
        }
        found
    }

    /// Packets in the files that were made in a private talk, and how many there are at all; each seat's loudest tone.
    async fn recorded(&mut self) -> (usize, usize, Vec<f64>) {
        self.lin.command(json!({"type": "end", "outcome": "agreed"})).await;
        let (mut leaked, mut all, mut tones) = (0, 0, vec![tone::SILENCE; 3]);
        for one in recording::closed(&self.table).await {
            for entry in std::fs::read_dir(recording::folder(&self.table, &one)).unwrap() {
                let path = entry.unwrap().path();
                let bytes = std::fs::read(&path).unwrap();
                let marks = bytes.windows(tone::STAMP).filter(|w| w.starts_with(MARK));
                let made: Vec<u128> =
                    marks.map(|w| u128::from(u64::from_le_bytes(w[5..13].try_into().unwrap()))).collect();
                let inside = |at: u128| {
                    self.windows.iter().any(|w| w.private && w.from < at && at + FASTEST_WAY < w.until)
                };
                leaked += made.iter().filter(|at| inside(**at)).count();
                all += made.len();
                if path.extension().is_some_and(|kind| kind == "webm") {
                    let sound = tone::decoded_file(&path);
                    for (loudest, hz) in tones.iter_mut().zip(TONES) {
                        *loudest = loudest.max(tone::loudest(&sound, hz));
                    }
                }
            }
        }
        (leaked, all, tones)
    }
}

pub(crate) async fn join(table: &Table, who: Who, log: &Log, start: Instant) -> Participant {
    let grant = Grant::new(table.session.to_string(), table.seat(who).to_string(), name(who));
    let mut options = JoinOptions::new(&table.url, table.state.wire.token(grant).unwrap());
    let log = Arc::clone(log);
    options.heard = Arc::new(move |packet| {
        let Some(rest) = tone::stamp(packet.payload).and_then(|stamp| stamp.strip_prefix(MARK)) else {
            return;
        };
        let from = match rest[0] {
            0 => LinLan,
            1 => Zhao,
            _ => Qian,
        };
        let at = u64::from_le_bytes(rest[1..9].try_into().unwrap());
        let came = start.elapsed().as_micros();
        log.lock().unwrap().push((from, who, u128::from(at), came, packet.payload.to_vec()));
    });
    let participant = Participant::join(options, &table.state.tasks.tracker()).await.unwrap();
    let microphone = participant.publish(false, (0, 0)).await.unwrap();
    let stop = table.state.tasks.stop_token();
    let frames = tone::frames(TONES[who as usize]);
    table.state.tasks.spawn("speaker", async move {
        let mut frames = frames.iter().cycle();
        let mut tick = tokio::time::interval(SOUND);
        while !stop.is_cancelled() {
            tick.tick().await;
            let at = u64::try_from(start.elapsed().as_micros()).unwrap();
            let stamp: Vec<u8> = MARK.iter().copied().chain([who as u8]).chain(at.to_le_bytes()).collect();
            let Some(frame) = frames.next() else { return };
            let payload = tone::stamped(frame, stamp.as_slice().try_into().unwrap());
            if microphone.write(&Bytes::from(payload), SOUND).await.is_err() {
                return;
            }
        }
    });
    participant
}

/// A sitting of at least so many moves.
async fn told(seed: u64, sabotage: bool, moves: usize) -> Story {
    let mut story = Story::begin(seed, sabotage).await;
    let mut caucuses = 0;
    while story.took.len() < moves {
        story.episode(&mut caucuses).await;
    }
    story
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t1_no_packet_made_after_a_move_was_acknowledged_reaches_the_other_side() {
    let seed = u64::from(std::process::id()) * 7919 + 1;
    let mut story = told(seed, false, 300).await;
    let last = story.windows.last().unwrap().from;
    story.all_hear_each_other_since(last).await;
    let leaks = story.leaks();
    let packets = story.log.lock().unwrap().len();
    story.took.sort_unstable();
    let (moves, median) = (story.took.len(), story.took[story.took.len() / 2]);
    let most = story.took.last().copied().unwrap_or_default();
    println!("seed {seed}: {moves} moves, acknowledged within {median} µs (median), {most} µs (most)");
    let held_back = story.table.state.media.stats().await.packets_held_back;
    println!("{packets} packets received, {} leaked; {held_back} held back at doors", leaks.len());
    for (from, to, absent, present) in story.tones() {
        println!("{} at {}: {absent:.1} dB while parted, {present:.1} dB together", name(from), name(to));
        assert!(absent < -60.0, "seed {seed}: {} is heard by {}: {absent:.1} dB", name(from), name(to));
        assert!(present > -30.0, "nothing to hear together either: {present:.1} dB");
    }
    let (recorded, all, tones) = story.recorded().await;
    println!("recording: {recorded} of {all} packets were made in a private talk; tones {tones:.1?} dB");
    assert_eq!(recorded, 0, "seed {seed}: of a private talk, in the recording");
    assert!(
        all > 100 && tones.iter().all(|tone| *tone > -30.0),
        "nothing was recorded at all: {all} {tones:?}"
    );
    let Story { clicks, cuts, rejoins, .. } = story;
    println!("{clicks} double clicks, {cuts} live sockets cut, {rejoins} media connections lost or doubled");
    assert!(moves >= 300, "only {moves} moves");
    assert!(clicks > 20 && cuts > 5 && rejoins > 10, "too quiet a sitting");
    assert!(leaks.is_empty(), "seed {seed}: {} leaked, the first: {}", leaks.len(), leaks[0]);
    assert!(packets > 1000, "only {packets} packets: the test has listened to nothing");
}

/// The same with the protection taken out must be caught.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t1_control_an_open_table_is_caught() {
    let mut story = told(42, true, 40).await;
    let last = story.windows.last().unwrap().from;
    story.all_hear_each_other_since(last).await;
    assert!(!story.leaks().is_empty());
    let tones = story.tones();
    assert!(tones.iter().any(|(_, _, absent, _)| *absent > -60.0), "{tones:?}");
    assert!(story.recorded().await.0 > 0, "the recorder that hears everybody is caught");
}
