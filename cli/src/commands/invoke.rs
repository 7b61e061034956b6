//! `fx invoke FUNCTION`: call one function, whatever triggers it, and print its answer.

mod choice;
mod remote;
mod reply;

use std::{io::Read, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use clap::Args;
use fx_build::Cancel;
use fx_provider::emulator::complete;
use fx_spec::{
    Problem, Unit,
    route::Route,
    service::{Function, TriggerKind},
};
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use self::{
    choice::{Choice, Kind},
    reply::Reply,
};
use crate::{
    args::FileArgs,
    codes,
    deploy::{run, target::TargetArgs},
    dev::{console::Console, control::Address, dispatch::Dispatch, steps::Steps},
    local::{
        call::{CallError, call},
        prepare::{Checked, to_run_as},
        process::{Running, Said},
        request,
    },
    output::{Output, Report},
    project::{find, root_of},
    targets,
};

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
A timer's name and payload, a bucket, a topic and a log store that are left out
are those of f.yml.

For http, JSON without any of those five keys is the body: -d '{\"name\": \"Ann\"}'
An object that mixes them with other keys is refused; to send it as it is,
put it under `body`: -d '{\"body\": {\"path\": \"/a\", \"colour\": 1}}'

Examples:
  fx invoke hello -d '{\"path\": \"/hello/ann\"}'
  fx invoke purge --remote --provider aliyun --stage staging";

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

    /// The trigger to call it by, where it has several: its name in f.yml, else KIND-FUNCTION [default: the first].
    #[arg(long, value_name = "NAME", conflicts_with = "kind")]
    trigger: Option<String>,

    /// The target to run as [default: that of the running `fx dev`, else local; with --remote `provider.name` of f.yml].
    #[arg(long, value_name = "NAME", value_parser = targets::Names::one())]
    provider: Option<String>,

    /// Call the deployed function, where it is.
    #[arg(long)]
    remote: bool,

    /// With --remote, the region [default: f.yml's, else the platform's own variable or profile].
    #[arg(long, value_name = "REGION", requires = "remote")]
    region: Option<String>,

    /// With --remote, which copy of the service [default: `provider.stage` of f.yml].
    #[arg(long, value_name = "NAME", requires = "remote")]
    stage: Option<String>,

    /// Send the data as it is: an event in the platform's own words, recorded there.
    #[arg(long, conflicts_with_all = ["kind", "trigger"], requires = "data")]
    native: bool,

    #[command(flatten)]
    file: FileArgs,
}

/// What the function is called with.
enum Given {
    /// A request of one of its routes, and what the data says about it.
    Http(Route, Option<Value>),
    /// An event.
    Event(Kind, Value),
    /// A payload of the platform.
    Native(Bytes),
}

impl InvokeCommand {
    /// Calls the function; a failing function makes it fail.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let reply = if self.remote { self.there(output) } else { self.here(output) }?;
        reply.print(output);
        if reply.ok { Ok(()) } else { Err(Report::default()) }
    }

    /// The function that is deployed.
    fn there(&self, output: &Output) -> Result<Reply, Report> {
        let bytes = self.bytes()?;
        let target = TargetArgs {
            file: self.file.clone(),
            provider: self.provider.clone(),
            region: self.region.clone(),
            stage: self.stage.clone(),
        };
        let target = target.resolve_one("a function is called", "fx invoke FUNCTION --remote")?;
        let (unit, function) = choice::function(&target.service, &self.function)?;
        let given = self.given(unit, function, bytes, output)?;
        run::block_on(async |cancel| remote::call(&target.to, unit, function, given, output, cancel).await)?
    }

    /// The function as it is on this machine.
    fn here(&self, output: &Output) -> Result<Reply, Report> {
        let runtime = tokio::runtime::Runtime::new()
            .map_err(|error| Problem::error(codes::SYSTEM, format!("the system refuses what fx needs: {error}")))?;
        let bytes = self.bytes()?;
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
        let (unit, function) = choice::function(checked.service(), &self.function)?;
        let given = self.given(unit, function, bytes, output)?;
        let call = Call {
            function: function.name.value.clone(),
            local: provider.emulator().is_none(),
            given,
            running: running.filter(|address| address.target == target.name),
        };
        runtime.block_on(call.run(checked, *output))
    }

    /// What the function is called with: the data, completed with what f.yml says of the trigger it stands for.
    fn given(
        &self,
        unit: &Unit,
        function: &Function,
        bytes: Option<Vec<u8>>,
        output: &Output,
    ) -> Result<Given, Problem> {
        if self.native {
            return Ok(Given::Native(bytes.unwrap_or_default().into()));
        }
        let data = bytes.as_deref().map(as_json).transpose()?;
        let Choice { kind, trigger, note } =
            choice::trigger(unit, function, self.trigger.as_deref(), self.kind, data.as_ref())?;
        if let Some(note) = note {
            output.note(format_args!("note: {note}"));
        }
        if let TriggerKind::Http(route) = &trigger.trigger.kind {
            return Ok(Given::Http(route.clone(), data));
        }
        let mut data = data.unwrap_or_else(|| json!({}));
        complete(&mut data, &trigger);
        Ok(Given::Event(kind, data))
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

/// One call, ready to go.
struct Call {
    /// The name of the function.
    function: String,
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
        let unit = dispatch.unit_of(&self.function).unwrap_or_default();
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
        let function = &self.function;
        match &self.given {
            Given::Http(route, data) => {
                let mut request = match request::http(route, data.as_ref(), &http.to_string()) {
                    Ok(request) => request,
                    Err(problem) => return Ok(Err(problem.into())),
                };
                // A platform's gateway gives its own.
                let id = if self.local { request::identify(&mut request) } else { None };
                Ok(Ok(Reply::of_request(&call(http, request).await?, id)))
            }
            Given::Event(kind, data) => {
                let request = |control| request::event(function, kind.as_str(), data, control, token);
                send_event(control, request, Some(*kind)).await
            }
            Given::Native(payload) => {
                send_event(control, |control| request::native(function, payload.clone(), control, token), None).await
            }
        }
    }
}

async fn send_event(
    control: Option<SocketAddr>,
    request: impl FnOnce(SocketAddr) -> Result<Request<Full<Bytes>>, Problem>,
    kind: Option<Kind>,
) -> Result<Result<Reply, Report>, CallError> {
    let Some(control) = control else {
        let problem =
            Problem::error(codes::NO_ANSWER, "the unit takes no events: it was built by another version of fx");
        return Ok(Err(problem.into()));
    };
    match request(control) {
        Ok(request) => Ok(Ok(Reply::of_event(&call(control, request).await?, kind))),
        Err(problem) => Ok(Err(problem.into())),
    }
}

fn no_answer(error: &CallError) -> Problem {
    Problem::error(codes::NO_ANSWER, error.to_string())
}

/// What the unit says goes to stderr: stdout is for its answer.
async fn show(mut lines: mpsc::UnboundedReceiver<Said>, output: Output) {
    while let Some(said) = lines.recv().await {
        if !said.line.is_housekeeping() {
            output.note(&said.line);
        }
    }
}
