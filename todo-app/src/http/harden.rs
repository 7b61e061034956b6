//! What every answer gets and every request must pass.

use std::sync::LazyLock;

use fx::{
    axum::{
        extract::Request,
        http::{HeaderName, HeaderValue, Method},
        middleware::Next,
    },
    prelude::*,
};

const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// What a page may load: what comes with it, and what was uploaded of it. Only this service is talked to.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let policy = policy(fx::assets_url());
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'self'"))
});

fn policy(uploaded: Option<&str>) -> String {
    let from = uploaded.map(|url| format!(" {url}")).unwrap_or_default();
    format!(
        "default-src 'self'{from}; connect-src 'self'; img-src 'self'{from} data:; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

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
    headers.insert("content-security-policy", POLICY.clone());
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

#[cfg(test)]
mod tests {
    use super::policy;

    #[test]
    fn a_page_may_load_what_was_uploaded_of_it_and_talk_to_nobody_else() {
        let said = policy(Some("https://cdn.example/todo/"));
        assert!(
            said.starts_with("default-src 'self' https://cdn.example/todo/; connect-src 'self'; img-src"),
            "{said}"
        );
        assert!(!policy(None).contains("http"), "{}", policy(None));
    }
}
