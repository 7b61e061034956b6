//! The same questions to a service wherever it may run: the answers have to be the same, too.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use bytes::Bytes;
use fx_build::Cancel;
use fx_provider::{
    Provider,
    emulator::{Way, complete},
};
use fx_spec::{
    Problem, Service, Unit,
    route::{Methods, Route},
    service::{Function, Trigger, TriggerKind},
};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use crate::{
    codes,
    dev::{console::Console, dispatch::Dispatch, steps::Steps, supervisor::not_started},
    local::{call::call, prepare::Checked, process::Running, request},
    output::Report,
};

/// How long the units may take to end.
const GRACE: std::time::Duration = std::time::Duration::from_secs(3);
/// Headers that belong to one exchange, not to the answer.
const OF_THE_EXCHANGE: [&str; 8] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "server",
    "transfer-encoding",
    "x-fc-request-id",
    "x-request-id",
];

/// A question: a request, or an event for a function.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Question {
    /// What it is called; else what it asks.
    pub name: String,
    /// Method of a request; GET.
    pub method: String,
    /// Path and query of a request.
    pub path: String,
    /// Headers of a request; a list repeats one.
    pub headers: Map<String, Value>,
    /// Body of a request.
    pub body: String,
    /// Body of a request that is not text.
    pub bytes: Vec<u8>,
    /// Whether the status is all that matters: a platform's gateway may give this answer in its own words.
    pub status_only: bool,
    /// The function that an event is for.
    pub function: String,
    /// The event's kind.
    #[serde(rename = "as")]
    pub kind: String,
    /// The event.
    pub data: Map<String, Value>,
}

impl Question {
    /// What it asks.
    pub fn title(&self) -> String {
        match (self.name.is_empty(), self.function.is_empty()) {
            (false, _) => self.name.clone(),
            (true, true) => format!("{} {}", self.method(), self.path),
            (true, false) => format!("{} {}", self.function, self.kind),
        }
    }

    /// It as a user writes it, with its data to be filled in.
    pub fn example(&self) -> String {
        match self.function.is_empty() {
            true => json!({ "method": self.method(), "path": self.path, "body": "" }),
            false => json!({ "function": self.function, "as": self.kind, "data": {} }),
        }
        .to_string()
    }

    fn method(&self) -> &str {
        if self.method.is_empty() { "GET" } else { &self.method }
    }

    fn request(&self) -> Result<Request<Full<Bytes>>, Problem> {
        let bad = |what: &str| Problem::error(codes::DATA, format!("`{}`: this is not {what}", self.title()));
        let mut request = Request::new(Full::default());
        *request.method_mut() = Method::from_bytes(self.method().as_bytes()).map_err(|_| bad("a method"))?;
        *request.uri_mut() = self.path.parse::<Uri>().map_err(|_| bad("a path"))?;
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("service.example"));
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().map_err(|_| bad("a header"))?;
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for value in values {
                let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
                request.headers_mut().append(name.clone(), value.ok_or_else(|| bad("the value of a header"))?);
            }
        }
        let body = if self.bytes.is_empty() { self.body.clone().into_bytes() } else { self.bytes.clone() };
        *request.body_mut() = Full::from(body);
        Ok(request)
    }
}

/// What can be asked of a service without changing anything: its GET routes, and a path that nobody means. None, if it has no GET route.
pub fn questions(service: &Service) -> Vec<Question> {
    let mut paths: Vec<String> = triggers(service)
        .filter_map(|(_, trigger)| match &trigger.kind {
            TriggerKind::Http(route) => get(route).then(|| example(route)),
            _ => None,
        })
        .collect();
    paths.sort();
    paths.dedup();
    let mut questions: Vec<Question> = paths.into_iter().map(|path| Question { path, ..Question::default() }).collect();
    if !questions.is_empty() {
        let name = "GET a path of no route".to_owned();
        questions.push(Question { name, path: "/fx-test/not/there".into(), ..Question::default() });
    }
    questions
}

