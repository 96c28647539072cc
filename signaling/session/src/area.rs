//! The areas of a sitting: lobby, joint, caucus (背靠背) and consult. A seat is in exactly one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

use crate::{Floor, Shown, Time};

/// One area. Written `lobby`, `joint`, `caucus-1`, `consult-2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaId {
    /// Not admitted yet, or sent back: everybody is alone in it.
    Lobby,
    /// Everybody together.
    Joint,
    /// The mediator with one side. The number is never used again in the same sitting.
    Caucus(u32),
    /// A lawyer or counsellor with the one they serve.
    Consult(u32),
}

impl AreaId {
    /// What kind of area it is.
    pub fn kind(self) -> AreaKind {
        match self {
            Self::Lobby => AreaKind::Lobby,
            Self::Joint => AreaKind::Joint,
            Self::Caucus(_) => AreaKind::Caucus,
            Self::Consult(_) => AreaKind::Consult,
        }
    }

    /// Whether it is a private one: never recorded, no minutes, only times are logged.
    pub fn private(self) -> bool {
        matches!(self, Self::Caucus(_) | Self::Consult(_))
    }
}

/// The kinds of areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AreaKind {
    /// Everybody alone.
    Lobby,
    /// Everybody together.
    Joint,
    /// The mediator with one side.
    Caucus,
    /// An adviser with the one they serve.
    Consult,
}

/// What the sitting remembers of an open area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// When it was opened.
    pub since: Time,
    /// Since when no mediator is in it, if so: the people in it wait.
    pub unattended_since: Option<Time>,
    /// A host closed the door: who is outside comes in only by invitation.
    #[serde(default)]
    pub locked: bool,
    /// Who has the floor.
    #[serde(default)]
    pub floor: Option<Floor>,
    /// The paper on its table.
    #[serde(default)]
    pub shown: Option<Shown>,
}

impl Area {
    /// Opened now, nobody in it yet.
    pub(crate) fn opened(at: Time) -> Self {
        Self { since: at, unattended_since: Some(at), locked: false, floor: None, shown: None }
    }
}

/// A name that is no area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an area")]
pub struct UnknownArea;

impl fmt::Display for AreaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lobby => f.write_str("lobby"),
            Self::Joint => f.write_str("joint"),
            Self::Caucus(n) => write!(f, "caucus-{n}"),
            Self::Consult(n) => write!(f, "consult-{n}"),
        }
    }
}

impl FromStr for AreaId {
    type Err = UnknownArea;
    fn from_str(s: &str) -> Result<Self, UnknownArea> {
        // `parse` alone would take "+1" and "01": two names for one area.
        let number = |digits: &str| {
            let n: u32 = digits.parse().map_err(|_| UnknownArea)?;
            if n.to_string() == digits && (1..=999).contains(&n) { Ok(n) } else { Err(UnknownArea) }
        };
        match s {
            "lobby" => Ok(Self::Lobby),
            "joint" => Ok(Self::Joint),
            _ => match s.split_once('-') {
                Some(("caucus", n)) => number(n).map(Self::Caucus),
                Some(("consult", n)) => number(n).map(Self::Consult),
                _ => Err(UnknownArea),
            },
        }
    }
}

impl Serialize for AreaId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AreaId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_has_one_name() {
        for id in [AreaId::Lobby, AreaId::Joint, AreaId::Caucus(1), AreaId::Consult(12)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for no in
            ["", "caucus", "caucus-", "caucus-0", "caucus-01", "caucus-+1", "caucus-1000", "Lobby", "room-1"]
        {
            assert_eq!(no.parse::<AreaId>(), Err(UnknownArea), "{no}");
        }
    }
}
