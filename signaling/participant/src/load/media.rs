//! `bench media`: what a forwarded packet costs, how much one core carries, what many rooms add, how fast a crowd joins.
//!
//! The server runs alone on one core and this client on another. With a peer to compare with, rounds are interleaved
//! (ours, theirs, ours, …) and the medians compared: a machine's moods then fall on both.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Map, Value};

use super::bed::{Bed, Kind, Measured, Shape};
use super::lean::{Pace, float};
use super::table::{Row, Table};

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Eight rooms: cost, delay, loss, memory.
    Moderate,
    /// The most packets a second that one core forwards cleanly.
    Ceiling,
    /// The same people and packets in one room and in a hundred.
    Growth,
    /// The same packets for a hundred times as many people.
    Spread,
    /// Many joins at the same moment.
    Storm,
}

impl Part {
    /// All of them, with the names they are chosen by.
    pub const ALL: [(&'static str, Self); 5] = [
        ("moderate", Self::Moderate),
        ("ceiling", Self::Ceiling),
        ("growth", Self::Growth),
        ("spread", Self::Spread),
        ("storm", Self::Storm),
    ];
}

/// How to measure.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The `onedoor` binary.
    pub server: PathBuf,
    /// What.
    pub parts: Vec<Part>,
    /// Which servers: ours alone, or another to compare with as well.
    pub kinds: Vec<Kind>,
    /// Interleaved rounds.
    pub rounds: u32,
    /// How long each measurement lasts.
    pub time: Duration,
    /// Rooms of the moderate load.
    pub rooms: u32,
    /// Joins of the storm.
    pub joins: u32,
}

/// Clean means: less loss than this,
const CLEAN_LOSS: f64 = 0.001;
/// less delay than this at the 99th percentile, in microseconds,
const CLEAN_DELAY: f64 = 20_000.0;
/// and no stream that stalls as a whole.
const CLEAN_SHORTFALL: f64 = 0.01;
/// A server may feel its way up to the bandwidth for this long.
const PATIENCE: Duration = Duration::from_secs(12);
/// No search goes beyond this.
const MOST_ROOMS: u32 = 256;

/// Runs the parts, prints a table after each, answers all figures.
pub async fn run(plan: &Plan) -> anyhow::Result<Value> {
    let mut all = Map::new();
    for part in &plan.parts {
        let (name, table) = match part {
            Part::Moderate => ("moderate", moderate(plan).await?),
            Part::Ceiling => ("ceiling", ceiling(plan).await?),
            Part::Growth => ("growth", growth(plan).await?),
            Part::Spread => ("spread", spread(plan).await?),
            Part::Storm => ("storm", storm(plan).await?),
        };
        println!("{}", table.text());
        all.insert(name.to_owned(), table.json());
    }
    Ok(all.into())
}

impl Plan {
    async fn bed(&self, kind: Kind) -> anyhow::Result<Bed> {
        self.bed_of(kind, Shape::ROOM).await
    }

    async fn bed_of(&self, kind: Kind, shape: Shape) -> anyhow::Result<Bed> {
        Bed::start(kind, &self.server, shape).await
    }
}

async fn moderate(plan: &Plan) -> anyhow::Result<Table> {
    let mut table =
        Table::new(format!("moderate load: {} rooms × (2 publishers + 6 subscribers)", plan.rooms));
    for round in 1..=plan.rounds {
        for kind in &plan.kinds {
            progress(&format!("moderate load, round {round} of {}: {}", plan.rounds, kind.name()));
            let mut bed = plan.bed(*kind).await?;
            let idle = bed.usage()?;
            bed.fill(plan.rooms).await?;
            let measured = bed.measure(plan.rooms, Pace::PERSON, PATIENCE, plan.time).await?;
            let mut row = costs(&measured);
            let grown = measured.after.usage.resident.saturating_sub(idle.resident);
            let seats = plan.rooms * Shape::ROOM.seats();
            row.push(("rss_mb_per_seat", float(grown) / f64::from(seats) / 1e6));
            told(&row);
            table.add(kind.name(), row);
        }
    }
    Ok(table)
}

async fn ceiling(plan: &Plan) -> anyhow::Result<Table> {
    let mut table = Table::new("highest clean load on one core: loss < 0.1 %, p99 < 20 ms");
    for round in 1..=plan.rounds {
        for kind in &plan.kinds {
            progress(&format!("highest clean load, round {round} of {}: {}", plan.rounds, kind.name()));
            let mut bed = plan.bed(*kind).await?;
            let (mut clean, mut unclean, mut rooms) = (None, MOST_ROOMS + 1, 8);
            loop {
                bed.hush()?;
                bed.fill(rooms).await?;
                let measured = worst_of_good(&bed, rooms).await?;
                let good = is_clean(&measured);
                progress(&format!(
                    "  {rooms} rooms: {:.0} packets/s, loss {:.4} %, p99 {:.1} ms: {}",
                    measured.window.rate(),
                    measured.window.loss() * 100.0,
                    measured.window.delays().1 / 1e3,
                    if good { "clean" } else { "not clean" }
                ));
                if good {
                    clean = Some((rooms, measured));
                } else {
                    unclean = rooms;
                }
                let highest = clean.as_ref().map_or(0, |(rooms, _)| *rooms);
                if unclean - highest <= 1.max(highest / 24) || highest >= MOST_ROOMS {
                    break;
                }
                rooms = if unclean > MOST_ROOMS {
                    (rooms * 2).min(MOST_ROOMS)
                } else {
                    u32::midpoint(highest, unclean)
                };
            }
            let (rooms, measured) = clean.ok_or_else(|| anyhow::anyhow!("not even one room was clean"))?;
            let mut row =
                vec![("clean_packets_per_second", measured.window.rate()), ("clean_rooms", f64::from(rooms))];
            row.extend(costs(&measured).into_iter().filter(|(name, _)| *name != "packets_per_second"));
            told(&row);
            table.add(kind.name(), row);
        }
    }
    Ok(table)
}

