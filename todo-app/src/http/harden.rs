//! What every answer gets and every request must pass.

use fx::{
    axum::{
        extract::Request,
        http::{HeaderName, HeaderValue, Method},
        middleware::Next,
    },
    prelude::*,
};

const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
];

/// Refuses writes from other sites, and adds the headers of a careful service: for `middleware::from_fn`.
pub async fn harden(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = if is_foreign_write(&request) {
        Error::forbidden("writes from other sites are refused").into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if api {
        // Answers differ by cookie; none of them belongs into a cache.
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
    }
    response
}

/// A browser says where a request comes from. The cookie stays away from foreign ones already; this also covers the
/// requests that set it.
fn is_foreign_write(request: &Request) -> bool {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    !reads && request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site")
}
