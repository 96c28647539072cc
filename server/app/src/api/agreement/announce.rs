//! Telling everyone at the table, on the live wire, that the agreement has changed.

use domain::{CaseId, SessionId};

use super::view::{AgreementView, of_session};
use crate::live::Paper;
use crate::problem::Fault;
use crate::state::AppState;

/// Pushes the agreement as it is now. For changes that no HTTP call made.
pub(crate) async fn announce(app: &AppState, case: CaseId, session: SessionId) -> Result<(), Fault> {
    let tx = app.store.read().await.map_err(Fault::of("reading an agreement"))?;
    let view = of_session(&tx, case, session, app.config.sends_codes()).await;
    drop(tx);
    match view {
        Ok(Some(view)) => push(app, session, &view).await,
        Ok(None) => Ok(()),
        Err(problem) => Err(Fault::new("reading an agreement", problem.code())),
    }
}

/// Pushes this agreement.
pub(super) async fn push(app: &AppState, session: SessionId, view: &AgreementView) -> Result<(), Fault> {
    let value = serde_json::to_value(view).map_err(Fault::of("writing an agreement"))?;
    app.live.hub.publish(session, Paper::Agreement(value)).await;
    Ok(())
}
