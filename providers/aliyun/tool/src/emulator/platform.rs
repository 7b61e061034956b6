//! What Function Compute says to a function, and what it lets through.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use fx_provider::{
    deploy::Place,
    emulator::{Body, Failure, Host, Launch, StartError, client, empty},
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, header, request::Parts};

use super::Reported;

/// How long a function may take to listen.
const START: Duration = Duration::from_secs(120);
/// All headers of a request, or of an answer.
const HEADERS: usize = 8 * 1024;
/// Path and query of a request.
const ADDRESS: usize = 4 * 1024;
const ACCOUNT: &str = "1234567890123456";

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Http,
    Event,
    Initialize,
}

/// The platform, as one function sees it.
pub(super) struct Fc {
    name: String,
    memory: u32,
    timeout: u32,
    region: String,
    variables: BTreeMap<String, String>,
    count: AtomicU64,
}

impl Fc {
    pub(super) fn new(launch: &Launch) -> Self {
        let unit = &launch.unit;
        let region = launch.region.clone().unwrap_or_else(|| "cn-hangzhou".to_owned());
        let mut variables = launch.environment.clone();
        variables.entry("PATH".into()).or_insert_with(|| "/usr/local/bin:/usr/bin:/bin".into());
        let code = launch.code.to_string_lossy().into_owned();
        for (name, value) in [
            ("FC_FUNC_CODE_PATH", code),
            ("FC_ACCOUNT_ID", ACCOUNT.to_owned()),
            ("FC_FUNCTION_NAME", unit.name.value.clone()),
            ("FC_FUNCTION_HANDLER", "bootstrap".to_owned()),
            ("FC_FUNCTION_MEMORY_SIZE", unit.memory_size.value.to_string()),
            ("FC_REGION", region.clone()),
            ("FC_INSTANCE_ID", "emulated".to_owned()),
            ("FC_FUNCTION_VERSION", "LATEST".to_owned()),
            // The process ends with the emulator, however that ends.
            ("FX_PARENT_PIPE", "1".to_owned()),
        ] {
            variables.insert(name.to_owned(), value);
        }
        let (memory, timeout) = (unit.memory_size.value, unit.timeout.value);
        Self { name: unit.name.value.clone(), memory, timeout, region, variables, count: AtomicU64::new(0) }
    }

    pub(super) fn place(&self) -> Place {
        Place { account: ACCOUNT.to_owned(), region: self.region.clone() }
    }

    pub(super) fn next_id(&self) -> String {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        format!("1-{:08x}-{number:024x}", std::process::id())
    }

    /// Adds what the platform says with each request.
    pub(super) fn say(&self, headers: &mut HeaderMap, purpose: Purpose, id: &str) {
        let path = match purpose {
            Purpose::Http => "/http-invoke",
            Purpose::Event => "/invoke",
            Purpose::Initialize => "/initialize",
        };
        for (name, value) in [
            ("x-fc-request-id", id.to_owned()),
            ("x-fc-control-path", path.to_owned()),
            ("x-fc-function-name", self.name.clone()),
            ("x-fc-function-handler", "bootstrap".to_owned()),
            ("x-fc-function-memory", self.memory.to_string()),
            ("x-fc-function-timeout", self.timeout.to_string()),
            ("x-fc-region", self.region.clone()),
            ("x-fc-account-id", ACCOUNT.to_owned()),
            ("x-fc-qualifier", "LATEST".to_owned()),
            ("x-fc-version-id", "LATEST".to_owned()),
            ("x-fc-client-ip", client(headers).to_string()),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

impl Host for Fc {
    fn environment(&self, port: u16) -> BTreeMap<String, String> {
        let mut variables = self.variables.clone();
        variables.insert("FC_SERVER_PORT".into(), port.to_string());
        variables.insert("FC_CUSTOM_LISTEN_PORT".into(), port.to_string());
        // On the platform it is 0.0.0.0; a developer's machine is not to be open to its neighbours.
        variables.insert("FX_LISTEN".into(), format!("127.0.0.1:{port}"));
        variables
    }

    fn start_within(&self) -> Duration {
        START
    }

    fn initialize(&self) -> Option<Request<Body>> {
        let mut request = Request::post("/initialize").body(empty()).ok()?;
        let id = self.next_id();
        self.say(request.headers_mut(), Purpose::Initialize, &id);
        Some(request)
    }

    fn refused(&self, answer: &[u8]) -> StartError {
        let reported: Reported = serde_json::from_slice(answer).unwrap_or_default();
        StartError::Refused(Failure::new("FunctionInitializationFailed", reported.error_message))
    }
}

/// Lets a request in: without what only the platform may say, and within its limits.
pub(super) fn before(head: &mut Parts) -> Result<(), String> {
    let foreign = |name: &HeaderName| is_the_platforms(name) || connection(name);
    remove(&mut head.headers, foreign);
    if size(&head.headers) > HEADERS {
        return Err("the headers are larger than 8 KB".to_owned());
    }
    if head.uri.path_and_query().map_or(0, |address| address.as_str().len()) > ADDRESS {
        return Err("path and query are longer than 4 KB".to_owned());
    }
    Ok(())
}

/// Lets an answer out.
pub(super) fn after(headers: &mut HeaderMap) -> Result<(), String> {
    let foreign = |name: &HeaderName| is_the_platforms(name) || connection(name) || *name == header::SERVER;
    remove(headers, foreign);
    if size(headers) > HEADERS { Err("the headers of the answer are larger than 8 KB".to_owned()) } else { Ok(()) }
}

fn is_the_platforms(name: &HeaderName) -> bool {
    name.as_str().starts_with("x-fc-")
}

fn connection(name: &HeaderName) -> bool {
    matches!(name.as_str(), "connection" | "keep-alive" | "transfer-encoding" | "upgrade")
}

fn remove(headers: &mut HeaderMap, foreign: impl Fn(&HeaderName) -> bool) {
    let names: Vec<_> = headers.keys().filter(|name| foreign(name)).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_speaks_in_the_name_of_the_platform() {
        let request = Request::get("/").header("x-fc-control-path", "/invoke").header("x-a", "1").body(()).unwrap();
        let (mut head, ()) = request.into_parts();
        before(&mut head).unwrap();
        assert_eq!(head.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["x-a"]);
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let head = |path: &str, value: usize| {
            Request::get(path).header("x-a", "v".repeat(value)).body(()).unwrap().into_parts().0
        };
        assert!(before(&mut head("/", 8 * 1024 - 3)).is_ok());
        assert!(before(&mut head("/", 8 * 1024)).is_err());
        assert!(before(&mut head(&format!("/{}", "p".repeat(4096)), 1)).is_err());
    }
}
