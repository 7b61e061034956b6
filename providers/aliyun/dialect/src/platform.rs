//! What the platform says: by variables once, by headers with every request.

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::extract::Request;
use fx_runtime::{Env, assets, client, context::Place, push, service::Invocation};
use http::HeaderMap;

/// The place this process runs at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Whether it is Function Compute: only there the `x-fc-…` headers of a request come from the platform.
    pub is_here: bool,
    /// What the variables say of where that is.
    pub place: Place,
    code: Option<PathBuf>,
    port: u16,
}

impl Platform {
    /// Reads the variables.
    pub fn of(env: &Env) -> Self {
        let code = env.get("FC_FUNC_CODE_PATH").map(PathBuf::from);
        let port = |name| env.get(name).and_then(|port| port.parse().ok());
        Self {
            is_here: code.is_some() || env.get("FC_FUNCTION_NAME").is_some(),
            place: Place {
                region: env.get("FC_REGION").map(str::to_owned),
                account: env.get("FC_ACCOUNT_ID").map(str::to_owned),
            },
            code,
            port: port("FC_SERVER_PORT").or_else(|| port("FC_CUSTOM_LISTEN_PORT")).unwrap_or(9000),
        }
    }

    pub(crate) fn tell_where_assets_are(&self) {
        if let Some(code) = &self.code {
            assets::unpacked_at(code.clone());
        }
    }

    pub(crate) fn settings(&self, settings: push::Settings, env: &Env) -> push::Settings {
        push::Settings {
            // The platform comes from outside of the loopback interface.
            listen: env.get("FX_LISTEN").map_or_else(|| format!("0.0.0.0:{}", self.port), str::to_owned),
            place: Place {
                region: self.place.region.clone().or(settings.place.region),
                account: self.place.account.clone().or(settings.place.account),
            },
            // It keeps connections through long silence and takes a closed one for a crash.
            head_timeout: if self.is_here { None } else { settings.head_timeout },
            ..settings
        }
    }
}

/// The invocation that a request's headers describe.
pub(crate) fn invocation(headers: &HeaderMap) -> Invocation {
    let told = Invocation {
        request_id: request_id(headers).map(Box::from),
        trace_id: trace(headers).map(Box::from).or_else(|| push::trace_id(headers)),
        ..Invocation::default()
    };
    match text(headers, "x-fc-function-timeout").and_then(|seconds| seconds.parse().ok()) {
        None | Some(0) => told,
        Some(seconds) => told.within(Duration::from_secs(seconds)),
    }
}

/// Where a request says that it is answered.
pub(crate) fn place(headers: &HeaderMap) -> Arc<Place> {
    let said = |name: &str| text(headers, name).filter(|text| !text.is_empty()).map(str::to_owned);
    Arc::new(Place { region: said("x-fc-region"), account: said("x-fc-account-id") })
}

/// Who sent a request. The other end of the connection is the platform, which hands `X-Forwarded-For` on as the client wrote it.
pub(crate) fn name_client(request: &mut Request) {
    let address = text(request.headers(), "x-fc-client-ip").map(str::to_owned);
    client::named(request.extensions_mut(), address.as_deref());
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    text(headers, "x-fc-request-id").filter(|id| !id.is_empty())
}

/// Jaeger's notation: trace:span:parent:flags, the colons percent-encoded by some.
fn trace(headers: &HeaderMap) -> Option<&str> {
    let context = text(headers, "x-fc-tracing-opentracing-span-context")?;
    let id = context.split([':', '%']).next()?;
    (!id.is_empty() && id.len() <= 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn the_port_is_the_platforms() {
        let listen = |pairs: &[(&str, &str)]| {
            let env = Env::of(pairs.iter().copied());
            let settings = push::Settings::from_env(&env).unwrap();
            Platform::of(&env).settings(settings, &env).listen
        };
        assert_eq!(listen(&[]), "0.0.0.0:9000");
        assert_eq!(listen(&[("FC_CUSTOM_LISTEN_PORT", "8000")]), "0.0.0.0:8000");
        assert_eq!(listen(&[("FC_CUSTOM_LISTEN_PORT", "8000"), ("FC_SERVER_PORT", "7000")]), "0.0.0.0:7000");
        assert_eq!(listen(&[("FC_SERVER_PORT", "many"), ("PORT", "80")]), "0.0.0.0:9000");
        assert_eq!(listen(&[("FC_SERVER_PORT", "7000"), ("FX_LISTEN", "127.0.0.1:1")]), "127.0.0.1:1");
    }

    #[test]
    fn connections_may_be_silent_on_the_platform_only() {
        let head_timeout = |pairs: &[(&str, &str)]| {
            let env = Env::of(pairs.iter().copied());
            let settings = push::Settings::from_env(&env).unwrap();
            Platform::of(&env).settings(settings, &env).head_timeout
        };
        assert_eq!(head_timeout(&[("FC_FUNCTION_NAME", "f")]), None);
        assert_eq!(head_timeout(&[("FC_FUNC_CODE_PATH", "/code")]), None);
        assert!(head_timeout(&[("FC_SERVER_PORT", "9000")]).is_some());
    }

    #[test]
    fn headers_become_an_invocation() {
        let told = invocation(&headers(&[
            ("x-fc-request-id", "1-a"),
            ("x-fc-function-timeout", "60"),
            ("x-fc-tracing-opentracing-span-context", "5f2b:1:0:1"),
        ]));
        assert_eq!((told.request_id.as_deref(), told.trace_id.as_deref()), (Some("1-a"), Some("5f2b")));
        let left = told.deadline.unwrap() - Instant::now();
        assert!((55..=60).contains(&left.as_secs()), "{left:?}");
    }

    #[test]
    fn nonsense_is_no_invocation() {
        let told = invocation(&headers(&[
            ("x-fc-request-id", ""),
            ("x-fc-function-timeout", "soon"),
            ("x-fc-tracing-opentracing-span-context", "no trace"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ]));
        assert!(told.request_id.is_none() && told.deadline.is_none());
        assert_eq!(told.trace_id.as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
        assert!(invocation(&headers(&[("x-fc-function-timeout", "18446744073709551615")])).deadline.is_none());
    }
}
