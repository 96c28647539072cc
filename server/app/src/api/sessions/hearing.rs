//! `GET /sessions/{id}/hearing`: who could hear whom, as the forwarding table counted it.
//!
//! A seat reads of itself alone: who received what it sent, and whom it received, interval by interval, with the
//! parties who received nothing. The mediator reads all of it.

use std::collections::HashMap;

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::{CaseId, Seat, SeatId, SeatRole, SessionId, timeline as chain};
use serde::Serialize;
use session::AreaKind;
use store::Tx;
use utoipa::ToSchema;

use crate::api::guard;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::live::{Interval, Listener};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// The hearing ledger of a sitting.
#[derive(Serialize, ToSchema)]
pub(super) struct HearingLedger {
    /// The chain it is part of holds.
    intact: bool,
    /// In the order of time.
    items: Vec<HearingInterval>,
}

/// Between two changes of the forwarding table.
#[derive(Serialize, ToSchema)]
pub(super) struct HearingInterval {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Where the reader was; absent for the mediator's whole reading.
    area: Option<AreaKind>,
    /// Who received from whom.
    pairs: Vec<HearingPair>,
    /// Parties who received nothing of the reader's.
    unreached: Vec<HearingName>,
}

/// Packets that went one way.
#[derive(Serialize, ToSchema)]
pub(super) struct HearingPair {
    from: HearingName,
    /// Absent: the recording of the joint area.
    to: Option<HearingName>,
    audio: u64,
    video: u64,
}

/// A person of the sitting.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct HearingName {
    /// It is the reader.
    me: bool,
    role: SeatRole,
    name: String,
}

impl HearingInterval {
    /// Nothing changed for the reader: that others were moved elsewhere is not the reader's to know.
    fn goes_on_in(&self, next: &Self) -> bool {
        let ways = |one: &Self| -> Vec<(String, Option<String>)> {
            one.pairs.iter().map(|p| (p.from.name.clone(), p.to.as_ref().map(|to| to.name.clone()))).collect()
        };
        self.area == next.area && self.to == next.from && ways(self) == ways(next)
    }

    fn take_in(&mut self, next: Self) {
        self.to = next.to;
        for (sum, more) in self.pairs.iter_mut().zip(next.pairs) {
            sum.audio += more.audio;
            sum.video += more.video;
        }
    }
}

/// Who could hear whom.
#[utoipa::path(
    get,
    path = "/sessions/{id}/hearing",
    tag = "sessions",
    operation_id = "read_hearing",
    params(("id" = SessionId, Path)),
    security(("staff" = []), ("seat" = [])),
    responses(
        (status = 200, body = HearingLedger),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn hearing(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<SessionId>,
) -> Answer<Json<HearingLedger>> {
    let tx = app.store.read().await?;
    let reader = match &caller {
        Caller::Staff(staff) => guard::sitting(&tx, staff, id, Action::ReadTimeline).await.map(|_| None)?,
        Caller::Seat(seat) => Some(guard::seat(&tx, seat, id, Action::ReadOwnHearing).await?.id),
    };
    let sitting = store::sitting::find(&tx, id).await?.ok_or_else(Problem::not_found)?;
    let (intact, intervals) = intervals(&tx, sitting.case_id, id).await?;
    let seats = store::seat::of_session(&tx, id).await?;
    let seats: HashMap<SeatId, &Seat> = seats.iter().map(|seat| (seat.id, seat)).collect();
    let mut items: Vec<HearingInterval> = Vec::new();
    for one in intervals.iter().filter_map(|interval| view(interval, reader, &seats)) {
        match items.last_mut() {
            Some(last) if last.goes_on_in(&one) => last.take_in(one),
            _ => items.push(one),
        }
    }
    Ok(Json(HearingLedger { intact, items }))
}

async fn intervals(tx: &Tx, case: CaseId, id: SessionId) -> Answer<(bool, Vec<Interval>)> {
    let events = store::timeline::of_case(tx, case).await?;
    let intact = chain::verify(case, &events, None).is_ok();
    let of_this = |data: &serde_json::Value| data["session"].as_str() == Some(&id.to_string());
    let intervals = events
        .into_iter()
        .filter(|event| event.kind == "hearing" && of_this(&event.data))
        .filter_map(|event| serde_json::from_value(event.data).ok())
        .collect();
    Ok((intact, intervals))
}

/// The interval as this reader may know it; none if the reader was not let in then.
fn view(
    interval: &Interval,
    reader: Option<SeatId>,
    seats: &HashMap<SeatId, &Seat>,
) -> Option<HearingInterval> {
    let name = |id: SeatId| {
        let seat = seats.get(&id)?;
        Some(HearingName { me: reader == Some(id), role: seat.role, name: seat.name.clone() })
    };
    let concerns = |from: SeatId, to: Listener| match reader {
        Some(me) => from == me || to == Listener::Seat(me),
        None => true,
    };
    let pairs: Vec<HearingPair> = interval
        .pairs
        .iter()
        .filter(|pair| concerns(pair.from, pair.to))
        .filter_map(|pair| {
            let to = match pair.to {
                Listener::Seat(seat) => Some(name(seat)?),
                Listener::Recorder => None,
            };
            Some(HearingPair { from: name(pair.from)?, to, audio: pair.audio, video: pair.video })
        })
        .collect();
    let Some(me) = reader else {
        return Some(HearingInterval {
            from: interval.from,
            to: interval.to,
            area: None,
            pairs,
            unreached: vec![],
        });
    };
    let area = interval.places.get(&me)?.kind();
    let reached = |id: SeatId| interval.pairs.iter().any(|p| p.from == me && p.to == Listener::Seat(id));
    let mut unreached: Vec<HearingName> = seats
        .values()
        .filter(|seat| seat.role.is_party() && seat.id != me && !reached(seat.id))
        .filter_map(|seat| name(seat.id))
        .collect();
    unreached.sort_by(|a, b| a.name.cmp(&b.name));
    Some(HearingInterval { from: interval.from, to: interval.to, area: Some(area), pairs, unreached })
}