/// What else the service answers, in f.yml's order: it may change something.
pub fn unasked(service: &Service) -> Vec<Question> {
    // A function can be in two units: its aggregation, and one of its own.
    let mut titles = BTreeSet::new();
    triggers(service)
        .filter_map(|(function, trigger)| match &trigger.kind {
            TriggerKind::Http(route) if get(route) => None,
            TriggerKind::Http(route) => {
                let method = Vec::from(route.methods.clone()).into_iter().next().unwrap_or_default();
                Some(Question { method, path: example(route), ..Question::default() })
            }
            kind => Some(Question {
                function: function.name.value.clone(),
                kind: kind.word().into(),
                ..Question::default()
            }),
        })
        .filter(|question| titles.insert(question.title()))
        .collect()
}

fn triggers(service: &Service) -> impl Iterator<Item = (&Function, &Trigger)> {
    let functions = service.units.iter().flat_map(|unit| &unit.functions);
    functions.flat_map(|function| function.triggers.iter().map(move |trigger| (function, trigger)))
}

fn get(route: &Route) -> bool {
    match &route.methods {
        Methods::Any => true,
        Methods::Some(methods) => methods.iter().any(|method| method.as_str() == "GET"),
    }
}

/// A path that the route takes.
fn example(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with(':') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/").replace('*', "")
}

/// Builds the service for a target, runs it in one of its ways, and asks.
///
/// # Errors
/// It does not build, or does not start.
pub async fn answers(
    file: &Path,
    provider: &'static dyn Provider,
    way: Option<Way>,
    questions: &[Question],
    console: &Arc<Console>,
) -> Result<Vec<String>, Report> {
    let checked = Checked::load(file, provider)?;
    let checked = match way {
        Some(way) => checked.in_way(way),
        None => checked,
    };
    let steps = Steps(Arc::clone(console));
    let built = tokio::task::spawn_blocking(move || checked.build(&Cancel::new(), &steps)).await;
    let prepared =
        built.map_err(|error| Problem::error(codes::SYSTEM, format!("fx itself failed while building: {error}")))??;
    console.progress_done();
    let (said, mut lines) = mpsc::unbounded_channel();
    tokio::spawn(async move { while lines.recv().await.is_some() {} });
    let mut units = Vec::new();
    for plan in &prepared.plans {
        units.push(Running::start(plan, said.clone()).await.map_err(|error| not_started(&error))?);
    }
    let dispatch = Dispatch::new(&prepared.service);
    let mut answers = Vec::new();
    for question in questions {
        answers.push(answer(question, &prepared.service, &units, &dispatch).await?);
    }
    for unit in &units {
        unit.stop(GRACE).await;
    }
    Ok(answers)
}

async fn answer(
    question: &Question,
    service: &Service,
    units: &[Running],
    dispatch: &Dispatch,
) -> Result<String, Report> {
    let no_answer = |error: &dyn std::fmt::Display| format!("no answer: {error}");
    if question.function.is_empty() {
        let request = question.request()?;
        let unit = dispatch.unit(request.method().as_str(), request.uri().path());
        let Some(unit) = units.get(unit) else { return Ok(no_answer(&"the service has no units")) };
        return Ok(match call(unit.http, request).await {
            Ok(response) if question.status_only => format!("status {}", response.status().as_u16()),
            Ok(response) => described(&response),
            Err(error) => no_answer(&error),
        });
    }
    let unit = dispatch.unit_of(&question.function).and_then(|unit| units.get(unit));
    let Some((unit, control)) = unit.and_then(|unit| Some((unit, unit.control?))) else {
        return Ok(no_answer(&format!("no unit holds `{}`", question.function)));
    };
    let mut data = Value::Object(question.data.clone());
    let named = service.units.iter().flat_map(Unit::triggers);
    let mut own = named.filter(|own| own.function.name.value == question.function);
    if let Some(own) = own.find(|own| own.trigger.kind.word() == question.kind) {
        complete(&mut data, &own);
    }
    let request = request::event(&question.function, &question.kind, &data, control, None)?;
    Ok(match call(control, request).await {
        Ok(response) if response.status() == StatusCode::OK => "done".to_owned(),
        // Platforms tell failures in their own words; that it failed is what they agree on.
        Ok(response) if takes_no_events(&response) => "takes no events".to_owned(),
        Ok(_) => "failed".to_owned(),
        Err(error) => format!("no answer of {}: {error}", unit.unit),
    })
}

