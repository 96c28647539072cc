//! The papers on the table: agreement and minutes, as far as a seat may read them.

use domain::{CaseId, SeatId, SessionId};
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::problem::Fault;

/// What one seat may read now, in the shape of the HTTP API.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The agreement.
    pub agreement: Option<Value>,
    /// The minutes, in order.
    pub minutes: Vec<Value>,
}

/// A paper that changed, to be pushed to those who may read it.
#[derive(Clone, Debug)]
pub enum Paper {
    /// The whole agreement.
    Agreement(Value),
    /// One entry of the minutes.
    Minutes(Value),
}

/// Reads papers for the snapshot, and knows who may read what.
pub trait Papers: Send + Sync + 'static {
    /// What this seat may read.
    fn folder(&self, case: CaseId, session: SessionId, seat: SeatId) -> BoxFuture<'_, Result<Folder, Fault>>;
    /// Whether somebody in this role may read this kind of paper.
    fn may_read(&self, role: domain::SeatRole, paper: &Paper) -> bool;
}
