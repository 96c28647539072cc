//! The door in front of the live wire: a seat token that is good, for this sitting, whose link still stands.

use std::sync::Arc;

use domain::refusal::RefusalKind;
use domain::{Refusal, SeatId, SessionId};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use store::Store;

use super::hub::try_again;
use super::socket::Door;
use crate::clock::Clock;
use crate::tokens::Tokens;

/// Checks tokens against the keys and links against the store.
#[derive(Clone)]
pub struct StoreDoor {
    store: Store,
    tokens: Arc<Tokens>,
    clock: Arc<dyn Clock>,
}

impl StoreDoor {
    /// Over this store.
    pub fn new(store: Store, tokens: Arc<Tokens>, clock: Arc<dyn Clock>) -> Self {
        Self { store, tokens, clock }
    }

    async fn check(&self, session: SessionId, token: &str) -> Result<SeatId, Refusal> {
        let claims = self.tokens.check_seat(self.clock.now(), token).map_err(|refusal| {
            // An expired one is renewed by the client and tried again; any other is nobody's.
            let code = if refusal.code == "token_expired" { "token_expired" } else { "unauthenticated" };
            Refusal::new(RefusalKind::Unauthenticated, code)
        })?;
        if claims.session_id != session {
            return Err(Refusal::forbidden("forbidden"));
        }
        let read = async {
            let tx = self.store.read().await?;
            let seat = store::seat::find_in(&tx, session, claims.seat_id).await?;
            let link = store::seat_link::of_seat(&tx, claims.seat_id).await?;
            Ok::<_, store::StoreError>((seat, link))
        };
        let (seat, link) = read.await.map_err(|error| {
            tracing::error!(%session, %error, "the door cannot read the store");
            try_again()
        })?;
        let seat = seat.ok_or_else(|| Refusal::forbidden("forbidden"))?;
        // Staff have a seat without a link. A link that was issued anew after this token was made replaced another.
        let revoked = link.is_some_and(|link| {
            link.revoked_at.is_some_and(|at| claims.issued_at <= at)
                || claims.issued_at.timestamp() < link.issued_at.timestamp()
        });
        if seat.staff_id.is_none() && revoked {
            return Err(Refusal::new(RefusalKind::Gone, "link_revoked"));
        }
        Ok(seat.id)
    }
}

impl Door for StoreDoor {
    fn seat<'a>(&'a self, session: SessionId, token: &'a str) -> BoxFuture<'a, Result<SeatId, Refusal>> {
        self.check(session, token).boxed()
    }
}
