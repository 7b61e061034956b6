//! The service without a network: its routes and events are those of f.yml, so the tests follow that file.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use fx::{
    Env,
    axum::{
        body::{Body, Bytes, to_bytes},
        extract::ConnectInfo,
        http::{HeaderMap, Request},
    },
};
use fx_runtime::{
    TriggerKind, Unit,
    event::Delivery,
    function::{EventFunction, HttpFunction},
    service::{Invocation, Service},
};
use fx_spec::{Document, Request as SpecRequest, service::TriggerKind as SpecTrigger};
use serde_json::Value;
use tempfile::TempDir;
use todo_app::{events, http, state::AppState};

/// A password that can be registered.
pub const PASSWORD: &str = "correct horse battery";

const SECRET: &str = "only for tests: 0123456789 abcdefghij";

/// A handler and what makes a function of it.
type Named<F> = (&'static str, fn() -> F);

/// The functions by their handlers, as the generated `main` names them.
const HTTP: &[Named<HttpFunction<AppState>>] = &[
    ("index.handler", http::page::__fx_http_index),
    ("api.missing", http::page::__fx_http_missing),
    ("api.currentUser", http::user::__fx_http_current_user),
    ("user.login", http::user::__fx_http_log_in),
    ("user.logout", http::user::__fx_http_log_out),
    ("user.register", http::user::__fx_http_register),
    ("user.list", http::user::__fx_http_list_users),
    ("user.get", http::user::__fx_http_get_user),
    ("rule.list", http::rule::__fx_http_list_rules),
    ("rule.create", http::rule::__fx_http_create_or_dispatch),
    ("rule.update", http::rule::__fx_http_update_rule),
    ("rule.delete", http::rule::__fx_http_delete_rules),
    ("activity.list", http::activity::__fx_http_list_activity),
];

const EVENTS: &[Named<EventFunction<AppState>>] = &[
    ("todo.purge", events::purge::__fx_event_purge),
    ("todo.import", events::import::__fx_event_import),
    ("todo.activity", events::activity::__fx_event_record),
];

/// What the generated `main` would run: built from f.yml at the root, for this computer.
pub fn unit() -> Unit<AppState> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../f.yml");
    let document = Document::read(&file).unwrap();
    let variables = |name: &str| std::env::var(name).ok();
    let resolved = document.resolve(&SpecRequest {
        target: None,
        targets: &[&fx_provider::LOCAL],
        variables: &variables,
        udev: Default::default(),
        code: &[],
    });
    let errors: Vec<_> = resolved.problems.iter().map(|problem| format!("{problem:?}")).collect();
    assert!(!resolved.has_errors(), "{errors:#?}");
    let service = resolved.service.unwrap();
    let [described] = &service.units[..] else { panic!("f.yml has one unit") };

    let mut unit = Unit::new("todo", "todo").timeout(described.timeout.value).app(todo_app::__fx_app_app);
    for function in &described.functions {
        let (name, handler) = (leak(&function.name.value), leak(&function.handler.value));
        let routes: Vec<_> = described.routes.iter().enumerate().filter(|(_, route)| route.function == name).collect();
        if !routes.is_empty() {
            let routes = routes.into_iter().map(|(rank, route)| {
                let methods: Vec<&'static str> =
                    Vec::<String>::from(route.methods.clone()).iter().map(|method| leak(method)).collect();
                (rank, &*methods.leak(), leak(&route.path))
            });
            unit = unit.http(name, handler, routes.collect::<Vec<_>>().leak(), find(HTTP, handler));
        }
        for trigger in &function.triggers {
            let kind = match &trigger.kind {
                SpecTrigger::Http(_) => continue,
                SpecTrigger::Timer { .. } => TriggerKind::Timer,
                SpecTrigger::Object { .. } => TriggerKind::Object,
                SpecTrigger::Message { .. } => TriggerKind::Message,
                SpecTrigger::Log { .. } => TriggerKind::Log,
            };
            unit = unit.event(name, handler, kind, find(EVENTS, handler));
        }
    }
    unit
}

fn find<F>(functions: &[Named<F>], handler: &str) -> fn() -> F {
    let found = functions.iter().find(|(name, _)| *name == handler);
    found.unwrap_or_else(|| panic!("f.yml names the handler {handler}, which the tests do not know")).1
}

/// A unit lives as long as its process.
fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// A running service with a store of its own.
pub struct App {
    service: Service,
    folder: Arc<TempDir>,
    settings: Vec<(String, String)>,
}

