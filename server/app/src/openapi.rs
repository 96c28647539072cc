//! The contract in OpenAPI 3.1, made from the routes themselves; the web client is generated from it.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::problem::ProblemBody;
use crate::router;

/// What the routes cannot say.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "OneDoor",
        description = "Online mediation, from the case to the signed agreement. Errors are RFC 9457 problem+json with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemBody)),
    modifiers(&Bearer)
)]
pub(crate) struct Frame;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let jwt = || {
            SecurityScheme::Http(
                HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build(),
            )
        };
        components.add_security_scheme("staff", jwt());
        components.add_security_scheme("seat", jwt());
    }
}

/// The whole document.
pub fn document() -> utoipa::openapi::OpenApi {
    router::api().into_openapi()
}

/// The text that is committed for the web client and served at `/api/openapi.json`.
pub fn json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document()).map(|text| text + "\n")
}
