//! Staff sign-in.
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Sign-in, refresh, sign-out.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