impl App {
    /// Guests are admitted, as in `fx dev`.
    pub async fn with_guests() -> Self {
        Self::start(&[("TODO_GUEST", "on")]).await
    }

    /// Nobody is admitted without an account, as in production.
    pub async fn without_guests() -> Self {
        Self::start(&[]).await
    }

    pub async fn start(settings: &[(&str, &str)]) -> Self {
        Self::try_start(settings).await.unwrap()
    }

    pub async fn try_start(settings: &[(&str, &str)]) -> Result<Self, String> {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::open(folder, settings).await
    }

    async fn open(folder: Arc<TempDir>, settings: Vec<(String, String)>) -> Result<Self, String> {
        fx_runtime::assets::unpacked_at(env!("CARGO_MANIFEST_DIR").into());
        let place = |name: &str| folder.path().join(name).display().to_string();
        let mut all = vec![
            ("TODO_JWT_SECRET".to_owned(), SECRET.to_owned()),
            ("TODO_DB_PATH".to_owned(), place("todo.db")),
            ("TODO_OBJECTS".to_owned(), place("objects")),
        ];
        all.extend(settings.iter().cloned());
        let service = Service::start(unit(), Env::of(all), None).await.map_err(|error| error.to_string())?;
        Ok(Self { service, folder, settings })
    }

    /// Stops the service as a signal would, and starts another on the same store.
    pub async fn restart(self) -> Self {
        self.restart_with(&[]).await
    }

    pub async fn restart_with(self, settings: &[(&str, &str)]) -> Self {
        self.service.shutdown().await;
        let mut all = self.settings;
        all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Self::open(self.folder, all).await.unwrap()
    }

    /// Somebody without a cookie.
    pub fn stranger(&self) -> Client {
        Client { service: self.service.clone(), headers: HeaderMap::new(), address: Ipv4Addr::LOCALHOST.into() }
    }

    /// Somebody with the cookie that `currentUser` gives.
    pub async fn guest(&self) -> Client {
        let answer = self.stranger().get("/api/currentUser").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.stranger().with_cookie(&answer.header("set-cookie"))
    }

    /// Somebody who has just registered and logged in.
    pub async fn user(&self, name: &str) -> Client {
        let client = self.stranger();
        let body = serde_json::json!({ "userName": name, "password": PASSWORD, "type": "account" });
        assert_eq!(client.json("POST", "/user/register", body.clone()).await.json()["status"], "ok");
        let answer = client.json("POST", "/api/login/account", body).await;
        assert_eq!(answer.json()["status"], "ok");
        client.with_cookie(&answer.header("set-cookie"))
    }

    /// The same browser, asking this service.
    pub fn as_before(&self, client: &Client) -> Client {
        Client { service: self.service.clone(), ..client.clone() }
    }

    /// Delivers an event.
    pub async fn event(&self, kind: &str, handler: &str, event: Value) -> Result<Value, String> {
        let kind: TriggerKind = serde_json::from_value(kind.into()).unwrap();
        let delivery = Delivery::from_json(kind, &Bytes::from(event.to_string())).unwrap();
        let (_, outcome) = self.service.event(Invocation::default(), handler, delivery).await;
        outcome.map_err(|failure| failure.message)
    }

    /// Uploads a file.
    pub fn put_object(&self, bucket: &str, key: &str, text: &str) {
        let path = self.folder.path().join("objects").join(bucket).join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// A browser.
#[derive(Clone)]
pub struct Client {
    service: Service,
    headers: HeaderMap,
    address: IpAddr,
}

impl Client {
    /// Keeps a `Set-Cookie`.
    pub fn with_cookie(&self, set_cookie: &str) -> Self {
        self.with_header("cookie", set_cookie.split(';').next().unwrap_or_default())
    }

    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.insert(name, value.parse().unwrap());
        client
    }

    pub fn at_address(&self, address: [u8; 4]) -> Self {
        Self { address: address.into(), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, "").await
    }

    pub async fn json(&self, method: &str, path: &str, body: Value) -> Answer {
        self.send(method, path, Some("application/json"), &body.to_string()).await
    }

    pub async fn form(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, path, Some("application/x-www-form-urlencoded"), body).await
    }

    pub async fn send(&self, method: &str, path: &str, content_type: Option<&str>, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request.headers_mut().extend(self.headers.clone());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 5000)));
        let response = self.service.http(Invocation::default(), request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }
}
