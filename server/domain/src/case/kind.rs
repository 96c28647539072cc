//! What a dispute is about and how it came in (domain.md §4), with the rules that hang on the kind alone.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The eighteen kinds of the statistics forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeKind {
    /// 婚姻家庭
    Family,
    /// 邻里
    Neighbour,
    /// 房屋宅基地
    HouseSite,
    /// 合同
    Contract,
    /// 生产经营
    Business,
    /// 损害赔偿
    Damage,
    /// 山林土地
    LandForest,
    /// 征地拆迁
    Expropriation,
    /// 环境污染
    Environment,
    /// 劳动争议
    Labour,
    /// 消费
    Consumer,
    /// 医疗
    Medical,
    /// 道路交通事故
    Traffic,
    /// 物业
    PropertyMgmt,
    /// 旅游
    Tourism,
    /// 知识产权
    Ip,
    /// 互联网
    Internet,
    /// 其他
    Other,
}

impl DisputeKind {
    /// R18 (ESL 3): electronic signatures do not hold for marriage, adoption, inheritance.
    pub fn bars_e_signature(self) -> bool {
        self == Self::Family
    }

    /// R23–R25: these laws want writing, an oral agreement does not do.
    pub fn needs_writing(self) -> bool {
        matches!(self, Self::LandForest | Self::Labour | Self::Medical)
    }
}

/// How a case came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// 当事人申请
    PartyApplication,
    /// 主动调解
    CommitteeInitiative,
    /// 公安移送
    PoliceTransfer,
    /// 法院委派委托
    CourtDelegation,
    /// 政府交办
    GovAssignment,
    /// 信访转办
    PetitionTransfer,
    /// 网格上报
    GridReport,
    /// 热线
    Hotline,
}
