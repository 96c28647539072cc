//! Carries a story out through the same domain and store functions as the API, so that every rule was asked and every
//! chain holds. Sittings of the past are played through the pure session and written by the live hub's own journal.

use std::collections::HashMap;

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, Datelike as _, Days, NaiveTime, TimeDelta, Utc};
use domain::case::{By, Event, next};
use domain::consent::{NOTICE_VERSION, everyone_agreed_to_mediation};
use domain::deadline::{Calendar, day_of, due_at};
use domain::timeline::Draft;
use domain::{
    Case, CaseId, CaseState, ConsentKind, Organization, Particulars, Party, Phase, Seat, SeatRole, SessionId,
    Side, Sitting, Staff,
};
use serde_json::{Value, json};
use store::Tx;
use store::consent::Word;

use super::story::{Guest, Step, Story, dated};
use crate::state::AppState;

/// What a story left behind.
pub(super) struct Told {
    pub case: CaseId,
    /// The sitting that can be walked into.
    pub now: Option<(Sitting, Vec<Seat>)>,
}

/// The county, by short name and by username.
pub(super) struct County {
    pub offices: HashMap<&'static str, Organization>,
    pub staff: HashMap<&'static str, Staff>,
    /// Whether there are fonts to print agreements with.
    pub can_print: bool,
}

impl County {
    pub(super) fn office(&self, short_name: &str) -> anyhow::Result<&Organization> {
        self.offices.get(short_name).ok_or_else(|| anyhow!("no office {short_name}"))
    }
    pub(super) fn member(&self, username: &str) -> anyhow::Result<&Staff> {
        self.staff.get(username).ok_or_else(|| anyhow!("nobody called {username}"))
    }
}

/// One case while it is told.
pub(super) struct Teller<'a> {
    pub app: &'a AppState,
    pub county: &'a County,
    pub story: &'a Story,
    pub case: CaseId,
    pub parties: Vec<Party>,
    pub sittings: Vec<(Sitting, Vec<Seat>)>,
}

/// Tells a story from its request to today.
pub(super) async fn tell(app: &AppState, county: &County, story: &Story) -> anyhow::Result<Told> {
    let mut teller =
        Teller::register(app, county, story).await.with_context(|| format!("registering {}", story.title))?;
    for (days, time, step) in story.then {
        if matches!(step, Step::Signed) && !county.can_print {
            // Without fonts no paper: the case stays where everybody has agreed.
            break;
        }
        let at = when(app, story, *days, time)?;
        teller.step(step, at).await.with_context(|| format!("{} on day {days} at {time}", story.title))?;
    }
    let now = teller.sittings.pop().filter(|(sitting, _)| sitting.phase == Phase::Scheduled);
    Ok(Told { case: teller.case, now })
}

/// A time of the story; without a time of day it is now.
fn when(app: &AppState, story: &Story, days: u64, time: &str) -> anyhow::Result<DateTime<Utc>> {
    let now = app.clock.now();
    if time.is_empty() {
        return Ok(now);
    }
    let today = day_of(now);
    let day = today
        .checked_sub_days(Days::new(story.days_ago))
        .and_then(|day| day.checked_add_days(Days::new(days)));
    let local = day.context("a day")?.and_time(NaiveTime::parse_from_str(time, "%H:%M")?);
    Ok((local.and_utc() - TimeDelta::hours(8)).min(now))
}

impl<'a> Teller<'a> {
    async fn register(app: &'a AppState, county: &'a County, story: &'a Story) -> anyhow::Result<Self> {
        let now = app.clock.now();
        let at = when(app, story, 0, "09:12")?;
        let office = county.office(story.office)?;
        let receiver = county.member(story.receiver)?;
        let year = day_of(at).year();
        let tx = app.store.begin().await?;
        let (serial, register_no) = store::case::next_register_no(&tx, office, year).await?;
        let case = Case {
            id: app.ids.next(),
            organization_id: office.id,
            register_no,
            number: None,
            title: story.title.to_owned(),
            kind: story.kind,
            source: story.source,
            state: CaseState::Registered,
            facts: dated(story.facts, now),
            requests: dated(story.requests, now),
            place: story.place.to_owned(),
            requested_at: at,
            accepted_at: None,
            due_at: None,
            suspended_at: None,
            effective_at: None,
            first_receiver: receiver.id,
            mediator: None,
            updated_at: at,
        };
        store::case::insert(&tx, &case, year, serial).await?;
        let mut parties = Vec::new();
        for (position, someone) in (1..).zip(story.parties) {
            let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let particulars = Particulars::parse(Particulars {
                name: someone.name.to_owned(),
                phone: text(someone.phone),
                id_number: text(someone.id_number),
                address: text(someone.address),
                age: None,
                is_organization: someone.is_organization,
                representative: text(someone.representative),
            })?;
            let party =
                Party { id: app.ids.next(), case_id: case.id, position, side: someone.side, particulars };
            store::party::insert(&tx, &party, at).await?;
            parties.push(party);
        }
        let teller = Self { app, county, story, case: case.id, parties, sittings: Vec::new() };
        let data = json!({"register_no": case.register_no, "source": case.source});
        teller
            .note(&tx, "registered", &receiver.name, format!("登记 {}", case.register_no), data, at)
            .await?;
        tx.commit().await?;
        Ok(teller)
    }

