//! `fx invoke FUNCTION`: call one function, whatever triggers it, and print its answer.

use std::{collections::BTreeSet, io::Read, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use clap::{Args, ValueEnum};
use fx_build::Cancel;
use fx_spec::{Problem, Service, nearest::nearest, service::Function};
use http::{Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    args::FileArgs,
    codes,
    dev::{console::Console, control::Address, dispatch::Dispatch, steps::Steps},
    local::{
        call::{CallError, call},
        prepare::{Checked, to_run_as},
        process::{Running, Said},
        request,
    },
    output::{Output, Report, describe},
    project::{find, root_of},
    targets,
};

/// What to do about a function that nothing triggers.
const NO_TRIGGER: &str = "give it one under `events` in f.yml: http, timer, os (object), mq (message) or log";

/// What to do about a message's payload that stands where the message itself belongs.
const UNDER_BODY: &str = "put the message under `body`: -d '{\"topic\": \"todo\", \"body\": {\"id\": 7}}'";

/// How long the unit may take to end after its only call.
const GRACE: Duration = Duration::from_secs(5);

/// What `-d` looks like for each kind of call.
const SHAPES: &str = "\
What -d takes, by the kind of call:
  timer    {name, scheduled, payload}
           -d '{\"name\": \"purge\", \"scheduled\": \"2026-01-05T03:00:00Z\"}'
  object   {bucket, key, kind: created | removed, size, etag, time}
           -d '{\"bucket\": \"inbox\", \"key\": \"a.csv\", \"kind\": \"created\"}'
  message  {id, topic, tags, attributes, body, time}
           -d '{\"topic\": \"todo\", \"body\": {\"id\": 7}}'
  log      {project, store, lines}
           -d '{\"store\": \"web\", \"lines\": [{\"message\": \"GET / 500\"}]}'
  http     {method, path, query, headers, body}, or the body itself
           -d '{\"path\": \"/user/7\", \"query\": {\"full\": true}}'
Every field may be left out but a message's `body`: its payload goes there.

For http, JSON without any of those five keys is the body: -d '{\"name\": \"Ann\"}'
An object that mixes them with other keys is refused; to send it as it is,
put it under `body`: -d '{\"body\": {\"path\": \"/a\", \"colour\": 1}}'

Example: fx invoke hello -d '{\"path\": \"/hello/ann\"}'";

/// Arguments of `fx invoke`.
#[derive(Debug, Args)]
#[command(after_long_help = SHAPES, after_help = "Example: fx invoke hello -d '{\"path\": \"/hello/ann\"}'; --help has the shapes of -d")]
pub struct InvokeCommand {
    /// Name of the function in f.yml, or its handler.
    function: String,

    /// What to call it with: JSON, @FILE, or - for standard input.
    #[arg(short, long, value_name = "JSON|@FILE|-")]
    data: Option<String>,

    /// The kind of call [default: the function's only trigger].
    #[arg(long = "as", value_name = "KIND")]
    kind: Option<Kind>,

    /// The target to run as [default: that of the running `fx dev`, else local].
    #[arg(long, value_name = "NAME", value_parser = targets::Names::one())]
    provider: Option<String>,

    /// Send the data as it is: an event in the platform's own words, recorded there.
    #[arg(long, conflicts_with = "kind", requires = "data")]
    native: bool,

    #[command(flatten)]
    file: FileArgs,
}

/// What the function is called with.
enum Given {
    /// The trigger's own data.
    Kind(Kind, Option<Value>),
    /// A payload of the platform.
    Native(Bytes),
}

/// Kinds of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Kind {
    Timer,
    Object,
    Message,
    Log,
    Http,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Timer => "timer",
            Kind::Object => "object",
            Kind::Message => "message",
            Kind::Log => "log",
            Kind::Http => "http",
        }
    }

    fn of(function: &Function) -> BTreeSet<Self> {
        let all = [Kind::Timer, Kind::Object, Kind::Message, Kind::Log, Kind::Http];
        let kinds: BTreeSet<&str> = function.triggers.iter().map(|trigger| describe::kind(&trigger.kind)).collect();
        all.into_iter().filter(|kind| kinds.contains(kind.as_str())).collect()
    }
}

