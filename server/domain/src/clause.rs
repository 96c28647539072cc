//! One clause of an agreement: its words, their version, and where each party stands on them.
//!
//! A stance belongs to a version. An edit makes every stance on that clause old, and on that clause only: nobody can be
//! held to words they have not seen, and nobody must say yes again to what did not change.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ClauseId, PartyId, Refusal};

/// A clause longer than this should be two (characters).
pub const LONGEST: usize = 2000;

/// Where a party stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// 同意
    Agree,
    /// 有异议
    Object,
    /// 再想想
    Think,
}

/// A stance a party took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Who.
    pub party_id: PartyId,
    /// What they said.
    pub stance: Stance,
    /// On which version of the words.
    pub version: i32,
    /// When.
    pub at: DateTime<Utc>,
}

/// A clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Which.
    pub id: ClauseId,
    /// Place in the agreement, from 1.
    pub position: i32,
    /// The words, without a number in front.
    pub text: String,
    /// 1, then one more with each edit.
    pub version: i32,
    /// The words before the last edit, to show what changed.
    pub previous_text: Option<String>,
    /// The last stance of each party who took one, old ones included.
    pub stances: Vec<Taken>,
}

impl Clause {
    /// The party's stance on the present words.
    pub fn stance_of(&self, party: PartyId) -> Option<Stance> {
        self.stances.iter().find(|t| t.party_id == party && t.version == self.version).map(|t| t.stance)
    }

    /// Whether the party spoke on older words only.
    pub fn is_stale_for(&self, party: PartyId) -> bool {
        self.stances.iter().any(|t| t.party_id == party && t.version != self.version)
    }

    /// # Errors
    /// `clause_changed` when `version` is not the present one; its params hold the present one.
    pub(crate) fn demand_version(&self, version: i32) -> Result<(), Refusal> {
        if version == self.version {
            Ok(())
        } else {
            Err(Refusal::conflict("clause_changed").with("version", self.version))
        }
    }
}

/// Words fit to be printed and signed: trimmed, not empty, not too long, and without characters that make a text look
/// like another one (controls; the bidirectional overrides of Unicode TR 9).
///
/// # Errors
/// `text_empty`, `text_too_long` or `text_unprintable`.
pub fn printable(raw: &str, longest: usize) -> Result<String, Refusal> {
    let text = raw.trim().replace("\r\n", "\n");
    if text.is_empty() {
        return Err(Refusal::invalid("text_empty"));
    }
    if text.chars().count() > longest {
        return Err(Refusal::invalid("text_too_long").with("longest", longest));
    }
    if text.chars().any(|c| (c.is_control() && c != '\n') || deceives(c)) {
        return Err(Refusal::invalid("text_unprintable"));
    }
    Ok(text)
}

fn deceives(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_would_look_like_others_are_refused() {
        let code = |raw: &str| printable(raw, 20).unwrap_err().code;
        assert_eq!(code("  \n "), "text_empty");
        assert_eq!(code(&"长".repeat(21)), "text_too_long");
        assert_eq!(code("付 \u{202e}0081 元"), "text_unprintable");
        assert_eq!(code("付\u{0}"), "text_unprintable");
        assert_eq!(printable(" 一、付款\r\n二、清理 ", 20).unwrap(), "一、付款\n二、清理");
    }
}