    async fn step(&mut self, step: &Step, at: DateTime<Utc>) -> anyhow::Result<()> {
        match step {
            Step::Consents { e_signature, recording } => self.consents(*e_signature, *recording, at).await,
            Step::Accept => self.accept(at).await,
            Step::Assign => self.assign(at).await,
            Step::Sat { room, minutes, outcome, guests, said } => {
                let sitting = self.seat(room, guests, at, at - TimeDelta::days(1)).await?;
                self.play(sitting, *minutes, *outcome, said, at).await
            }
            Step::SitsNow { room, guests } => {
                // On the last five minutes: that is what people write in a calendar.
                let at = at - TimeDelta::seconds(at.timestamp().rem_euclid(300));
                self.seat(room, guests, at, at).await.map(drop)
            }
            Step::Draft { clauses, all_agree } => self.draft(clauses, *all_agree, at).await,
            Step::AgreedOrally { clauses } => {
                let kind = self.story.kind;
                let summary = format!("达成口头协议：{}", dated(clauses, self.app.clock.now()));
                let event = Event::AgreeOrally { kind };
                self.change(&event, By::Mediator, "agreed_orally", summary, at, |case| {
                    case.effective_at = Some(at);
                })
                .await
            }
            Step::Note { kind, by, words } => {
                let tx = self.app.store.begin().await?;
                self.note(&tx, kind, by, (*words).to_owned(), json!({}), at).await?;
                Ok(tx.commit().await?)
            }
            Step::Signed => self.sign(at).await,
            Step::AskConfirmation => {
                let effective_at = self.read().await?.effective_at.context("an agreement in effect")?;
                let event = Event::AskConfirmation { jointly: true, effective_at, now: at };
                let summary = "双方共同向云岭县人民法院申请司法确认".to_owned();
                self.change(&event, By::Party, "confirmation_asked", summary, at, |_| ()).await
            }
            Step::Performed { words } => {
                self.change(&Event::Perform, By::Mediator, "performed", (*words).to_owned(), at, |_| ()).await
            }
            Step::Closed => {
                let event = Event::Close { open: Vec::new() };
                self.change(&event, By::Director, "closed", "结案".to_owned(), at, |_| ()).await
            }
        }
    }

    /// Moves the case by the rules and writes it down.
    pub(super) async fn change(
        &self,
        event: &Event,
        by: By,
        kind: &str,
        summary: String,
        at: DateTime<Utc>,
        edit: impl FnOnce(&mut Case),
    ) -> anyhow::Result<()> {
        let tx = self.app.store.begin().await?;
        let mut case = store::case::lock(&tx, self.case).await?.context("the case")?;
        case.state = next(case.state, event, by)?;
        case.updated_at = at;
        edit(&mut case);
        store::case::save(&tx, &case).await?;
        let actor = match by {
            By::Party => self.parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join("、"),
            _ => self.mediator()?.name.clone(),
        };
        self.note(&tx, kind, &actor, summary, json!({}), at).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn note(
        &self,
        tx: &Tx,
        kind: &str,
        actor: &str,
        summary: String,
        data: Value,
        at: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let draft = Draft { actor: actor.to_owned(), kind: kind.to_owned(), summary, data };
        store::timeline::append(tx, self.case, draft, at).await?;
        Ok(())
    }

    pub(super) fn mediator(&self) -> anyhow::Result<&'a Staff> {
        self.county.member(self.story.mediator)
    }

