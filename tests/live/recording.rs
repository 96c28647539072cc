//! Recording, as people at the table live it (R12), and what really reaches the disk (T5): the real recorder, and far
//! ends of another WebRTC stack whose every packet says who made it and when.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::Recording;
use domain::recording::RecordingStatus;
use livekit::Grant;
use participant::{JoinOptions, Participant};
use recorder::{MANIFEST, Manifest, PauseCause, TrackKind};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{LiveSocket, TestApp};

use crate::table::{LinLan, Qian, Table, Who, Zhao, name, read_up};

const SOUND: Duration = Duration::from_millis(20);
/// What each packet begins with; the rest is who and when. The first byte is a good Opus header: one frame of 20 ms.
const MARK: &[u8; 4] = b"\x08T5!";

fn record(on: bool) -> Value {
    json!({"type": "record", "on": on})
}
fn say(yes: bool) -> Value {
    json!({"type": "consent_recording", "yes": yes})
}

/// A server whose disk is never too full for a test.
pub(crate) async fn app() -> TestApp {
    TestApp::with(|config| (config.recordings.warn_below, config.recordings.stop_below) = (0, 0)).await
}

async fn state(socket: &mut LiveSocket, state: &str) -> Value {
    socket.view_where(state, |view| view["recording"]["state"] == state).await["recording"].clone()
}

/// The recordings of the sitting, when all of them are closed.
pub(crate) async fn closed(table: &Table) -> Vec<Recording> {
    let wait = async {
        loop {
            let tx = table.state.store.read().await.unwrap();
            let all = store::recording::of_case(&tx, table.case).await.unwrap();
            drop(tx);
            if !all.is_empty() && all.iter().all(|one| one.status != RecordingStatus::Running) {
                return all;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("the recording is closed")
}

pub(crate) fn folder(table: &Table, recording: &Recording) -> PathBuf {
    table.state.recordings.folder(recording.session_id, recording.id)
}

#[tokio::test]
async fn r12_the_host_asks_everybody_answers_and_everybody_sees_how_it_stands() {
    let (table, mut lin, mut zhao, mut qian) = Table::together_in(app().await).await;
    zhao.refused(record(true), "host_only").await;
    lin.command(record(true)).await;
    for socket in [&mut zhao, &mut qian] {
        let asked = state(socket, "asking").await;
        assert_eq!((&asked["question"], &asked["why"]), (&json!(true), &json!("consent")));
    }
    zhao.command(say(true)).await;
    qian.command(say(true)).await;
    for socket in [&mut lin, &mut zhao, &mut qian] {
        state(socket, "on").await;
    }
    qian.command(say(false)).await;
    let paused = state(&mut zhao, "paused").await;
    assert_eq!((&paused["why"], &paused["trouble"]), (&json!("consent"), &json!(null)));
    let view = lin.view_where("who said no", |view| view["recording"]["state"] == "paused").await;
    let who =
        view["area"]["seats"].as_array().unwrap().iter().find(|seat| seat["recording"] == false).unwrap();
    assert_eq!(who["name"], "钱永福");
    // The case file has every word, with its version of the notice (R33).
    let tx = table.state.store.read().await.unwrap();
    let events = store::timeline::of_case(&tx, table.case).await.unwrap();
    let words: Vec<_> = events.iter().map(|event| event.summary.as_str()).collect();
    assert!(words.contains(&"钱永福同意录音录像") && words.contains(&"钱永福不同意录音录像"), "{words:?}");
}

#[tokio::test]
async fn r12_a_newcomer_pauses_it_a_caucus_is_not_recorded_and_the_end_ends_it() {
    let table = Table::laid_in(app().await).await;
    let (mut lin, mut zhao, mut qian) = table.everybody().await;
    lin.begins().await;
    lin.command(table.admit(Zhao)).await;
    lin.command(record(true)).await;
    zhao.command(say(true)).await;
    state(&mut zhao, "on").await;
    // Asked at the door already, and told nothing of what goes on inside.
    let asked = qian.view_where("asked", |view| view["recording"]["question"] == true).await;
    assert_eq!(asked["recording"]["why"], "elsewhere");
    lin.command(table.admit(Qian)).await;
    state(&mut zhao, "paused").await;
    qian.command(say(true)).await;
    state(&mut zhao, "on").await;

    for socket in [&mut lin, &mut zhao, &mut qian] {
        read_up(socket).await;
    }
    lin.command(table.caucus(Zhao)).await;
    assert_eq!(state(&mut zhao, "paused").await["why"], "elsewhere");
    assert_eq!(state(&mut qian, "paused").await["why"], "unattended");
    lin.command(json!({"type": "close_caucus", "area": "caucus-1"})).await;
    state(&mut qian, "on").await;
    lin.command(json!({"type": "end", "outcome": "adjourned"})).await;
    state(&mut qian, "off").await;
    let kinds = table.timeline().await;
    let of_recording: Vec<_> = kinds.iter().filter(|kind| kind.starts_with("recording_")).collect();
    assert_eq!(
        of_recording,
        [
            "recording_asked",
            "recording_started",
            "recording_paused",
            "recording_started",
            "recording_paused",
            "recording_started",
            "recording_stopped",
        ]
    );
    // Nobody sent anything: there is nothing to keep.
    assert_eq!(closed(&table).await[0].status, RecordingStatus::Lost);
}

/// A microphone whose packets carry who and when.
async fn speak(table: &Table, who: Who, start: Instant) -> Participant {
    let grant = Grant::new(table.session.to_string(), table.seat(who).to_string(), name(who));
    let options = JoinOptions::new(&table.url, table.state.wire.token(grant).unwrap());
    let participant = Participant::join(options, &table.state.tasks.tracker()).await.unwrap();
    let microphone = participant.publish(false, (0, 0)).await.unwrap();
    let stop = table.state.tasks.stop_token();
    table.state.tasks.spawn("speaker", async move {
        let mut tick = tokio::time::interval(SOUND);
        while !stop.is_cancelled() {
            tick.tick().await;
            let at = u64::try_from(start.elapsed().as_micros()).unwrap();
            let payload: Vec<u8> = MARK.iter().copied().chain([who as u8]).chain(at.to_le_bytes()).collect();
            if microphone.write(&Bytes::from(payload), SOUND).await.is_err() {
                return;
            }
        }
    });
    participant
}

/// Every packet in the files of a folder: who made it, and when (µs since the start).
fn packets(folder: &PathBuf) -> Vec<(u8, u64)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for at in 0..bytes.len().saturating_sub(12) {
            if bytes[at..].starts_with(MARK) {
                let when = u64::from_le_bytes(bytes[at + 5..at + 13].try_into().unwrap());
                found.push((bytes[at + 4], when));
            }
        }
    }
    found
}

/// From when to when (µs) packets may be in the files.
struct Windows {
    start: Instant,
    open: Vec<(u64, u64)>,
}

impl Windows {
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap()
    }
    fn opens(&mut self) {
        let now = self.now();
        self.open.push((now, u64::MAX));
    }
    fn closes(&mut self) {
        let now = self.now();
        self.open.last_mut().unwrap().1 = now;
    }
    /// What was made a moment before a consent may still be on its way to the server when the consent counts.
    fn allow(&self, at: u64) -> bool {
        self.open.iter().any(|&(from, to)| from <= at + ON_ITS_WAY && at <= to)
    }
}