/// What came back.
struct Reply {
    ok: bool,
    value: Value,
    help: Option<&'static str>,
}

impl InvokeCommand {
    /// Calls the function; a failing function makes it fail.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let runtime = tokio::runtime::Runtime::new()
            .map_err(|error| Problem::error(codes::SYSTEM, format!("the system refuses what fx needs: {error}")))?;
        let bytes = self.bytes()?;
        let data = if self.native { None } else { bytes.as_deref().map(as_json).transpose()? };
        let file = find(&self.file)?;
        let running = running(&file)?;
        let name = self.provider.as_deref().or(running.as_ref().map(|address| address.target.as_str()));
        let provider = to_run_as(name.unwrap_or(targets::LOCAL.name))?;
        let target = provider.capabilities();
        if self.native && provider.emulator().is_none() {
            let message = format!("{} has no events of its own", target.title);
            return Err(Problem::error(codes::INVOCATION, message)
                .help("say with --provider whose event it is")
                .into());
        }
        let checked = Checked::load(&file, provider)?;
        let function = find_function(checked.service(), &self.function)?.clone();
        let given = match bytes.filter(|_| self.native) {
            Some(payload) => Given::Native(payload.into()),
            None => Given::Kind(self.kind(&function)?, data),
        };
        let call = Call {
            function,
            local: provider.emulator().is_none(),
            given,
            running: running.filter(|address| address.target == target.name),
        };
        let reply = runtime.block_on(call.run(checked, *output))?;
        print(&reply, output);
        if reply.ok { Ok(()) } else { Err(Report::default()) }
    }

    fn bytes(&self) -> Result<Option<Vec<u8>>, Problem> {
        let Some(data) = &self.data else { return Ok(None) };
        let unreadable =
            |what: &str, error: std::io::Error| Problem::error(codes::DATA, format!("cannot read {what}: {error}"));
        if data == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).map_err(|error| unreadable("standard input", error))?;
            return Ok(Some(bytes));
        }
        match data.strip_prefix('@') {
            Some(path) => std::fs::read(path).map(Some).map_err(|error| unreadable(path, error)),
            None => Ok(Some(data.clone().into_bytes())),
        }
    }

    fn kind(&self, function: &Function) -> Result<Kind, Problem> {
        let kinds = Kind::of(function);
        if let Some(kind) = self.kind {
            return if kinds.contains(&kind) { Ok(kind) } else { Err(has_no(function, kind, &kinds)) };
        }
        let mut all = kinds.iter().copied();
        match (all.next(), all.next()) {
            (Some(kind), None) => Ok(kind),
            (None, _) => {
                Err(Problem::error(codes::INVOCATION, format!("`{}` has no trigger", function.name.value))
                    .help(NO_TRIGGER))
            }
            _ => {
                let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
                let message = format!("`{}` has several kinds of trigger", function.name.value);
                Err(Problem::error(codes::INVOCATION, message).help(format!("choose one: --as {}", words.join(" | "))))
            }
        }
    }
}

fn has_no(function: &Function, kind: Kind, kinds: &BTreeSet<Kind>) -> Problem {
    let message = format!("`{}` has no {} trigger", function.name.value, kind.as_str());
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let help = match words.as_slice() {
        [] => NO_TRIGGER.to_owned(),
        words => format!("it can be called --as {}", words.join(" | ")),
    };
    Problem::error(codes::INVOCATION, message).help(help)
}

fn as_json(bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        Problem::error(codes::DATA, format!("the data is not JSON: {error}"))
            .help("write it as -d '{\"key\": \"value\"}', or keep it in a file: -d @data.json")
    })
}

/// The address that a running `fx dev` of this f.yml left.
fn running(file: &Path) -> Result<Option<Address>, Report> {
    let root = root_of(file)?;
    Ok(file.canonicalize().ok().and_then(|file| Address::read(&root, &file)))
}

