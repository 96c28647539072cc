//! The seam to the store: a sitting is its events.

use domain::{CaseId, Paper, SessionId};
use futures_util::future::BoxFuture;
use session::{Session, Setup, Stamped};

use super::ledger::Interval;
use crate::problem::Fault;

/// What the store knows of a sitting.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The case it belongs to.
    pub case: CaseId,
    /// Seats and time as the case file has them now.
    pub setup: Setup,
    /// Everything that happened, in order; empty for a sitting nobody has come to yet.
    pub events: Vec<Stamped>,
    /// The papers of the case, as the case file has them now.
    pub papers: Vec<Paper>,
}

/// What is to be stored in one transaction: the facts, and the state they lead to.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The case whose timeline grows.
    pub case: CaseId,
    /// The state after the facts.
    pub session: &'a Session,
    /// The facts, in order.
    pub facts: &'a [Stamped],
    /// Intervals of the hearing ledger that ended.
    pub heard: &'a [Interval],
}

/// Keeps the events of sittings.
pub trait Journal: Send + Sync + 'static {
    /// A sitting; none if there is no such one.
    fn load(&self, session: SessionId) -> BoxFuture<'_, Result<Option<Loaded>, Fault>>;
    /// Stores facts, the phase in the case file and the entries of the timeline together, or nothing of it.
    fn append<'a>(&'a self, page: Page<'a>) -> BoxFuture<'a, Result<(), Fault>>;
    /// Sittings whose rooms must be governed before anybody can come: all that are not long over.
    fn rooms(&self) -> BoxFuture<'_, Result<Vec<SessionId>, Fault>>;
}
