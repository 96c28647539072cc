//! Papers from the store, as far as `domain::access` lets a seat read them.

use domain::access::{Action, Actor};
use domain::{CaseId, SeatId, SeatRole, SessionId};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use store::{Store, Tx};

use super::papers::{Folder, Paper, Papers};
use crate::api::agreement::of_session;
use crate::api::minutes::EntryView;
use crate::problem::Fault;

/// Reads papers from this store.
#[derive(Clone)]
pub struct StorePapers {
    store: Store,
    sends_codes: bool,
}

impl StorePapers {
    /// Over this store.
    pub fn new(store: Store) -> Self {
        Self { store, sends_codes: false }
    }

    /// The agreement says whether a code is needed to sign: see `Config::sends_codes`.
    #[must_use]
    pub fn with_codes(self, sends_codes: bool) -> Self {
        Self { sends_codes, ..self }
    }

    async fn read(&self, case: CaseId, session: SessionId, seat: SeatId) -> Result<Folder, Fault> {
        let tx = self.store.read().await.map_err(Fault::of("opening the store"))?;
        let seat = store::seat::find_in(&tx, session, seat).await.map_err(Fault::of("reading a seat"))?;
        let Some(seat) = seat else { return Ok(Folder::default()) };
        let minutes = if Actor::own_seat(seat.role).may(Action::ReadMinutes) {
            store::minutes::of_session(&tx, session).await.map_err(Fault::of("reading minutes"))?
        } else {
            Vec::new()
        };
        let minutes = minutes
            .into_iter()
            .map(|entry| serde_json::to_value(EntryView::from(entry)))
            .collect::<Result<_, _>>()
            .map_err(Fault::of("writing minutes as JSON"))?;
        let agreement = if Actor::own_seat(seat.role).may(Action::ReadAgreement) {
            agreement(&tx, case, session, self.sends_codes).await?
        } else {
            None
        };
        Ok(Folder { agreement, minutes })
    }
}

/// The agreement in the shape of the API.
async fn agreement(
    tx: &Tx,
    case: CaseId,
    session: SessionId,
    sends_codes: bool,
) -> Result<Option<Value>, Fault> {
    let found = of_session(tx, case, session, sends_codes).await;
    let found = found.map_err(|problem| Fault::new("reading an agreement", problem.code()))?;
    found.map(serde_json::to_value).transpose().map_err(Fault::of("writing an agreement"))
}

impl Papers for StorePapers {
    fn folder(&self, case: CaseId, session: SessionId, seat: SeatId) -> BoxFuture<'_, Result<Folder, Fault>> {
        self.read(case, session, seat).boxed()
    }

    fn may_read(&self, role: SeatRole, paper: &Paper) -> bool {
        Actor::own_seat(role).may(match paper {
            Paper::Agreement(_) => Action::ReadAgreement,
            Paper::Minutes(_) => Action::ReadMinutes,
        })
    }
}
