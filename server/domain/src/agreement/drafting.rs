//! While the text is drafted: clauses come, change and go; parties say where they stand; the text is frozen.

use chrono::{DateTime, Utc};

use super::{Agreement, AgreementState, FrozenText, Roster};
use crate::clause::{Clause, LONGEST, Stance, Taken, printable};
use crate::{ClauseId, PartyId, Refusal};

/// No agreement needs more.
const CLAUSES_AT_MOST: usize = 60;

impl Agreement {
    /// Adds a clause at `position` (from 1; at the end without one).
    ///
    /// # Errors
    /// `agreement_frozen`, `agreement_final`, `too_many_clauses`, or what is wrong with the words.
    pub fn add_clause(&mut self, id: ClauseId, text: &str, position: Option<i32>) -> Result<(), Refusal> {
        self.demand_drafting()?;
        if self.clauses.len() >= CLAUSES_AT_MOST {
            return Err(Refusal::conflict("too_many_clauses").with("most", CLAUSES_AT_MOST));
        }
        let text = printable(text, LONGEST)?;
        let at = position
            .and_then(|p| usize::try_from(p - 1).ok())
            .map_or(self.clauses.len(), |p| p.min(self.clauses.len()));
        self.clauses.insert(
            at,
            Clause { id, position: 0, text, version: 1, previous_text: None, stances: Vec::new() },
        );
        self.changed();
        Ok(())
    }

    /// Changes the words of a clause. Stances on this clause become old; the same words again change nothing.
    ///
    /// # Errors
    /// `clause_changed` when somebody else was faster.
    pub fn edit_clause(&mut self, id: ClauseId, text: &str, version: i32) -> Result<(), Refusal> {
        self.demand_drafting()?;
        let text = printable(text, LONGEST)?;
        let clause = self.clause_mut(id)?;
        clause.demand_version(version)?;
        if clause.text != text {
            clause.previous_text = Some(std::mem::replace(&mut clause.text, text));
            clause.version += 1;
            self.changed();
        }
        Ok(())
    }

    /// Takes a clause out.
    ///
    /// # Errors
    /// `clause_changed` when its words are not those the caller saw.
    pub fn remove_clause(&mut self, id: ClauseId, version: i32) -> Result<(), Refusal> {
        self.demand_drafting()?;
        self.clause_mut(id)?.demand_version(version)?;
        self.clauses.retain(|c| c.id != id);
        self.changed();
        Ok(())
    }

    /// A party says where it stands on the words of this version.
    ///
    /// # Errors
    /// `clause_changed` when the words changed meanwhile.
    pub fn take_stance(
        &mut self,
        id: ClauseId,
        party_id: PartyId,
        stance: Stance,
        version: i32,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.demand_drafting()?;
        let clause = self.clause_mut(id)?;
        clause.demand_version(version)?;
        clause.stances.retain(|t| t.party_id != party_id);
        clause.stances.push(Taken { party_id, stance, version, at: now });
        Ok(())
    }

    /// Whether the text of this version may be frozen now.
    ///
    /// # Errors
    /// `agreement_changed` (another version), `no_clauses`, `not_all_agreed` with the names and the clauses' positions.
    pub fn may_freeze(&self, roster: &Roster, version: i32) -> Result<(), Refusal> {
        self.demand_drafting()?;
        if version != self.version {
            return Err(Refusal::conflict("agreement_changed").with("version", self.version));
        }
        if self.clauses.is_empty() {
            return Err(Refusal::conflict("no_clauses"));
        }
        let lacks = |party: PartyId| self.clauses.iter().any(|c| c.stance_of(party) != Some(Stance::Agree));
        let names: Vec<_> =
            roster.parties.iter().filter(|p| lacks(p.party_id)).map(|p| p.name.clone()).collect();
        let open =
            |c: &&Clause| roster.parties.iter().any(|p| c.stance_of(p.party_id) != Some(Stance::Agree));
        let positions: Vec<_> = self.clauses.iter().filter(open).map(|c| c.position).collect();
        if names.is_empty() && !roster.parties.is_empty() {
            Ok(())
        } else {
            Err(Refusal::conflict("not_all_agreed").with("names", names).with("clauses", positions))
        }
    }

    /// Freezes the text; signing opens.
    ///
    /// # Errors
    /// As [`Agreement::may_freeze`].
    pub fn freeze(&mut self, roster: &Roster, version: i32, text: FrozenText) -> Result<(), Refusal> {
        self.may_freeze(roster, version)?;
        self.required = Self::signatories(roster);
        self.frozen = Some(text);
        self.state = AgreementState::Signing;
        self.reopened_reason = None;
        Ok(())
    }

    fn clause_mut(&mut self, id: ClauseId) -> Result<&mut Clause, Refusal> {
        self.clauses.iter_mut().find(|c| c.id == id).ok_or_else(|| Refusal::not_found("not_found"))
    }

    fn changed(&mut self) {
        self.version += 1;
        for (position, clause) in (1..).zip(&mut self.clauses) {
            clause.position = position;
        }
    }
}
