//! The states of a case (domain.md §4).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a case has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// 已登记
    Registered,
    /// 已研判
    Triaged,
    /// 不予受理
    NotAccepted,
    /// 已受理
    Accepted,
    /// 已指派
    Assigned,
    /// 调解中
    Mediating,
    /// 中止
    Suspended,
    /// 签署中
    Signing,
    /// 已生效
    Effective,
    /// 司法确认中
    Confirming,
    /// 已履行
    Performed,
    /// 违约
    Breached,
    /// 未成
    Failed,
    /// 已结案
    Closed,
    /// 已归档
    Archived,
}

impl CaseState {
    /// Every state, for tables and tests.
    pub const ALL: [Self; 15] = [
        Self::Registered,
        Self::Triaged,
        Self::NotAccepted,
        Self::Accepted,
        Self::Assigned,
        Self::Mediating,
        Self::Suspended,
        Self::Signing,
        Self::Effective,
        Self::Confirming,
        Self::Performed,
        Self::Breached,
        Self::Failed,
        Self::Closed,
        Self::Archived,
    ];

    /// The mediation's own deadline runs (R22–R24).
    pub fn clock_runs(self) -> bool {
        matches!(self, Self::Accepted | Self::Assigned | Self::Mediating | Self::Signing)
    }

    /// A sitting may be scheduled: the case is accepted and not yet agreed or ended.
    pub fn may_sit(self) -> bool {
        matches!(self, Self::Accepted | Self::Assigned | Self::Mediating | Self::Signing)
    }

    /// Before an agreement takes effect anybody may still stop (R2).
    pub fn is_before_effect(self) -> bool {
        self < Self::Effective && self != Self::NotAccepted
    }
}
