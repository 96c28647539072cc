//! The hard stop (PML 17, 23; R1, R2): a party does not want mediation.

use chrono::{DateTime, Utc};
use domain::case::{By, Event, Ground};
use domain::timeline::Draft;
use domain::{Case, CaseState, SessionId, case};
use serde_json::json;
use store::Tx;

use crate::problem::Answer;
use crate::state::AppState;

/// Before acceptance the refusal bars it and may still be thought over. From acceptance on it ends the case; the
/// sittings to be called off (by [`cancel`], after the commit) are answered.
pub(in crate::api) async fn mediation_refused(
    tx: &Tx,
    mut case: Case,
    party: &str,
    now: DateTime<Utc>,
) -> Answer<Vec<SessionId>> {
    if matches!(case.state, CaseState::Registered | CaseState::Triaged) {
        return Ok(Vec::new());
    }
    let Ok(state) = case::next(case.state, &Event::Fail { ground: Ground::PartyUnwilling }, By::Party) else {
        return Ok(Vec::new());
    };
    (case.state, case.updated_at) = (state, now);
    store::case::save(tx, &case).await?;
    let draft = Draft {
        actor: party.to_owned(),
        kind: "case_failed".into(),
        summary: format!("{party}不同意调解，调解终止"),
        data: json!({"ground": Ground::PartyUnwilling}),
    };
    store::timeline::append(tx, case.id, draft, now).await?;
    let sittings = store::sitting::of_case(tx, case.id).await?;
    Ok(sittings.into_iter().filter(|s| !s.phase.is_over()).map(|s| s.id).collect())
}

/// Calls sittings off.
pub(in crate::api) async fn cancel(app: &AppState, sittings: Vec<SessionId>) {
    for session in sittings {
        crate::api::sessions::table::cancel(app, session).await;
    }
}
