//! What every answer says to the browser: run only our own scripts, leak no address, ask for camera and microphone
//! only here (trust.md T3, T7).

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const FIXED: [(HeaderName, &str); 6] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), screen-wake-lock=(self), display-capture=(self), geolocation=(), payment=()",
    ),
];

/// The policy for pages. Styles may stand inline (component libraries position with them); scripts may not.
/// `ws:`/`wss:` of the own host are named because older Safari does not count them as `'self'`.
fn policy(host: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         media-src 'self' blob: mediastream:; font-src 'self' data:; worker-src 'self' blob:; \
         connect-src 'self' ws://{host} wss://{host}; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}

/// Letters a host and port may have; anything else would be an injection into the policy.
pub(crate) fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() < 256
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
}

/// Middleware: adds the headers to every answer that does not bring its own.
pub async fn headers(request: Request, next: Next) -> Response {
    let host =
        request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
    let policy = host.map_or_else(|| policy("localhost"), policy);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t7_no_inline_script_and_no_stranger_in_the_policy() {
        let policy = policy("192.168.1.5:7880");
        assert!(policy.contains("script-src 'self';"));
        assert!(policy.contains("connect-src 'self' ws://192.168.1.5:7880 wss://192.168.1.5:7880;"));
        assert!(is_host("[::1]:7880"));
        assert!(!is_host("evil; script-src *"));
    }
}
