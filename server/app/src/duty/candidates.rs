//! Who can be rung for a case: everybody on a roster that serves it, in the order of ringing, with what keeps them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::duty::Conflict;
use domain::{Case, Duty, OrganizationId, Staff};
use store::Tx;

/// Somebody on a roster.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The line of the roster.
    pub duty: Duty,
    /// Who.
    pub staff: Staff,
    /// In their hours.
    pub on_duty: bool,
    /// Why they may not be rung for this case (R4, R30).
    pub conflict: Option<Conflict>,
    /// Being rung, or with another sitting.
    pub busy: bool,
}

impl Candidate {
    /// Can be rung now.
    pub fn is_free(&self) -> bool {
        self.on_duty && self.conflict.is_none() && !self.busy
    }
}

/// Everybody on a roster that serves this case: resident, rotating, on call; of the nearest organisation first.
pub async fn of_case(tx: &Tx, case: &Case, now: DateTime<Utc>) -> store::Result<Vec<Candidate>> {
    let upwards = upwards(tx, case.organization_id).await?;
    let mut roster = store::duty::of(tx, &upwards).await?;
    let distance: HashMap<OrganizationId, usize> = upwards.into_iter().zip(0..).collect();
    // Within one rank the order of the roster itself stands: the sort is stable.
    roster.sort_by_key(|duty| (duty.residency, distance.get(&duty.organization_id).copied()));
    let parties = store::party::of_case(tx, case.id).await?;
    let mut candidates = Vec::with_capacity(roster.len());
    for duty in roster {
        let Some(staff) = store::staff::find(tx, duty.staff_id).await?.filter(|staff| staff.active) else {
            continue;
        };
        let stands = store::duty::stands(tx, staff.id).await?;
        let declared = store::expert_call::declared_conflict(tx, staff.id, case.id).await?;
        candidates.push(Candidate {
            on_duty: duty.on_duty(now),
            conflict: Conflict::of(case.id, &parties, &stands, declared),
            busy: store::expert_call::is_busy(tx, staff.id).await?,
            duty,
            staff,
        });
    }
    Ok(candidates)
}

/// An organisation and those above it, the nearest first.
pub async fn upwards(tx: &Tx, from: OrganizationId) -> store::Result<Vec<OrganizationId>> {
    let all = store::organization::all(tx).await?;
    let mut path = Vec::new();
    let mut next = Some(from);
    while let Some(id) = next.filter(|id| !path.contains(id)) {
        path.push(id);
        next = all.iter().find(|organization| organization.id == id).and_then(|found| found.parent_id);
    }
    Ok(path)
}
