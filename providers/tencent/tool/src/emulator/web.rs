//! A web function: a server on port 9000. Here the port is a free one, and the function is told by `FX_LISTEN`.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use fx_provider::emulator::{
    Body, BoxFuture, Event, Failure, Host, Launch, Lines, Platform, Pushed, StartError, Unanswered, client, full, read,
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use serde_json::Value;

use super::{
    PAYLOAD,
    environment::{environment, region},
    status,
};

/// How long a start may take unless f.yml says otherwise.
const INIT: u32 = 65;
/// All headers of an answer.
const HEADERS: usize = 4 * 1024;

/// The platform, as one web function sees it.
struct Scf {
    variables: BTreeMap<String, String>,
    headers: Vec<(&'static str, String)>,
    start_within: Duration,
    count: AtomicU64,
}

impl Scf {
    fn new(launch: &Launch) -> Self {
        let (unit, region) = (&launch.unit, region(launch));
        let mut variables = environment(launch, &region);
        // The process ends with the emulator, however that ends.
        variables.insert("FX_PARENT_PIPE".into(), "1".into());
        let init = unit.init_timeout.as_ref().map_or(INIT, |seconds| seconds.value);
        let headers = vec![
            ("x-scf-memory", unit.memory_size.value.to_string()),
            ("x-scf-timeout", unit.timeout.value.to_string()),
            ("x-scf-version", "$LATEST".to_owned()),
            ("x-scf-name", unit.name.value.clone()),
            ("x-scf-namespace", "default".to_owned()),
            ("x-scf-region", region),
            ("x-scf-appid", "1250000000".to_owned()),
            ("x-scf-uin", "100000000000".to_owned()),
        ];
        Self { variables, headers, start_within: Duration::from_secs(init.into()), count: AtomicU64::new(0) }
    }

    fn say(&self, headers: &mut HeaderMap) {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("{:08x}-0000-4000-8000-{number:012x}", std::process::id());
        let client = client(headers).to_string();
        let own = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in own.chain([("x-scf-request-id", id.as_str()), ("x-scf-remote-addr", client.as_str())]) {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

impl Host for Scf {
    fn environment(&self, port: u16) -> BTreeMap<String, String> {
        let mut variables = self.variables.clone();
        variables.insert("FX_LISTEN".into(), format!("127.0.0.1:{port}"));
        variables
    }

    fn start_within(&self) -> Duration {
        self.start_within
    }

    fn refused(&self, _: &[u8]) -> StartError {
        StartError::Silent(self.start_within)
    }
}

pub(super) struct Web(Arc<Pushed<Scf>>);

impl Web {
    pub(super) async fn start(launch: Launch, lines: Lines) -> Result<Self, StartError> {
        Ok(Self(Pushed::start(Scf::new(&launch), launch, lines).await?))
    }
}

impl Platform for Web {
    fn http(&self, request: Request<Body>) -> BoxFuture<'_, Response<Body>> {
        Box::pin(async move {
            let (mut head, body) = request.into_parts();
            let body = match read(body, PAYLOAD).await {
                Ok(Some(body)) => body,
                Ok(None) => return status::response(&status::too_large("the request")),
                Err(error) => return status::response(&Failure::new("499", format!("the request broke off: {error}"))),
            };
            for name in ["connection", "keep-alive", "transfer-encoding", "upgrade"] {
                head.headers.remove(name);
            }
            self.0.host.say(&mut head.headers);
            let failure = match self.0.send(Request::from_parts(head, full(body))).await {
                Ok(mut response) => {
                    response.headers_mut().remove("connection");
                    let size: usize =
                        response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
                    if size <= HEADERS {
                        return response;
                    }
                    Failure::new("443", "the headers of the response are larger than 4 KB")
                }
                Err(Unanswered::NotStarted(StartError::Silent(_))) => {
                    Failure::new("446", "PortBindingFailed: nothing listens")
                }
                Err(Unanswered::NotStarted(error)) => status::not_started(&error),
                Err(Unanswered::Lost(lost)) => status::lost(&lost, self.0.launch.unit.timeout.value),
                Err(Unanswered::Broken(why)) => Failure::new("443", why),
            };
            status::response(&failure)
        })
    }

    fn invoke(&self, _: Event) -> BoxFuture<'_, Result<Value, Failure>> {
        let message = "a web function of SCF takes no events: use `type: event`, or a unit of its own for them";
        Box::pin(std::future::ready(Err(Failure::new("443", message))))
    }

    fn stop(&self, grace: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.0.stop(grace))
    }
}