    pub(super) async fn read(&self) -> anyhow::Result<Case> {
        let tx = self.app.store.read().await?;
        store::case::find(&tx, self.case).await?.context("the case")
    }

    async fn consents(&self, e_signature: bool, recording: bool, at: DateTime<Utc>) -> anyhow::Result<()> {
        let by = self.county.member(self.story.receiver)?.name.as_str();
        let tx = self.app.store.begin().await?;
        for party in &self.parties {
            for kind in ConsentKind::ALL {
                let given = match kind {
                    ConsentKind::Mediation | ConsentKind::OnlineProcedure => true,
                    ConsentKind::ESignature => e_signature,
                    ConsentKind::Recording => recording,
                };
                store::consent::record(
                    &tx,
                    party.id,
                    &Word { kind, given, version: NOTICE_VERSION, recorded_by: by, at },
                )
                .await?;
            }
            let data =
                json!({"party": party.id, "question": ConsentKind::Mediation, "version": NOTICE_VERSION});
            self.note(&tx, "consent_given", by, format!("{}同意调解", party.name), data, at).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn accept(&self, at: DateTime<Utc>) -> anyhow::Result<()> {
        let tx = self.app.store.read().await?;
        let words = store::consent::of_case(&tx, self.case).await?;
        tx.rollback().await?;
        let of = |party: &Party| words.get(&party.id).map_or(&[][..], Vec::as_slice);
        let consent = everyone_agreed_to_mediation(self.parties.iter().map(|party| (party, of(party))));
        let kind = self.story.kind;
        self.change(&Event::Accept { consent }, By::Committee, "accepted", "受理".to_owned(), at, |case| {
            case.accepted_at = Some(at);
            case.due_at = Some(due_at(kind, case.requested_at, at, &Calendar::default()));
        })
        .await
    }

    async fn assign(&self, at: DateTime<Utc>) -> anyhow::Result<()> {
        let mediator = self.mediator()?;
        let event = Event::Assign { no_conflict_declared: true };
        let summary = format!("指派调解员：{}", mediator.name);
        self.change(&event, By::Committee, "assigned", summary, at, |case| case.mediator = Some(mediator.id))
            .await
    }

    /// Sets a time for a sitting and lays the table.
    async fn seat(
        &mut self,
        room: &str,
        guests: &[Guest],
        scheduled_at: DateTime<Utc>,
        noted_at: DateTime<Utc>,
    ) -> anyhow::Result<usize> {
        let sitting = Sitting {
            id: self.app.ids.next(),
            case_id: self.case,
            scheduled_at,
            room: room.to_owned(),
            phase: Phase::Scheduled,
            outcome: None,
            started_at: None,
            ended_at: None,
            checklist: true,
        };
        let mediator = self.mediator()?;
        let mut seats = vec![self.place(sitting.id, SeatRole::Mediator, Side::Neutral, &mediator.name)];
        seats[0].staff_id = Some(mediator.id);
        for party in &self.parties {
            let place = self.place(sitting.id, party.side.seat_role(), party.side, &party.name);
            seats.push(Seat { party_id: Some(party.id), ..place });
        }
        for guest in guests {
            let staff_id = guest
                .username
                .map(|username| self.county.member(username))
                .transpose()?
                .map(|staff| staff.id);
            // A helper goes with the one who is helped.
            let helped = seats.iter().find(|s| guest.role == SeatRole::Helper && s.side == guest.side);
            let bound_to = helped.map(|seat| seat.id);
            let place = self.place(sitting.id, guest.role, guest.side, guest.name);
            seats.push(Seat { staff_id, bound_to, ..place });
        }
        let tx = self.app.store.begin().await?;
        store::sitting::insert(&tx, &sitting, noted_at).await?;
        for seat in &seats {
            store::seat::insert(&tx, seat).await?;
        }
        let data = json!({"session": sitting.id, "scheduled_at": scheduled_at, "room": room});
        self.note(&tx, "session_scheduled", &mediator.name, "安排调解会".to_owned(), data, noted_at).await?;
        tx.commit().await?;
        self.sittings.push((sitting, seats));
        Ok(self.sittings.len() - 1)
    }

    fn place(&self, session_id: SessionId, role: SeatRole, side: Side, name: &str) -> Seat {
        let id = self.app.ids.next();
        Seat {
            id,
            session_id,
            role,
            side,
            name: name.to_owned(),
            party_id: None,
            staff_id: None,
            bound_to: None,
            same_device: false,
            mandate: None,
        }
    }
}
