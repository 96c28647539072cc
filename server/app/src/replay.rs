//! `onedoor replay SESSION`: reads a sitting's facts, plays them again, tells its course in words, and says whether the
//! state they lead to is, byte for byte, the one the live hub had.

use std::fmt;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Args;
use domain::SessionId;
use session::{Event, Session, Stamped};
use sha2::{Digest as _, Sha256};
use store::Store;
use store::session_event::SessionEvent;
use store::session_state::SessionState;

use crate::compose::{Machine, compose};
use crate::config::Config;

/// Which sitting.
#[derive(Args)]
pub struct Options {
    /// The sitting's id.
    #[arg(value_name = "SESSION")]
    session: uuid::Uuid,
    /// Only the result, not the course.
    #[arg(long)]
    quiet: bool,
}

/// What a replay found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// One line for each fact.
    pub course: Vec<String>,
    /// SHA-256 of the state all facts lead to, hex.
    pub sha256: String,
    /// How it compares with what the live hub kept.
    pub verdict: Verdict,
}

/// How a replayed state compares with the kept one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same, byte for byte.
    Same,
    /// Not the same: facts or state were changed afterwards, or this version takes facts in differently.
    Different {
        /// What the hub kept, hex.
        kept: String,
        /// What the replay gave at the same fact, hex.
        replayed: String,
    },
    /// A fact is missing or out of order, after this many.
    Broken {
        /// Facts that could be taken in.
        after: usize,
    },
    /// Nothing was kept: a sitting of before states were.
    Unknown,
}

/// A state as text: all its maps are ordered, so equal states give equal bytes.
///
/// # Errors
/// It cannot be written as JSON.
pub fn state(session: &Session) -> Result<String, serde_json::Error> {
    serde_json::to_string(session)
}

/// SHA-256 in hex.
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Prints the course and the result. The exit code is 0 when the states are the same.
///
/// # Errors
/// The store cannot be read, or there is no such sitting.
pub async fn run(config: Config, options: Options) -> anyhow::Result<ExitCode> {
    let app = compose(crate::cli::offline(config), Machine::real()).await?;
    let report = replay(&app.store, SessionId(options.session)).await?;
    if !options.quiet {
        report.course.iter().for_each(|line| println!("{line}"));
    }
    println!("state {}", report.sha256);
    println!("{}", report.verdict);
    Ok(if report.verdict == Verdict::Same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Plays the facts of a sitting again and compares.
///
/// # Errors
/// The store cannot be read, a fact is not understood, or there is no such sitting.
pub async fn replay(store: &Store, id: SessionId) -> anyhow::Result<Report> {
    let tx = store.read().await?;
    store::sitting::find(&tx, id).await?.context("there is no such sitting")?;
    let rows = store::session_event::of_session(&tx, id).await?;
    let kept = store::session_state::find(&tx, id).await?;
    judge(&rows, kept)
}

/// Plays these rows again and compares with what was kept.
///
/// # Errors
/// A fact is not understood.
pub fn judge(rows: &[SessionEvent], kept: Option<SessionState>) -> anyhow::Result<Report> {
    let facts = rows
        .iter()
        .map(|row| serde_json::from_str(&row.body).with_context(|| format!("understanding fact {}", row.seq)))
        .collect::<anyhow::Result<Vec<Stamped>>>()?;
    let course = course(&facts);
    let Some(session) = Session::replay(&facts) else {
        let after = facts.iter().zip(1..).take_while(|(fact, seq)| fact.seq == *seq).count();
        return Ok(Report { course, sha256: String::new(), verdict: Verdict::Broken { after } });
    };
    let sha256 = digest(&state(&session)?);
    let Some(kept) = kept else { return Ok(Report { course, sha256, verdict: Verdict::Unknown }) };
    let until = usize::try_from(kept.seq).unwrap_or(usize::MAX);
    if facts.len() < until {
        return Ok(Report { course, sha256, verdict: Verdict::Broken { after: facts.len() } });
    }
    let then = Session::replay(facts.iter().take(until)).context("the facts up to the kept state")?;
    let replayed = state(&then)?;
    let same = digest(&replayed) == kept.sha256 && kept.body.is_none_or(|body| body == replayed);
    let verdict = if same {
        Verdict::Same
    } else {
        Verdict::Different { kept: kept.sha256, replayed: digest(&replayed) }
    };
    Ok(Report { course, sha256, verdict })
}

/// The course in words: number, time, who, what.
fn course(facts: &[Stamped]) -> Vec<String> {
    let mut names = std::collections::BTreeMap::new();
    let mut lines = Vec::with_capacity(facts.len());
    for fact in facts {
        match &fact.event {
            Event::Convened(setup) => {
                names.extend(setup.seats.iter().map(|who| (who.seat.to_string(), who.name.clone())));
            }
            Event::Enrolled(who) => {
                names.insert(who.seat.to_string(), who.name.clone());
            }
            _ => {}
        }
        let by = fact.by.and_then(|seat| names.get(&seat.to_string()).cloned());
        let mut what = match &fact.event {
            Event::Convened(setup) => format!("convened, {} seats", setup.seats.len()),
            Event::Enrolled(who) => format!("enrolled {} as {:?}", who.name, who.role),
            other => words(other),
        };
        for (seat, name) in &names {
            what = what.replace(seat.as_str(), name);
        }
        lines.push(format!("{:>5} {} {:<8} {what}", fact.seq, clock(fact.at), by.as_deref().unwrap_or("-")));
    }
    lines
}

/// A fact as its own JSON, without the braces: it says everything, and nothing can be forgotten here.
fn words(event: &Event) -> String {
    let Ok(serde_json::Value::Object(mut fields)) = serde_json::to_value(event) else { return String::new() };
    let kind = fields.remove("type").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    let fields: Vec<String> = fields.map(|(name, value)| format!("{name}={value}")).collect();
    format!("{kind} {}", fields.join(" ")).replace('"', "").trim_end().to_owned()
}

fn clock(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => write!(f, "the same, byte for byte, as the sitting had it"),
            Self::Different { kept, replayed } => {
                write!(f, "NOT the same: the sitting had {kept}, its facts give {replayed}")
            }
            Self::Broken { after } => write!(f, "BROKEN: after {after} facts one is missing"),
            Self::Unknown => write!(f, "nothing to compare with: no state was kept then"),
        }
    }
}
