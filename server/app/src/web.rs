//! The built pages: two entries, resident and desk, and their hashed assets.
//!
//! Pages are never cached, assets for ever (their names carry a hash), and a `.gz` beside a file is sent as it is.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, get_service};
use tower::ServiceExt as _;
use tower_http::services::{ServeDir, ServeFile};

use crate::problem::Problem;

const HOME: &str = include_str!("web/home.html");

/// Pages, assets, and what is left over.
pub fn routes<S: Clone + Send + Sync + 'static>(directory: &Path) -> Router<S> {
    let page = |name: &str| get_service(ServeFile::new(directory.join(name)).precompressed_gzip());
    let (resident, desk) = (page("resident.html"), page("desk.html"));
    let pages = Router::new()
        .route("/j/{*rest}", resident.clone())
        .route("/check", resident)
        .route("/desk", desk.clone())
        .route("/desk/{*rest}", desk)
        .layer(middleware::from_fn(page_manners));
    let assets = Router::new()
        .nest_service("/assets", ServeDir::new(directory.join("assets")).precompressed_gzip())
        .layer(middleware::from_fn(forever));
    let files = ServeDir::new(directory).precompressed_gzip().append_index_html_on_directories(false);
    let rest = get(move |request: Request| rest(files.clone(), request));
    Router::new().route("/", get(home)).merge(pages).merge(assets).fallback_service(rest)
}

/// The door for somebody who typed only the address.
async fn home() -> Html<&'static str> {
    Html(HOME)
}

async fn page_manners(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        let words = "The pages are not built yet: run `cargo xtask run`, or `npm run build` in web/.\n";
        return (StatusCode::SERVICE_UNAVAILABLE, words).into_response();
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn forever(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status().is_success() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    }
    response
}

/// Other files of the directory (icons, fonts); under `/api` and for everything absent a problem+json.
async fn rest(files: ServeDir, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    match files.oneshot(request).await {
        Ok(response) if response.status() != StatusCode::NOT_FOUND => response.into_response(),
        Ok(_) => Problem::not_found().into_response(),
        Err(never) => match never {},
    }
}
