//! The journal in the database: facts, the phase in the case file, the case's timeline, in one transaction.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::case::{self, By, Ground};
use domain::consent::{NOTICE_VERSION, standing};
use domain::deadline::local;
use domain::timeline::Draft;
use domain::{ConsentKind, Outcome, PartyId, SessionId};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use session::{Event, Invited, Session, Setup, Stamped};
use store::consent::Word;
use store::session_event::{self, SessionEvent};
use store::session_state::SessionState;
use store::{Store, Tx};

use super::desks;
use super::journal::{Journal, Loaded, Page};
use super::{next_sitting, timeline};
use crate::clock::Clock;
use crate::ids::Ids;
use crate::problem::Fault;
use crate::replay;

/// A media token of a sitting that ended longer ago than this has expired.
const ROOM_LIFE: TimeDelta = TimeDelta::days(1);

/// Keeps sittings in the store.
#[derive(Clone)]
pub struct StoreJournal {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Ids,
}

impl StoreJournal {
    /// Over this store.
    pub fn new(store: Store, clock: Arc<dyn Clock>, ids: Ids) -> Self {
        Self { store, clock, ids }
    }

    async fn read(&self, id: SessionId) -> Result<Option<Loaded>, Fault> {
        let of = Fault::of::<store::StoreError>;
        let tx = self.store.read().await.map_err(of("opening the store"))?;
        let Some(sitting) = store::sitting::find(&tx, id).await.map_err(of("reading a sitting"))? else {
            return Ok(None);
        };
        let seats = store::seat::of_session(&tx, id).await.map_err(of("reading seats"))?;
        let words = store::consent::of_case(&tx, sitting.case_id).await.map_err(of("reading consents"))?;
        let recording = |party: PartyId| {
            words.get(&party).and_then(|all| standing(all, ConsentKind::Recording)).map(|word| word.given)
        };
        let rows = session_event::of_session(&tx, id).await.map_err(of("reading a sitting's facts"))?;
        let events = rows
            .iter()
            .map(|row| serde_json::from_str(&row.body))
            .collect::<Result<Vec<Stamped>, _>>()
            .map_err(Fault::of("understanding a sitting's facts"))?;
        let papers = store::paper::of_case(&tx, sitting.case_id).await.map_err(of("reading papers"))?;
        let persons = store::party::of_case(&tx, sitting.case_id).await.map_err(of("reading parties"))?;
        let natural = |party: PartyId| persons.iter().any(|p| p.id == party && !p.is_organization);
        // R29: who is under age on the day of the sitting has a guardian act.
        let day = local(sitting.scheduled_at).date_naive();
        let minor = |party: PartyId| persons.iter().any(|p| p.id == party && p.needs_guardian(day));
        let screens = store::safety::screens(&tx, id).await.map_err(of("reading who is kept apart"))?;
        // R32: whoever was afraid once is not brought together with the other side again without a decision.
        let apart = store::safety::feared(&tx, sitting.case_id).await.map_err(of("reading safety"))?;
        let seats = seats
            .into_iter()
            .map(|s| Invited {
                seat: s.id,
                role: s.role,
                side: s.side,
                name: s.name,
                party: s.party_id,
                recording: s.party_id.and_then(recording),
                bound_to: s.bound_to,
                same_device: s.same_device,
                asked_safety: s.party_id.is_some_and(natural),
                minor: s.party_id.is_some_and(minor),
                mandate: s.mandate,
            })
            .collect();
        let setup = Setup {
            session: id,
            scheduled_at: sitting.scheduled_at,
            seats,
            screens,
            grace_ms: Setup::GRACE_MS,
            checklist: sitting.checklist,
            apart,
        };
        Ok(Some(Loaded { case: sitting.case_id, setup, events, papers }))
    }

    async fn write(&self, page: Page<'_>) -> Result<(), Fault> {
        let rows = page
            .facts
            .iter()
            .map(|fact| {
                let body = serde_json::to_string(fact)?;
                Ok(SessionEvent { seq: i64::try_from(fact.seq).unwrap_or(i64::MAX), at: fact.at, body })
            })
            .collect::<Result<Vec<_>, serde_json::Error>>()
            .map_err(Fault::of("writing a fact as text"))?;
        let tx = self.store.begin().await.map_err(Fault::of("beginning a transaction"))?;
        put(&tx, &self.ids, page, &rows).await.map_err(Fault::of("storing a sitting's facts"))?;
        tx.commit().await.map_err(Fault::of("committing a sitting's facts"))
    }
}

