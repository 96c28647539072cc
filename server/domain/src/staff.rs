//! Organisations and the people who work there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{OrganizationId, StaffId, StaffRole};

/// The level of an organisation; severity decides which level handles a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A grid (网格).
    Grid,
    /// A township centre (乡镇矛调中心).
    Township,
    /// The county centre (县矛调中心).
    County,
}

/// An organisation of the county → township → grid tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Which.
    pub id: OrganizationId,
    /// The one above it.
    pub parent_id: Option<OrganizationId>,
    /// Where it stands in the tree.
    pub level: Level,
    /// The full name, as printed on documents.
    pub name: String,
    /// The short name in numbers: 石桥 in （2026）石桥人调字第17号.
    pub short_name: String,
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// Where.
    pub organization_id: OrganizationId,
    /// In which office.
    pub role: StaffRole,
    /// The name on documents.
    pub name: String,
    /// What stands beside the name: 首席调解员.
    pub title: String,
    /// The sign-in name, lower case.
    pub username: String,
    /// Whether sign-in is open.
    pub active: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
}
