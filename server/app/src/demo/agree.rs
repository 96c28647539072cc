//! The agreement of a demo case: drafted, agreed clause by clause, frozen, signed, sealed.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use domain::agreement::{Agreement, ESign, FrozenText};
use domain::case::{By, Event, next};
use domain::clause::Stance;
use domain::deadline::day_of;
use domain::signature::Evidence;
use domain::{CaseState, Seat, Sitting};
use serde_json::json;

use super::ink::drawn;
use super::story::dated;
use super::tell::Teller;
use crate::api::agreement::roster;
use crate::clock::ManualClock;
use crate::jobs::{self, SEAL_AGREEMENT};
use crate::paper::{agreement_paper, unsigned};
use crate::state::AppState;

impl Teller<'_> {
    /// Puts clauses on the table of the last sitting; each party says where it stands.
    pub(super) async fn draft(
        &self,
        clauses: &[&str],
        all_agree: bool,
        at: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let (sitting, _) = self.last_sitting()?;
        let esign = if self.story.kind.bars_e_signature() { ESign::PaperOnly } else { ESign::Allowed };
        let mut agreement = Agreement::new(self.app.ids.next(), self.case, sitting.id, esign);
        for text in clauses {
            agreement.add_clause(self.app.ids.next(), &dated(text, self.app.clock.now()), None)?;
        }
        let last = agreement.clauses.last().map(|clause| clause.id);
        let on_the_table: Vec<_> =
            agreement.clauses.iter().map(|clause| (clause.id, clause.version)).collect();
        for (minute, (clause, version)) in (1..).zip(on_the_table) {
            for (place, party) in self.parties.iter().enumerate() {
                let hesitates = !all_agree && place == 0 && Some(clause) == last;
                let stance = if hesitates { Stance::Think } else { Stance::Agree };
                agreement.take_stance(clause, party.id, stance, version, at + TimeDelta::minutes(minute))?;
            }
        }
        let tx = self.app.store.begin().await?;
        anyhow::ensure!(
            store::agreement::insert(&tx, &agreement).await?,
            "the case has an agreement already"
        );
        store::agreement::save(&tx, &agreement).await?;
        let data = json!({"clauses": clauses.len()});
        self.note(&tx, "agreement_drafted", &self.mediator()?.name, "拟定协议条款".to_owned(), data, at)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Freezes the text, lets everybody sign, and lets the worker seal it: the same steps as at the table, at the time
    /// of the story.
    pub(super) async fn sign(&self, at: DateTime<Utc>) -> anyhow::Result<()> {
        let mut agreement = self.freeze(at).await?;
        let text_sha256 = agreement.frozen.as_ref().context("a frozen text")?.text_sha256.clone();
        let tx = self.app.store.begin().await?;
        let signatories: Vec<_> = agreement.required.iter().map(|s| (s.seat_id, s.name.clone())).collect();
        for (minute, (seat, name)) in (1..).zip(signatories) {
            let evidence = Evidence {
                drawing: drawn(&name),
                text_sha256: text_sha256.clone(),
                device: "OneDoor demo".to_owned(),
                address: "127.0.0.1".to_owned(),
                code_answered: true,
                acting: None,
            };
            let signed_at = at + TimeDelta::minutes(minute);
            agreement.sign(seat.context("a seat")?, evidence, signed_at)?;
            let data = json!({"text_sha256": text_sha256, "code_answered": true});
            self.note(&tx, "agreement_signed", &name, format!("{name} 已签名"), data, signed_at).await?;
        }
        store::agreement::save(&tx, &agreement).await?;
        let sealed_at = at + TimeDelta::minutes(8);
        let order = json!({"agreement": agreement.id});
        store::job::enqueue(&tx, self.app.ids.next(), SEAL_AGREEMENT, &order, sealed_at).await?;
        tx.commit().await?;
        // The worker of that day: its clock is the story's.
        let that_day = AppState { clock: Arc::new(ManualClock::at(sealed_at)), ..self.app.clone() };
        while jobs::next(&that_day).await? {}
        let effective = self.read().await?.state == CaseState::Effective;
        anyhow::ensure!(effective, "the agreement was not sealed: see the log");
        Ok(())
    }

    async fn freeze(&self, at: DateTime<Utc>) -> anyhow::Result<Agreement> {
        let office = self.county.office(self.story.office)?;
        let (_, seats) = self.last_sitting()?;
        let roster = roster(&self.parties, seats);
        let tx = self.app.store.begin().await?;
        let mut agreement = store::agreement::lock_of_case(&tx, self.case).await?.context("a draft")?;
        let mut case = store::case::lock(&tx, self.case).await?.context("the case")?;
        let version = agreement.version;
        agreement.may_freeze(&roster, version)?;
        let year = day_of(at).year();
        let number = store::agreement::reserve_number(&tx, office, year, agreement.id, at).await?;
        let paper = agreement_paper(&case, office, &self.parties, &agreement, &number, at);
        agreement.required = Agreement::signatories(&roster);
        let source = serde_json::to_value(&paper)?;
        let printed = self.app.press.freeze(paper, unsigned(&agreement)).await;
        let printed = printed.map_err(|unprinted| anyhow::anyhow!("typesetting {number}: {unprinted:?}"))?;
        let text = FrozenText {
            paragraphs: printed.paragraphs,
            text_sha256: printed.text_sha256,
            pages: i32::try_from(printed.pages)?,
            at,
            number: number.clone(),
            source,
        };
        let data =
            json!({"number": number, "text_sha256": text.text_sha256, "clauses": agreement.clauses.len()});
        agreement.freeze(&roster, version, text)?;
        case.state = next(case.state, &Event::OpenSigning { lint_passed: true }, By::Mediator)?;
        (case.number, case.updated_at) = (Some(number.clone()), at);
        store::case::save(&tx, &case).await?;
        store::agreement::save(&tx, &agreement).await?;
        let summary = format!("协议文本已确定，编号 {number}，开始签名");
        self.note(&tx, "agreement_frozen", &self.mediator()?.name, summary, data, at).await?;
        tx.commit().await?;
        Ok(agreement)
    }

    fn last_sitting(&self) -> anyhow::Result<&(Sitting, Vec<Seat>)> {
        self.sittings.last().context("a sitting before the agreement")
    }
}
