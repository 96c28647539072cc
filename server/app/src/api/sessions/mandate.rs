//! `PUT /sessions/{id}/seats/{seat}/mandate`: what an agent, a guardian or a lawyer may do for a party (R28, R29), as the
//! power of attorney says; it can be handed in while the sitting goes on.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::mandate::AGENTS_AT_MOST;
use domain::timeline::Draft;
use domain::{
    CaseId, LinkState, Mandate, MandateKind, PartyId, Power, Refusal, Right, Seat, SeatId, SeatRole,
    SessionId, Side,
};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::{SeatView, table};
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// For whom, and what. Without a party: the only one of the seat's side.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewMandate {
    party_id: Option<PartyId>,
    kind: MandateKind,
    #[serde(default)]
    powers: Vec<Power>,
    until: Option<DateTime<Utc>>,
}

impl NewMandate {
    /// What somebody of this role has when nothing is said: a guardian all by law, an agent no named power. A lawyer
    /// at one's side is no agent by that alone.
    pub(super) fn unsaid(role: SeatRole) -> Option<Self> {
        let kind = match role {
            SeatRole::Guardian => MandateKind::Statutory,
            SeatRole::Agent => MandateKind::General,
            _ => return None,
        };
        Some(Self { party_id: None, kind, powers: vec![], until: None })
    }
}

/// Writes down what a seat may do for a party.
#[utoipa::path(
    put,
    path = "/sessions/{id}/seats/{seat}/mandate",
    tag = "sessions",
    params(("id" = SessionId, Path), ("seat" = SeatId, Path)),
    request_body = NewMandate,
    security(("staff" = [])),
    responses(
        (status = 200, body = SeatView),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "session_over, too_many_agents"),
        (status = 422, body = ProblemBody, description = "role_invalid, side_invalid, party_unknown, mandate_invalid, mandate_expired"),
    )
)]
pub(super) async fn put(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path((id, seat)): Path<(SessionId, SeatId)>,
    Json(new): Json<NewMandate>,
) -> Answer<Json<SeatView>> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let (sitting, case) = guard::sitting(&tx, &caller, id, Action::ManageSeats).await?;
    if sitting.phase.is_over() {
        return Err(Refusal::conflict("session_over").into());
    }
    let mut seat = store::seat::find_in(&tx, id, seat).await?.ok_or_else(Problem::not_found)?;
    let seats = store::seat::of_session(&tx, id).await?;
    let mandate = given(&tx, case.id, (seat.role, seat.side), Some(seat.id), new, &seats, now).await?;
    if seat.mandate.as_ref() != Some(&mandate) {
        let draft = Draft {
            actor: guard::name(&tx, &caller).await?,
            kind: "mandate_set".into(),
            summary: format!("登记授权：{}", seat.name),
            data: json!({"session": id, "seat": seat.id, "mandate": mandate}),
        };
        store::timeline::append(&tx, case.id, draft, now).await?;
        seat.mandate = Some(mandate);
        store::seat::save_mandate(&tx, &seat).await?;
    }
    let link = store::seat_link::of_seat(&tx, seat.id).await?;
    tx.commit().await?;
    table::refresh(&app, id).await;
    Ok(Json(SeatView::of(seat, link.map_or(LinkState::None, |link| link.state(now)))))
}

/// The mandate a seat gets: for a party of its own side, and no third agent for it (CPL 61).
pub(super) async fn given(
    tx: &Tx,
    case: CaseId,
    (role, side): (SeatRole, Side),
    seat: Option<SeatId>,
    new: NewMandate,
    seats: &[Seat],
    now: DateTime<Utc>,
) -> Answer<Mandate> {
    if !role.has(Right::ActForParty) {
        return Err(Refusal::invalid("role_invalid").into());
    }
    if side == Side::Neutral {
        return Err(Refusal::invalid("side_invalid").into());
    }
    let mut parties = store::party::of_case(tx, case).await?;
    parties.retain(|party| party.side == side && new.party_id.is_none_or(|id| id == party.id));
    let [party] = parties.as_slice() else { return Err(Refusal::invalid("party_unknown").into()) };
    let raw = Mandate {
        party_id: party.id,
        kind: new.kind,
        powers: new.powers.into_iter().collect(),
        until: new.until,
    };
    let mandate = Mandate::parse(role, raw, now)?;
    let agent = |other: &&Seat| {
        other.role != SeatRole::Guardian
            && Some(other.id) != seat
            && other.mandate.as_ref().is_some_and(|m| m.party_id == party.id)
    };
    if role != SeatRole::Guardian && seats.iter().filter(agent).count() >= AGENTS_AT_MOST {
        return Err(Refusal::conflict("too_many_agents").into());
    }
    Ok(mandate)
}