/// A load counts as too high when it is twice in a row: one hiccup of the machine shall not end the search.
async fn worst_of_good(bed: &Bed, rooms: u32) -> anyhow::Result<Measured> {
    let time = Duration::from_secs(3);
    let first = bed.measure(rooms, Pace::PERSON, PATIENCE, time).await?;
    if is_clean(&first) {
        return Ok(first);
    }
    bed.hush()?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    bed.measure(rooms, Pace::PERSON, PATIENCE, time).await
}

fn is_clean(measured: &Measured) -> bool {
    let window = &measured.window;
    window.loss() < CLEAN_LOSS && window.delays().1 < CLEAN_DELAY && window.shortfall() < CLEAN_SHORTFALL
}

/// Rooms cost nothing by themselves: a hundred pairs that talk, each in a room of its own or all in one hall.
async fn growth(plan: &Plan) -> anyhow::Result<Table> {
    let mut table = Table::new("growth: 100 pairs who talk, in 100 rooms and in 1");
    for round in 1..=plan.rounds {
        for (name, one_hall) in [("100 rooms", false), ("1 room", true)] {
            progress(&format!("growth, round {round} of {}: {name}", plan.rounds));
            let bed = plan.bed_of(Kind::OneDoor, Shape::PAIR).await?;
            let mut bed = if one_hall { bed.in_one_hall() } else { bed };
            bed.fill(100).await?;
            let measured = bed.measure(100, Pace::PERSON, PATIENCE, plan.time).await?;
            let row = costs(&measured);
            told(&row);
            table.add(name, row);
        }
    }
    Ok(table)
}

/// What people cost who are hardly sent anything: as many packets as one room makes at most, for a hundred rooms.
async fn spread(plan: &Plan) -> anyhow::Result<Table> {
    let mut table =
        Table::new("spread: the packets of 8 rooms for 800 people in 100 rooms, and for 8 people in 1");
    for round in 1..=plan.rounds {
        for rooms in [100, 1] {
            progress(&format!("spread, round {round} of {}: {rooms} rooms", plan.rounds));
            let mut bed = plan.bed(Kind::OneDoor).await?;
            bed.fill(rooms).await?;
            // As many packets as eight rooms of people make.
            let pace = Pace::PERSON.times(8.0 / f64::from(rooms));
            let measured = bed.measure(rooms, pace, PATIENCE, plan.time).await?;
            let row = costs(&measured);
            told(&row);
            table.add(if rooms == 1 { "1 room" } else { "100 rooms" }, row);
        }
    }
    Ok(table)
}

async fn storm(plan: &Plan) -> anyhow::Result<Table> {
    let mut table = Table::new(format!("join storm: {} joins at once", plan.joins));
    for round in 1..=plan.rounds {
        progress(&format!("join storm, round {round} of {}", plan.rounds));
        let bed = plan.bed(Kind::OneDoor).await?;
        let began = Instant::now();
        let mut times: Vec<f64> =
            bed.storm(plan.joins).await?.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        times.sort_by(f64::total_cmp);
        ensure!(!times.is_empty(), "nobody joined");
        let at = |hundredths: usize| times[(times.len() * hundredths / 100).min(times.len() - 1)];
        let row = vec![
            ("connected_p50_ms", at(50)),
            ("connected_p95_ms", at(95)),
            ("connected_last_ms", at(100)),
            ("all_ms", began.elapsed().as_secs_f64() * 1e3),
        ];
        told(&row);
        table.add("onedoor", row);
    }
    Ok(table)
}

fn costs(measured: &Measured) -> Row {
    let window = &measured.window;
    let (p50, p99) = window.delays();
    let mut row = vec![
        ("packets_per_second", window.rate()),
        ("cpu_s_per_million_packets", measured.cpu_per_million()),
    ];
    if let Some(media) = measured.media_cpu_per_million() {
        row.push(("media_thread_cpu_s_per_million", media));
    }
    row.extend([("delay_p50_us", p50), ("delay_p99_us", p99)]);
    if let Some((p50, p99)) = measured.server_delays() {
        row.extend([("delay_in_server_p50_us", p50), ("delay_in_server_p99_us", p99)]);
    }
    row.extend([
        ("loss_share", window.loss()),
        ("not_arrived_share", window.shortfall()),
        ("streams", float(window.streams)),
        ("client_busy_share", window.busy),
        ("client_late_p99_us", float(window.late.value_at_quantile(0.99))),
        ("client_dropped", float(window.dropped)),
        ("client_unreadable", float(window.unreadable)),
    ]);
    row
}

fn told(row: &Row) {
    let words: Vec<String> = row.iter().map(|(name, value)| format!("{name} {value:.4}")).collect();
    progress(&format!("  {}", words.join(", ")));
}

fn progress(text: &str) {
    eprintln!("▸ {text}");
}
