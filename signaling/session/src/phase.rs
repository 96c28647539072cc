//! How far a sitting is, and how it ended (domain.md §4 “Session”).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a sitting is. Only the host moves it on; any party may stop it (R2: PML 3, 23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nobody has come yet.
    Scheduled,
    /// The first person is here; everybody waits alone.
    Lobby,
    /// Running. The only phase in which anybody hears anybody.
    Live,
    /// A break, or no mediator is left: nobody hears anybody, everybody keeps the place.
    Paused,
    /// Over, with an [`Outcome`].
    Ended,
    /// It never took place.
    Cancelled,
}

impl Phase {
    /// Whether nothing can change any more.
    pub fn over(self) -> bool {
        matches!(self, Self::Ended | Self::Cancelled)
    }
}

/// How a sitting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An agreement was reached.
    Agreed,
    /// To be continued on another day.
    Adjourned,
    /// No agreement.
    Failed,
    /// A party ended the mediation; no reason is asked (R2).
    Stopped,
}

/// Why a sitting is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// The host called a break.
    Host,
    /// No mediator is left in the sitting: the parties are parted, they are never alone together.
    NeverAlone,
}
