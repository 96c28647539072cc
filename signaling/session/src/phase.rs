//! Why a sitting stands still. How far it is and how it ended are the case file's words too: `domain::sitting`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a sitting is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// The host called a break.
    Host,
    /// No mediator is left in the sitting: the parties are parted, they are never alone together.
    NeverAlone,
}