async fn put(tx: &Tx, ids: &Ids, page: Page<'_>, rows: &[SessionEvent]) -> store::Result<()> {
    let session = page.session;
    session_event::append(tx, session.id(), rows).await?;
    if let Some(mut sitting) = store::sitting::find(tx, session.id()).await? {
        let before = sitting.clone();
        (sitting.phase, sitting.outcome) = (session.phase(), session.outcome());
        (sitting.started_at, sitting.ended_at) = (session.started_at(), session.ended_at());
        if sitting != before {
            store::sitting::save(tx, &sitting).await?;
        }
    }
    if let Some(last) = page.facts.last() {
        keep_state(tx, session, last).await?;
    }
    for interval in page.heard {
        let draft = Draft {
            actor: "system".to_owned(),
            kind: "hearing".to_owned(),
            summary: format!("谁听到谁：{} 对通路", interval.pairs.len()),
            data: timeline::hearing(session, interval),
        };
        store::timeline::append(tx, page.case, draft, interval.to).await?;
    }
    desks::keep(tx, page).await?;
    for fact in page.facts {
        keep_consent(tx, page, fact).await?;
        match &fact.event {
            Event::PaperWidened { paper, scope } => store::paper::widen(tx, *paper, *scope).await?,
            Event::DeviceMoved { seat, device } => {
                store::seat_link::rebind(tx, *seat, device, fact.at).await?;
            }
            _ => {}
        }
        keep_safety(tx, page, fact).await?;
        next_sitting::follow(tx, ids, page, fact).await?;
        if let Some((event, by)) = consequence(&fact.event) {
            move_case(tx, page, &event, by, fact).await?;
        }
        if let Some(timeline::Line { actor, kind, summary, data }) = timeline::line(session, fact) {
            let draft = Draft { actor, kind: kind.to_owned(), summary, data };
            store::timeline::append(tx, page.case, draft, fact.at).await?;
        }
    }
    Ok(())
}

/// What `onedoor replay` compares with: the hash of the state after each page, and the state itself at the end.
async fn keep_state(tx: &Tx, session: &Session, last: &Stamped) -> store::Result<()> {
    let Ok(text) = replay::state(session) else { return Ok(()) };
    let seq = i64::try_from(last.seq).unwrap_or(i64::MAX);
    let sha256 = replay::digest(&text);
    let body = session.phase().is_over().then_some(text);
    store::session_state::keep(tx, session.id(), SessionState { seq, sha256, body, at: last.at }).await
}

/// R33: a party's word on being recorded is its word in the case file, with the version of the notice it was shown.
async fn keep_consent(tx: &Tx, page: Page<'_>, fact: &Stamped) -> store::Result<()> {
    let Event::RecordingAnswered { seat, yes } = fact.event else { return Ok(()) };
    let Some(seat) = page.session.seat(seat) else { return Ok(()) };
    let Some(party) = seat.party else { return Ok(()) };
    let (kind, version) = (ConsentKind::Recording, NOTICE_VERSION);
    let word = Word { kind, given: yes, version, recorded_by: &seat.name, at: fact.at };
    store::consent::record(tx, party, &word).await.map(drop)
}

/// R32: what was said in private about safety, and who may not meet, hold for the sittings that follow.
async fn keep_safety(tx: &Tx, page: Page<'_>, fact: &Stamped) -> store::Result<()> {
    let session = page.session.id();
    match fact.event {
        Event::SafetyAnswered { seat, afraid } => {
            let seq = i64::try_from(fact.seq).unwrap_or(i64::MAX);
            let said = store::safety::Answer { session, seq, seat, afraid, at: fact.at };
            store::safety::answered(tx, page.case, said).await
        }
        Event::Screened { a, b } => store::safety::screen(tx, session, a, b).await,
        _ => Ok(()),
    }
}

/// What a fact of the sitting does to its case (domain.md §4). Pressing “start” is the host's word that the opening is
/// done (R8); a party that stops withdraws from the mediation (PML 23; R2).
fn consequence(fact: &Event) -> Option<(case::Event, By)> {
    match fact {
        Event::Started => Some((case::Event::Start { checklist_done: true }, By::Mediator)),
        Event::Ended { outcome: Outcome::Stopped, .. } => {
            Some((case::Event::Fail { ground: Ground::PartyUnwilling }, By::Party))
        }
        Event::Ended { outcome: Outcome::Failed, .. } => {
            Some((case::Event::Fail { ground: Ground::Irreconcilable }, By::Mediator))
        }
        _ => None,
    }
}

/// A case in a state that knows no such step is left to the case file.
async fn move_case(
    tx: &Tx,
    page: Page<'_>,
    event: &case::Event,
    by: By,
    fact: &Stamped,
) -> store::Result<()> {
    let Some(mut file) = store::case::lock(tx, page.case).await? else { return Ok(()) };
    if let Ok(state) = case::next(file.state, event, by) {
        (file.state, file.updated_at) = (state, fact.at);
        store::case::save(tx, &file).await?;
    }
    Ok(())
}

impl Journal for StoreJournal {
    fn load(&self, session: SessionId) -> BoxFuture<'_, Result<Option<Loaded>, Fault>> {
        self.read(session).boxed()
    }

    fn append<'a>(&'a self, page: Page<'a>) -> BoxFuture<'a, Result<(), Fault>> {
        self.write(page).boxed()
    }

    fn rooms(&self) -> BoxFuture<'_, Result<Vec<SessionId>, Fault>> {
        async {
            let tx = self.store.read().await.map_err(Fault::of("opening the store"))?;
            session_event::rooms(&tx, self.clock.now() - ROOM_LIFE)
                .await
                .map_err(Fault::of("listing sittings"))
        }
        .boxed()
    }
}
