//! Papers from the store, as far as `domain::access` lets a seat read them.

use domain::access::{Action, Actor};
use domain::minutes::Entry;
use domain::{CaseId, SeatId, SeatRole, SessionId};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use store::Store;

use super::papers::{Folder, Paper, Papers};
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
        Ok(Folder { agreement: None, minutes: minutes.iter().map(entry).collect() })
    }
}

/// An entry in the shape of the API (`MinutesEntry`).
fn entry(entry: &Entry) -> Value {
    let confirmations: Vec<Value> = entry
        .confirmations
        .iter()
        .map(|word| json!({"seat_id": word.seat_id, "ok": word.ok, "remark": word.remark, "at": word.at}))
        .collect();
    json!({
        "id": entry.id,
        "seq": entry.seq,
        "at": entry.at,
        "kind": entry.kind,
        "speaker": entry.speaker,
        "text": entry.text,
        "corrects": entry.corrects,
        "confirmations": confirmations,
    })
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
