//! The agreement of a demo case: drafted, agreed clause by clause, frozen, signed, sealed.

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use domain::agreement::{Agreement, ESign};
use domain::clause::Stance;
use domain::{Seat, Sitting};
use serde_json::json;

use super::story::dated;
use super::tell::Teller;

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

    fn last_sitting(&self) -> anyhow::Result<&(Sitting, Vec<Seat>)> {
        self.sittings.last().context("a sitting before the agreement")
    }
}
