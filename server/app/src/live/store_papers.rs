//! Papers from the store, as far as `domain::access` lets a seat read them.

use domain::access::{Action, Actor};
use domain::{CaseId, SeatId, SeatRole, SessionId};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use store::Store;

use super::papers::{Folder, Paper, Papers};
use crate::api::minutes::EntryView;
use crate::problem::Fault;

/// Reads papers from this store.
#[derive(Clone)]
pub struct StorePapers {
    store: Store,
}

impl StorePapers {
    /// Over this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    async fn read(&self, session: SessionId, seat: SeatId) -> Result<Folder, Fault> {
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
        Ok(Folder { agreement: None, minutes })
    }
}

impl Papers for StorePapers {
    fn folder(&self, _: CaseId, session: SessionId, seat: SeatId) -> BoxFuture<'_, Result<Folder, Fault>> {
        self.read(session, seat).boxed()
    }

    fn may_read(&self, role: SeatRole, paper: &Paper) -> bool {
        Actor::own_seat(role).may(match paper {
            Paper::Agreement(_) => Action::ReadAgreement,
            Paper::Minutes(_) => Action::ReadMinutes,
        })
    }
}
