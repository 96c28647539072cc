//! Carrying out effects in the switch order: flip, store, tell. What fails leaves the sitting as it was.

use domain::{CaseId, Refusal};
use session::{Effect, Session, Stamped, Table};

use super::desks;
use super::hub::{Shared, try_again};
use super::journal::Page;
use super::ledger::Ledger;
use super::media_plane::{FLIP_PATIENCE, Flipped};
use super::presence::Presence;

/// What carrying out needs besides the sitting itself.
pub(super) struct Carrier {
    pub case: CaseId,
    /// What the media plane has confirmed last; none when it may be anything.
    pub table: Option<Table>,
    /// Who received whom.
    pub ledger: Ledger,
}

impl Carrier {
    /// Carries out `effects`, which led from `before` to `after`.
    ///
    /// # Errors
    /// The flip was not confirmed or the facts were not stored: the table is now what both states allow, and the
    /// caller must go back to `before`.
    pub async fn carry(
        &mut self,
        shared: &Shared,
        presence: &mut Presence,
        (before, after): (&Session, &Session),
        effects: Vec<Effect>,
    ) -> Result<(), Refusal> {
        if effects.is_empty() {
            return Ok(());
        }
        // After a failure the table is stricter than the state: the next effect brings it back, flip or no flip.
        let table = after.table();
        let mut flipped = None;
        if self.table.as_ref() != Some(&table) {
            match self.flip(shared, after, table).await {
                Ok(done) => flipped = Some(done),
                Err(refusal) => {
                    self.fall_back(shared, before, after).await;
                    return Err(refusal);
                }
            }
        }
        let mut tell = Vec::new();
        for effect in effects {
            match effect {
                Effect::Flip(_) => {}
                Effect::Persist(facts) => {
                    if let Err(refusal) = self.store(shared, after, &facts).await {
                        self.fall_back(shared, before, after).await;
                        return Err(refusal);
                    }
                    if let Some(flipped) = flipped.take() {
                        flipped.announce().await;
                    }
                }
                Effect::Mute(seat) => shared.parts.plane.mute(after.id(), seat).await,
                Effect::Silence(seat, on) => shared.parts.plane.silence(after.id(), seat, on).await,
                Effect::Said(said) => presence.tell_line(&said),
                Effect::Ring(_) => metrics::counter!("onedoor_expert_calls_total").increment(1),
                Effect::Alert(_) => metrics::counter!("onedoor_distress_calls_total").increment(1),
                Effect::Tell(seat, view) => tell.push((seat, view)),
            }
        }
        for (seat, view) in tell {
            presence.tell_view(&*shared.parts.clock, seat, view);
        }
        Ok(())
    }

    /// Makes the table what it must be; used at the start as well, when the media plane knows nothing of the room.
    pub async fn flip(
        &mut self,
        shared: &Shared,
        session: &Session,
        table: Table,
    ) -> Result<Flipped, Refusal> {
        self.table = None;
        let flip = shared.parts.plane.flip(session.id(), &table);
        let Ok(flipped) = tokio::time::timeout(FLIP_PATIENCE, flip).await else {
            tracing::error!(session = %session.id(), "the media plane did not confirm a flip");
            return Err(try_again());
        };
        self.table = Some(table);
        self.ledger.cut(shared.parts.clock.now(), session, flipped.heard());
        Ok(flipped)
    }

    async fn store(&mut self, shared: &Shared, after: &Session, facts: &[Stamped]) -> Result<(), Refusal> {
        let page = Page { case: self.case, session: after, facts, heard: self.ledger.ended() };
        let stored = shared.parts.journal.append(page).await.map_err(|fault| {
            tracing::error!(session = %after.id(), error = %fault, "a sitting's facts were not stored");
            metrics::counter!("onedoor_live_store_failures_total").increment(1);
            try_again()
        });
        if stored.is_ok() {
            self.ledger.stored();
            if desks::concerns(facts) {
                shared.bell.ring();
            }
        }
        stored
    }

    /// Ends the running interval of the hearing ledger, so that a server that dies takes little of it along.
    pub async fn note_hearing(&mut self, shared: &Shared, session: &Session) {
        let Some(table) = self.table.clone() else { return };
        if let Ok(flipped) = self.flip(shared, session, table).await {
            flipped.announce().await;
            // Not stored now: the interval waits for the next facts.
            let _ = self.store(shared, session, &[]).await;
        }
    }

    /// The stricter of both: only what was allowed before and would have been allowed after.
    async fn fall_back(&mut self, shared: &Shared, before: &Session, after: &Session) {
        let both = before.table().both(&after.table());
        if let Ok(flipped) = self.flip(shared, before, both).await {
            flipped.announce().await;
        }
    }
}
