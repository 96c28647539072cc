//! Plays a past sitting of a story through the pure session, as it would have gone, and keeps its facts and minutes.

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use domain::minutes::Confirmation;
use domain::{Phase, Seat, SeatId, SeatRole, SessionId};
use session::{Command, Effect, IdentityMethod, Invited, Link, OpeningItem, Session, Setup, Signal, Stamped};

use super::story::{Said, dated};
use super::tell::Teller;
use crate::live::{Journal as _, Page, StoreJournal};

impl Teller<'_> {
    /// Plays a past sitting through the pure session: everybody comes, is admitted, speaks, and it ends.
    pub(super) async fn play(
        &mut self,
        index: usize,
        minutes: u64,
        outcome: domain::Outcome,
        said: &[Said],
        at: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let end = at + TimeDelta::minutes(minutes.try_into()?);
        let (sitting, seats) = self.sittings.get(index).context("the sitting")?;
        let invited = |seat: &Seat| Invited {
            seat: seat.id,
            role: seat.role,
            side: seat.side,
            name: seat.name.clone(),
            party: seat.party_id,
            recording: None,
            bound_to: seat.bound_to,
            same_device: seat.same_device,
            minor: false,
            mandate: seat.mandate.clone(),
            asked_safety: false,
        };
        let setup = Setup {
            session: sitting.id,
            scheduled_at: sitting.scheduled_at,
            seats: seats.iter().map(invited).collect(),
            screens: Vec::new(),
            grace_ms: Setup::GRACE_MS,
            checklist: true,
            apart: false,
        };
        let journal = StoreJournal::new(self.app.store.clone(), self.app.clock.clone(), self.app.ids.clone());
        let (mut play, convened) = Session::convene(at, setup);
        self.keep(&journal, &play, vec![convened]).await?;
        let host = seats.first().context("a host")?.id;
        for (seat, second) in seats.iter().zip(0..) {
            let effects =
                play.signal(at + TimeDelta::seconds(second), Signal::Connected(seat.id, Link::Live))?;
            self.keep(&journal, &play, facts(effects)).await?;
        }
        let begin = at + TimeDelta::minutes(2);
        let soon = begin + TimeDelta::seconds(20);
        let mut commands = opening(begin, host, seats);
        commands.push((begin, host, Command::Start));
        // Each party agrees to every invited person before anybody comes in (R5).
        for guest in seats.iter().filter(|seat| play.seat(seat.id).is_some_and(session::Seat::is_guest)) {
            commands.push((begin, host, Command::ProposeGuest { seat: guest.id }));
            let parties = seats.iter().filter(|seat| seat.role.is_party());
            let yes = |party: &Seat| (begin, party.id, Command::AnswerGuest { seat: guest.id, yes: true });
            commands.extend(parties.map(yes));
        }
        let others = seats.iter().filter(|seat| !seat.role.hosts());
        commands.extend(others.map(|seat| (soon, host, Command::Admit { seat: seat.id })));
        commands.push((end, host, Command::End { outcome }));
        for (moment, by, command) in commands {
            let effects = play.apply(moment, by, command)?;
            self.keep(&journal, &play, facts(effects)).await?;
        }
        self.write_minutes(sitting.id, seats, said, begin, end).await?;
        if let Some((sitting, _)) = self.sittings.get_mut(index) {
            sitting.phase = Phase::Ended;
        }
        Ok(())
    }

    async fn keep(
        &self,
        journal: &StoreJournal,
        session: &Session,
        facts: Vec<Stamped>,
    ) -> anyhow::Result<()> {
        if facts.is_empty() {
            return Ok(());
        }
        Ok(journal.append(Page { case: self.case, session, facts: &facts, heard: &[] }).await?)
    }

    async fn write_minutes(
        &self,
        session: SessionId,
        seats: &[Seat],
        said: &[Said],
        begin: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let step = (end - begin) / i32::try_from(said.len().max(1))?;
        let writer =
            seats.iter().find(|seat| seat.role == SeatRole::Clerk).or(seats.first()).context("a writer")?;
        let tx = self.app.store.begin().await?;
        let (mut entries, mut at) = (Vec::new(), begin);
        for line in said {
            let draft = domain::minutes::Draft {
                kind: line.kind,
                speaker: line.speaker.to_owned(),
                text: dated(line.text, self.app.clock.now()),
                corrects: None,
            };
            let draft = draft.parse(&entries)?;
            entries
                .push(store::minutes::append(&tx, session, self.app.ids.next(), draft, writer.id, at).await?);
            at += step;
        }
        for entry in &entries {
            for seat in seats.iter().filter(|seat| domain::minutes::confirms(seat.role)) {
                let word = Confirmation { seat_id: seat.id, ok: true, remark: None, at: end };
                store::minutes::confirm(&tx, entry.id, &word).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

/// R8: what is said and checked before the start.
fn opening(at: DateTime<Utc>, host: SeatId, seats: &[Seat]) -> Vec<(DateTime<Utc>, SeatId, Command)> {
    let items = [OpeningItem::RightsTold, OpeningItem::ShamWarned, OpeningItem::AddressConfirmed];
    let mut commands: Vec<_> = items.map(|item| (at, host, Command::TickOff { item })).into();
    commands.push((at, host, Command::DeclareConflict { disclosed: None }));
    let checked = |role: SeatRole| role.is_party() || matches!(role, SeatRole::Agent | SeatRole::Guardian);
    let method = IdentityMethod::DocumentOnCamera;
    commands.extend(
        seats.iter().filter(|seat| checked(seat.role)).map(|seat| {
            (at, host, Command::Identify { seat: seat.id, method, matches: true, id_tail: None })
        }),
    );
    commands
}

fn facts(effects: Vec<Effect>) -> Vec<Stamped> {
    effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Persist(facts) => Some(facts),
            _ => None,
        })
        .flatten()
        .collect()
}