/// A platform may have a kind of function that cannot be sent events at all.
fn takes_no_events(response: &Response<Bytes>) -> bool {
    response.body().windows(15).any(|window| window == b"takes no events")
}

/// An answer as text, without what belongs to the exchange alone.
fn described(response: &Response<Bytes>) -> String {
    let mut headers: Vec<String> = response
        .headers()
        .iter()
        .filter(|(name, _)| !OF_THE_EXCHANGE.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    headers.sort();
    let body = match serde_json::from_slice(response.body()) {
        Ok(Value::Object(mut document)) => {
            document.remove("requestId");
            Value::Object(document).to_string()
        }
        _ => match std::str::from_utf8(response.body()) {
            Ok(text) if text.len() <= 2000 => text.to_owned(),
            _ => format!("{} bytes, checksum {:016x}", response.body().len(), checksum(response.body())),
        },
    };
    format!("status {}\n{}\n\n{body}", response.status().as_u16(), headers.join("\n"))
}

/// FNV-1a: tells bodies apart that are too long to show.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The first line in which two answers differ.
pub fn difference(here: &str, there: &str) -> Option<(String, String)> {
    if here == there {
        return None;
    }
    let (mut ours, mut theirs) = (here.lines(), there.lines());
    loop {
        match (ours.next(), theirs.next()) {
            (Some(our), Some(their)) if our == their => {}
            (our, their) => return Some((our.unwrap_or("nothing").to_owned(), their.unwrap_or("nothing").to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_the_exchange_is_left_out() {
        let response = |id: &str| {
            let body = format!("{{\"a\":1,\"requestId\":\"{id}\"}}");
            let response = Response::builder().status(500).header("x-request-id", id).header("x-own", "1");
            described(&response.body(Bytes::from(body)).unwrap())
        };
        assert_eq!(response("1"), response("2"));
        assert_eq!(response("1"), "status 500\nx-own: 1\n\n{\"a\":1}");
    }

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(difference("a\nb\nc", "a\nb\nc"), None);
        assert_eq!(difference("a\nb\nc", "a\nx\ny"), Some(("b".into(), "x".into())));
        assert_eq!(difference("a", "a\nx"), Some(("nothing".into(), "x".into())));
    }

    #[test]
    fn get_routes_are_asked_and_all_else_is_named() {
        let yml = "service: s\nfunctions:\n  get: { handler: a, events: [ { http: { path: /a/:id, method: [get, put] } } ] }\n  all: { handler: b, events: [ { http: { path: /f/* } } ] }\n  add: { handler: c, events: [ { http: { path: /a, method: post } }, { timer: { type: every, value: 5m } } ] }\n";
        let document = fx_spec::Document::parse("f.yml", yml, Path::new(".")).unwrap();
        let request =
            fx_spec::Request { target: None, targets: &[], variables: &|_| None, udev: Default::default(), code: &[] };
        let service = document.resolve(&request).service.unwrap();
        let asked: Vec<String> = questions(&service).into_iter().map(|question| question.path).collect();
        assert_eq!(asked, ["/a/1", "/f/", "/fx-test/not/there"]);
        let unasked = unasked(&service);
        let titles: Vec<String> = unasked.iter().map(Question::title).collect();
        assert_eq!(titles, ["POST /a", "add timer"]);
        // What is shown as an example is understood.
        for question in unasked {
            assert_eq!(serde_json::from_str::<Question>(&question.example()).unwrap().title(), question.title());
        }
    }

    #[test]
    fn a_question_is_read_from_data() {
        let question: Question =
            serde_json::from_str(r#"{"method":"POST","path":"/a","headers":{"x-a":["1","2"]},"bytes":[255]}"#).unwrap();
        let request = question.request().unwrap();
        assert_eq!((request.method().as_str(), request.headers().get_all("x-a").iter().count()), ("POST", 2));
        assert_eq!(question.title(), "POST /a");
    }
}