fn find_function<'a>(service: &'a Service, name: &str) -> Result<&'a Function, Problem> {
    let all = || service.units.iter().flat_map(|unit| &unit.functions);
    let found = all()
        .find(|function| function.name.value == name)
        .or_else(|| all().find(|function| function.handler.value == name));
    found.ok_or_else(|| {
        let names: Vec<&str> =
            all().flat_map(|function| [function.name.value.as_str(), function.handler.value.as_str()]).collect();
        let problem = Problem::error(codes::FUNCTION, format!("f.yml has no function `{name}`"));
        match (nearest(name, names.iter().copied()), names.is_empty()) {
            (Some(near), _) => problem.help(format!("did you mean `{near}`?")),
            (None, true) => problem.help("f.yml has no functions at all"),
            (None, false) => {
                let names: Vec<&str> = all().map(|function| function.name.value.as_str()).collect();
                problem.help(format!("it has {}", names.join(", ")))
            }
        }
    })
}

/// One call, ready to go.
struct Call {
    function: Function,
    /// Whether the unit takes over the request id that it is given.
    local: bool,
    given: Given,
    running: Option<Address>,
}

impl Call {
    /// Through a running `fx dev` if there is one; else the unit is built and started for this call only.
    async fn run(self, checked: Checked, output: Output) -> Result<Reply, Report> {
        if let Some(address) = &self.running {
            let token = Some(address.token.as_str());
            match self.send(address.http, Some(address.control), token).await {
                // It ended without taking its address away.
                Err(CallError::Connect { .. }) => {}
                answer => return answer.map_err(|error| no_answer(&error))?,
            }
        }
        let console = Arc::new(Console::new(output));
        let dispatch = Dispatch::new(checked.service());
        let unit = dispatch.unit_of(&self.function.name).unwrap_or_default();
        let prepared = {
            let (console, cancel) = (Arc::clone(&console), Cancel::new());
            let on_signal = cancel.clone();
            let signal = tokio::spawn(async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    on_signal.cancel();
                }
            });
            let build = move || checked.build(&cancel, &Steps(console));
            let built = tokio::task::spawn_blocking(build).await;
            signal.abort();
            built
                .map_err(|error| Problem::error(codes::SYSTEM, format!("fx itself failed while building: {error}")))??
        };
        console.progress_done();
        // From here on there is nothing to tidy up: the unit ends with the pipe that this process holds.
        tokio::spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        });
        let Some(plan) = prepared.plans.get(unit) else {
            return Err(Problem::error(codes::FUNCTION, "no unit holds this function").into());
        };
        let (said, lines) = mpsc::unbounded_channel();
        tokio::spawn(show(lines, output));
        let running = Running::start(plan, said).await.map_err(|error| crate::dev::supervisor::not_started(&error))?;
        let answer = self.send(running.http, running.control, None).await;
        running.stop(GRACE).await;
        answer.map_err(|error| no_answer(&error))?
    }

    async fn send(
        &self,
        http: SocketAddr,
        control: Option<SocketAddr>,
        token: Option<&str>,
    ) -> Result<Result<Reply, Report>, CallError> {
        if let Given::Kind(Kind::Http, data) = &self.given {
            let mut request = match request::http(&self.function, data.as_ref(), http) {
                Ok(request) => request,
                Err(problem) => return Ok(Err(problem.into())),
            };
            // A platform's gateway gives its own.
            let id = if self.local { request::identify(&mut request) } else { None };
            return Ok(Ok(http_reply(&call(http, request).await?, id)));
        }
        let Some(control) = control else {
            let problem =
                Problem::error(codes::NO_ANSWER, "the unit takes no events: it was built by another version of fx");
            return Ok(Err(problem.into()));
        };
        let function = &self.function.name;
        let request = match &self.given {
            Given::Native(payload) => request::native(function, payload.clone(), control, token),
            Given::Kind(kind, data) => {
                let data = data.clone().unwrap_or_else(|| json!({}));
                request::event(function, kind.as_str(), &data, control, token)
            }
        };
        match request {
            Ok(request) => Ok(Ok(event_reply(&call(control, request).await?, &self.given))),
            Err(problem) => Ok(Err(problem.into())),
        }
    }
}

fn no_answer(error: &CallError) -> Problem {
    Problem::error(codes::NO_ANSWER, error.to_string())
}

