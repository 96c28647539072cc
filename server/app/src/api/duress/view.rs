//! A call for help as the incident desk reads it: who, where, which number to ring back, what was done (domain.md §4).

use chrono::{DateTime, Utc};
use domain::duress::{Act, Duress, Place};
use domain::{DuressId, SeatRole};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use crate::problem::{Answer, Problem};

/// A call for help. No case, no side, no paper.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Duress)]
pub(super) struct DuressView {
    id: DuressId,
    /// Who called.
    name: String,
    role: SeatRole,
    /// The centre.
    organization: String,
    /// The room of the sitting.
    room: String,
    place: Place,
    at: DateTime<Utc>,
    /// Whom to ring back.
    callback: Option<Callback>,
    /// Who runs the sitting.
    mediator: String,
    acknowledged_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    log: Vec<LoggedView>,
}

/// A number, and whose it is.
#[derive(Debug, Serialize, ToSchema)]
struct Callback {
    phone: String,
    name: String,
}

/// A line of the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DuressLine)]
struct LoggedView {
    at: DateTime<Utc>,
    by: String,
    act: Act,
    words: String,
}

impl DuressView {
    pub(super) async fn of(tx: &Tx, duress: Duress) -> Answer<Self> {
        let seat = store::seat::find(tx, duress.seat_id).await?.ok_or_else(Problem::not_found)?;
        let sitting = store::sitting::find(tx, duress.session_id).await?.ok_or_else(Problem::not_found)?;
        let case = store::case::find(tx, duress.case_id).await?.ok_or_else(Problem::not_found)?;
        let organization = store::organization::find(tx, case.organization_id).await?;
        let mediator = match case.mediator {
            Some(id) => store::staff::find(tx, id).await?.map(|staff| staff.name),
            None => None,
        };
        // Who sits for a party has no number of their own in the register: the party's is the nearest.
        let parties = store::party::of_case(tx, duress.case_id).await?;
        let party = parties
            .iter()
            .find(|party| Some(party.id) == seat.party_id)
            .or_else(|| parties.iter().find(|party| seat.party_id.is_none() && party.side == seat.side));
        let callback =
            party.and_then(|p| p.phone.clone().map(|phone| Callback { phone, name: p.name.clone() }));
        let log = store::duress::log_of(tx, duress.id).await?;
        Ok(Self {
            id: duress.id,
            name: seat.name,
            role: seat.role,
            organization: organization.map(|found| found.name).unwrap_or_default(),
            room: sitting.room,
            place: duress.place,
            at: duress.at,
            callback,
            mediator: mediator.unwrap_or_default(),
            acknowledged_at: duress.acknowledged_at,
            closed_at: duress.closed_at,
            log: log
                .into_iter()
                .map(|line| LoggedView { at: line.at, by: line.by, act: line.act, words: line.words })
                .collect(),
        })
    }
}