/// Microseconds a packet may take from its maker to the server on a busy machine.
const ON_ITS_WAY: u64 = 50_000;

/// Talk for a moment, so that there is something that could be recorded.
async fn talk() {
    tokio::time::sleep(Duration::from_millis(600)).await;
}

async fn running(table: &Table) -> Option<PathBuf> {
    let tx = table.state.store.read().await.unwrap();
    let running = store::recording::running(&tx).await.unwrap();
    running.first().map(|one| folder(table, one))
}

/// Until the files hold a packet of each of these that was made after `since`.
async fn written(table: &Table, since: u64, who: &[Who]) {
    let wait = async {
        loop {
            if let Some(folder) = running(table).await {
                let all = packets(&folder);
                if who.iter().all(|one| all.iter().any(|&(from, at)| from == *one as u8 && at > since)) {
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it is written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t5_not_a_packet_before_the_last_consent_none_after_a_withdrawal_none_of_a_caucus() {
    let (table, mut lin, mut zhao, mut qian) = Table::together_in(app().await).await;
    let mut windows = Windows { start: Instant::now(), open: Vec::new() };
    let mut media = Vec::new();
    for who in [LinLan, Zhao, Qian] {
        media.push(speak(&table, who, windows.start).await);
    }
    // Everybody talks while the question goes round.
    talk().await;
    qian.command(say(true)).await;
    talk().await;
    lin.command(record(true)).await;
    talk().await;
    windows.opens();
    zhao.command(say(true)).await;
    state(&mut qian, "on").await;
    written(&table, windows.now(), &[LinLan, Zhao, Qian]).await;

    // Taken back in the middle of a sentence: from the acknowledgement on, nothing.
    qian.command(say(false)).await;
    windows.closes();
    talk().await;
    windows.opens();
    qian.command(say(true)).await;
    written(&table, windows.now(), &[LinLan, Zhao, Qian]).await;

    // A caucus, with the other side waiting alone.
    lin.command(table.caucus(Zhao)).await;
    windows.closes();
    talk().await;
    windows.opens();
    lin.command(json!({"type": "close_caucus", "area": "caucus-1"})).await;
    written(&table, windows.now(), &[LinLan, Zhao, Qian]).await;

    // Who objects leaves: it goes on without him.
    qian.command(say(false)).await;
    windows.closes();
    talk().await;
    windows.opens();
    qian.command(json!({"type": "leave"})).await;
    let left = windows.now();
    written(&table, left, &[LinLan, Zhao]).await;

    lin.command(json!({"type": "end", "outcome": "adjourned"})).await;
    windows.closes();
    let recording = closed(&table).await.remove(0);
    assert_eq!(recording.status, RecordingStatus::Finished);
    let folder = folder(&table, &recording);
    let all = packets(&folder);
    let stray: Vec<_> = all.iter().filter(|(_, at)| !windows.allow(*at)).collect();
    let late = stray.iter().map(|(_, at)| {
        windows.open.iter().filter(|(_, to)| to < at).map(|(_, to)| at - to).min().unwrap_or(0)
    });
    println!(
        "{} packets on the disk, {} outside of {} consents; the latest {} µs after an end",
        all.len(),
        stray.len(),
        windows.open.len(),
        late.max().unwrap_or(0)
    );
    assert!(all.len() > 100, "control: something was recorded");
    assert!(stray.is_empty(), "{stray:?} of {:?}", windows.open);
    assert!(all.iter().all(|(who, at)| *who != Qian as u8 || *at < left), "nothing of who left");

    // The manifest says the same, and its hash stands on the chain.
    let text = std::fs::read(folder.join(MANIFEST)).unwrap();
    assert_eq!(recording.manifest_sha256, Some(hex(&text)));
    let manifest: Manifest = serde_json::from_slice(&text).unwrap();
    let causes: Vec<_> = manifest.pauses.iter().map(|pause| pause.cause).collect();
    assert_eq!(causes, [PauseCause::Consent, PauseCause::Caucus, PauseCause::Consent]);
    assert!(manifest.tracks.iter().all(|track| track.kind == TrackKind::Audio
        && track.sha256 == hex(&std::fs::read(folder.join(&track.file)).unwrap())));
    let tx = table.state.store.read().await.unwrap();
    let events = store::timeline::of_case(&tx, table.case).await.unwrap();
    let kept = events.iter().find(|event| event.kind == "recording_kept").unwrap();
    assert_eq!(kept.data["manifest_sha256"], json!(recording.manifest_sha256));
    domain::timeline::verify(table.case, &events, None).unwrap();
}

fn hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The same search with the protection taken out: a table that lets the recorder hear everybody is caught.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t5_control_a_recorder_that_hears_everybody_is_caught() {
    let (table, mut lin, mut zhao, mut qian) = Table::together_in(app().await).await;
    let mut windows = Windows { start: Instant::now(), open: Vec::new() };
    let mut media = Vec::new();
    for who in [LinLan, Zhao, Qian] {
        media.push(speak(&table, who, windows.start).await);
    }
    lin.command(record(true)).await;
    zhao.command(say(true)).await;
    windows.opens();
    qian.command(say(true)).await;
    written(&table, windows.now(), &[LinLan, Zhao, Qian]).await;
    qian.command(say(false)).await;
    windows.closes();
    let everybody =
        [LinLan, Zhao, Qian].map(|who| (table.seat(who).to_string(), livekit::RECORDER.to_owned()));
    table.state.wire.flip(&table.session.to_string(), everybody.into()).await.announce().await;
    written(&table, windows.now(), &[Qian]).await;
    let all = packets(&running(&table).await.unwrap());
    assert!(all.iter().any(|(_, at)| !windows.allow(*at)));
}

#[tokio::test]
async fn a_full_disk_is_told_to_the_host_and_the_sitting_goes_on() {
    let app = TestApp::with(|config| {
        (config.recordings.warn_below, config.recordings.stop_below) = (1 << 40, 1 << 39);
    });
    let (_table, mut lin, mut zhao, mut qian) = Table::together_in(app.await).await;
    lin.command(record(true)).await;
    zhao.command(say(true)).await;
    qian.command(say(true)).await;
    let began = Instant::now();
    lin.view_where("the disk is full", |view| view["recording"]["trouble"] == "disk_full").await;
    println!("the host was told after {} ms", began.elapsed().as_millis());
    assert!(began.elapsed() < Duration::from_secs(5));
    let paused = zhao.view_where("paused", |view| view["recording"]["why"] == "disk").await;
    assert_eq!(paused["recording"]["trouble"], json!(null));
    assert_eq!(paused["phase"], "live");
}