/// What the function answered to a request with this id: an error is a failed call, as it is for an event.
fn http_reply(response: &Response<Bytes>, id: Option<String>) -> Reply {
    let headers: serde_json::Map<String, Value> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
        .collect();
    let answered = response.headers().get(request::ID).map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
    let id = answered.or(id);
    let text = String::from_utf8_lossy(response.body());
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("application/json")));
    let body = serde_json::from_str(&text).ok().filter(|_| is_json).unwrap_or_else(|| Value::from(text.as_ref()));
    let ok = response.status().as_u16() < 400;
    let result = json!({ "status": response.status().as_u16(), "headers": headers, "body": body });
    Reply { ok, value: json!({ "ok": ok, "result": result, "requestId": id }), help: None }
}

fn event_reply(response: &Response<Bytes>, given: &Given) -> Reply {
    let ok = response.status() == StatusCode::OK;
    let value: Value = serde_json::from_slice(response.body()).unwrap_or_else(|_| {
        let message = String::from_utf8_lossy(response.body());
        json!({ "ok": false, "error": { "type": response.status().to_string(), "message": message } })
    });
    let message = value.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
    let unwrapped = response.status() == StatusCode::BAD_REQUEST
        && (message.contains("unknown field") || message.contains("missing field `body`"));
    let help = matches!(given, Given::Kind(Kind::Message, _)).then_some(UNDER_BODY).filter(|_| unwrapped);
    Reply { ok, value, help }
}

fn print(reply: &Reply, output: &Output) {
    if output.is_json() {
        output.json(&reply.value);
        return;
    }
    let text = |name: &str| reply.value.pointer(name).and_then(Value::as_str).unwrap_or_default();
    if let Some(status) = reply.value.pointer("/result/status") {
        output.note(format_args!("status {status}"));
    }
    if !text("/requestId").is_empty() {
        output.note(format_args!("request id {}", text("/requestId")));
    }
    if let Some(error) = reply.value.get("error") {
        let kind = error.get("type").and_then(Value::as_str).unwrap_or("error");
        output.note(format_args!("error: {kind}: {}", text("/error/message")));
        if let Some(help) = reply.help {
            output.note(format_args!("help: {help}"));
        }
        return;
    }
    let is_http = reply.value.pointer("/result/headers").is_some() && reply.value.pointer("/result/status").is_some();
    let result = reply.value.pointer(if is_http { "/result/body" } else { "/result" });
    match result {
        Some(Value::Null) if !is_http => output.note("done"),
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => output.line(text.trim_end()),
        Some(value) => output.line(format_args!("{value:#}")),
    }
}

/// What the unit says goes to stderr: stdout is for its answer.
async fn show(mut lines: mpsc::UnboundedReceiver<Said>, output: Output) {
    while let Some(said) = lines.recv().await {
        if !said.line.is_housekeeping() {
            output.note(&said.line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: StatusCode, body: &str) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(body.to_owned()));
        *response.status_mut() = status;
        response
    }

    #[test]
    fn an_error_over_http_is_a_failed_call() {
        for (status, ok) in [(200, true), (302, true), (400, false), (404, false), (500, false)] {
            let reply = http_reply(&answer(StatusCode::from_u16(status).unwrap(), "x"), Some("sent".into()));
            assert_eq!((reply.ok, &reply.value["ok"], &reply.value["requestId"]), (ok, &json!(ok), &json!("sent")));
            assert_eq!(reply.value["result"]["status"], status);
        }
        let mut told = answer(StatusCode::OK, "x");
        told.headers_mut().insert("x-request-id", http::HeaderValue::from_static("its own"));
        assert_eq!(http_reply(&told, Some("sent".into())).value["requestId"], "its own");
    }

    #[test]
    fn a_payload_without_its_message_is_told_where_it_goes() {
        let refused = answer(
            StatusCode::BAD_REQUEST,
            r#"{"ok":false,"error":{"type":"Runtime.BadEvent","message":"unknown field `id7`, expected one of `id`, `body`"}}"#,
        );
        let message = Given::Kind(Kind::Message, None);
        assert!(event_reply(&refused, &message).help.unwrap().starts_with("put the message under `body`"));
        assert_eq!(event_reply(&refused, &Given::Kind(Kind::Timer, None)).help, None);
        let failed = answer(StatusCode::INTERNAL_SERVER_ERROR, r#"{"ok":false,"error":{"message":"unknown field"}}"#);
        assert_eq!(event_reply(&failed, &message).help, None, "the function's own words");
    }
}
