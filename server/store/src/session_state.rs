//! The last state of a sitting as the live hub had it, so that a replay of the facts can be compared with it.

use chrono::{DateTime, Utc};
use domain::SessionId;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::entity::session_state::{Entity, Model};
use crate::{Result, Tx};

/// A state as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionState {
    /// The number of the last fact in it.
    pub seq: i64,
    /// SHA-256 of its JSON, hex.
    pub sha256: String,
    /// Its JSON, once the sitting is over.
    pub body: Option<String>,
    /// When that fact happened.
    pub at: DateTime<Utc>,
}

/// Puts the newest state in place of the former.
pub async fn keep(tx: &Tx, session: SessionId, state: SessionState) -> Result<()> {
    let SessionState { seq, sha256, body, at } = state;
    let row = Model { session_id: session.0, seq, sha256, body, at };
    let known = Entity::find_by_id(session.0).one(tx.db()).await?.is_some();
    if known {
        Entity::update(row.into_active_model().reset_all()).exec_without_returning(tx.db()).await?;
    } else {
        Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}

/// The state of a sitting; none for one of before this was kept.
pub async fn find(tx: &Tx, session: SessionId) -> Result<Option<SessionState>> {
    let row = Entity::find_by_id(session.0).one(tx.db()).await?;
    Ok(row.map(|Model { seq, sha256, body, at, .. }| SessionState { seq, sha256, body, at }))
}
