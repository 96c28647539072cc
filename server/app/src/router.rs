//! Every route of the server: a table of contents.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware;
use axum::routing::get;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;
use crate::{api, health, live, measures, openapi, security, web};

/// The API and its document, path by path.
pub fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::Frame::openapi()).nest("/api/v1", api::routes())
}

/// Everything this node answers over HTTP.
pub fn router(app: AppState) -> Router {
    let (api, document) = api().split_for_parts();
    let document: Arc<str> = serde_json::to_string_pretty(&document).unwrap_or_default().into();
    let document =
        get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document.to_string()) });
    let wire = app.wire.router();
    let (body, pages) = (app.config.http.max_body, web::routes(&app.config.web.directory));
    Router::new()
        .merge(api)
        .route("/api/openapi.json", document)
        .merge(live::routes())
        .merge(health::routes())
        .merge(pages)
        .with_state(app)
        .merge(wire)
        .layer(middleware::from_fn(security::headers))
        .layer(middleware::from_fn(measures::answered))
        .layer(DefaultBodyLimit::max(body))
        .layer(TraceLayer::new_for_http().make_span_with(span))
}

/// One span a request. Paths of personal links hold a secret and are cut (trust.md T3: none in logs).
fn span(request: &axum::extract::Request) -> tracing::Span {
    tracing::info_span!("request", method = %request.method(), path = %without_secret(request.uri().path()))
}

fn without_secret(path: &str) -> String {
    for door in ["/api/v1/join/", "/j/"] {
        if let Some(rest) = path.strip_prefix(door) {
            let after = rest.find('/').map_or("", |at| &rest[at..]);
            return format!("{door}…{after}");
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t3_the_secret_of_a_link_is_not_logged() {
        assert_eq!(without_secret("/j/s3cr3t"), "/j/…");
        assert_eq!(without_secret("/api/v1/join/s3cr3t/refuse"), "/api/v1/join/…/refuse");
        assert_eq!(without_secret("/api/v1/cases"), "/api/v1/cases");
    }
}
