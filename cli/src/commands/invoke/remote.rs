//! `fx invoke --remote`: the function where it is deployed, called as its platform's own triggers call it.

use bytes::Bytes;
use fx_deploy::{Cancel, CloudError, Http, Kind as Failing, Patience, observe};
use fx_provider::{
    deploy::{Address, Invoked},
    emulator::{Failure, Occurrence, Sender, Sent, read},
};
use fx_spec::{Problem, Unit, service::Function};
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full};

use super::{
    Given,
    choice::Kind,
    reply::{Reply, under_body},
};
use crate::{
    codes,
    deploy::{
        bars::Bars,
        session::{Destination, Session, cloud, failed, holds, problem},
    },
    local::request,
    output::{Output, Report},
};

/// More than any platform lets a function answer.
const LARGEST_ANSWER: usize = 64 << 20;

/// A deployed function, and how its platform calls it.
struct There<'a> {
    session: &'a Session,
    sender: &'a dyn Sender,
    unit: &'a Unit,
    /// Its name on the platform.
    name: String,
    cancel: &'a Cancel,
}

/// Calls a function of a deployed unit.
pub(super) async fn call(
    to: &Destination,
    unit: &Unit,
    function: &Function,
    given: Given,
    output: &Output,
    cancel: &Cancel,
) -> Result<Reply, Report> {
    let bars = Bars::new(*output);
    let reply = called(to, unit, function, given, &bars, cancel).await;
    bars.clear();
    reply
}

async fn called(
    to: &Destination,
    unit: &Unit,
    function: &Function,
    given: Given,
    bars: &Bars,
    cancel: &Cancel,
) -> Result<Reply, Report> {
    let title = to.provider.capabilities().title;
    let sender = to.provider.sender().ok_or_else(|| {
        Problem::error(codes::NOT_FOR_TARGET, format!("fx does not know how {title} calls functions"))
    })?;
    bars.wait(&format!("asking {title} for the function"));
    let session = Session::open(to, cancel).await?;
    let name = to.identity.function(&unit.name.value);
    let owned = session.owned().await?;
    if !holds(&owned, &name) {
        let releases = session.releases(std::slice::from_ref(&name)).await?;
        return Err(session.not_ours(&name, releases.contains_key(&name)).into());
    }
    let there = There { session: &session, sender, unit, name, cancel };
    match given {
        Given::Http(route, data) => {
            let observed = observe(&owned, &Patience::default(), bars, cancel).await.map_err(|error| failed(&error))?;
            let address = there.address(&session.platform.addresses(&observed.known))?;
            let host = address.split_once("://").map_or(address.as_str(), |(_, host)| host);
            let request = request::http(&route, data.as_ref(), host)?;
            bars.wait(&format!("waiting for {}", there.name));
            there.request(request, &address).await
        }
        Given::Event(kind, data) => {
            let occurrence = Occurrence::read(unit, &function.name.value, kind.as_str(), &data);
            let sent = occurrence.and_then(|occurrence| sender.event(&occurrence, session.platform.place()));
            let sent = sent.map_err(|failure| unfit(kind, &failure))?;
            bars.wait(&format!("waiting for {}", there.name));
            there.event(sent).await
        }
        Given::Native(payload) => {
            bars.wait(&format!("waiting for {}", there.name));
            there.event(payload.into()).await
        }
    }
}

impl There<'_> {
    /// The function's own address, else one that it shares with others.
    fn address(&self, addresses: &[Address]) -> Result<String, Problem> {
        let own = |address: &&Address| address.function.as_ref() == Some(&self.name);
        let shared = |address: &&Address| address.function.is_none();
        let found = addresses.iter().find(own).or_else(|| addresses.iter().find(shared));
        let found = found.map(|address| address.url.trim_end_matches('/').to_owned());
        found.ok_or_else(|| {
            Problem::error(codes::NOT_DEPLOYED, format!("{} has no address there", self.name))
                .help("`fx deploy` gives it the routes that f.yml says now")
        })
    }

    /// A request, through the front door or to the address itself.
    async fn request(&self, request: Request<Full<Bytes>>, address: &str) -> Result<Reply, Report> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_or_else(|never| match never {}, http_body_util::Collected::to_bytes);
        let Some(door) = self.sender.door(self.unit) else {
            let response = self.visit(Request::from_parts(head, body), address).await?;
            return Ok(Reply::of_request(&response, None));
        };
        let sent = match door.event(&head, &body) {
            Ok(event) => Sent::from(event),
            Err(refusal) => return Ok(Reply::of_request(&whole(*refusal).await?, None)),
        };
        let Invoked { result, request, log } = self.invoke(&sent).await?;
        let reply = match result {
            Ok(answer) => {
                let response = door.response(self.unit, answer.into(), &head.method).await;
                Reply::of_request(&whole(response).await?, request)
            }
            Err(failure) => Reply::of_outcome(Err(failure), request.as_deref()),
        };
        Ok(reply.with_log(log))
    }

    async fn event(&self, sent: Sent) -> Result<Reply, Report> {
        let Invoked { result, request, log } = self.invoke(&sent).await?;
        let outcome = result.and_then(|answer| self.sender.outcome(&sent, answer.as_bytes()));
        Ok(Reply::of_outcome(outcome, request.as_deref()).with_log(log))
    }

    /// Once, and never again by itself: what got no answer may have run.
    async fn invoke(&self, sent: &Sent) -> Result<Invoked, Report> {
        let call = self.session.platform.invoke(&self.name, &sent.payload);
        Ok(self.unless_stopped(call).await?)
    }

    async fn visit(&self, request: Request<Bytes>, address: &str) -> Result<Response<Bytes>, Report> {
        let (mut head, body) = request.into_parts();
        head.headers.remove(header::HOST);
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let http = Http::new().map_err(|error| cloud(&error))?;
        let what = format!("{} {path}", head.method);
        let request = http.client().request(head.method, format!("{address}{path}")).headers(head.headers).body(body);
        let request = request.build().map_err(|error| {
            Problem::error(codes::INVOCATION, format!("cannot ask {address}: {}", error.without_url()))
        })?;
        let answer = self.unless_stopped(http.send(&what, request)).await?;
        let mut response = Response::new(Bytes::from(answer.body));
        (*response.status_mut(), *response.headers_mut()) = (answer.status, answer.headers);
        Ok(response)
    }

    async fn unless_stopped<T>(&self, call: impl Future<Output = Result<T, CloudError>>) -> Result<T, Problem> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => {
                let message = format!("stopped while {} was at work: it may go on to its end", self.name);
                Err(Problem::error(codes::NO_ANSWER, message).help("`fx logs` tells what it did"))
            }
            answer = call => answer.map_err(|error| unanswered(&error)),
        }
    }
}

/// A call is no deploy: what to do about its failure is something else.
fn unanswered(error: &CloudError) -> Problem {
    let help = match error.kind() {
        Failing::Unavailable | Failing::TimedOut => {
            "it may have run: see `fx logs`, and call it again if it may run twice"
        }
        Failing::Busy | Failing::Throttled => "nothing has run: call it again in a moment",
        Failing::NotFound => "`fx info` shows what is deployed, `fx deploy` makes what is missing",
        _ => return problem(None, error),
    };
    Problem::error(codes::CLOUD, error.to_string()).help(help)
}

/// Data of which no trigger makes an event.
fn unfit(kind: Kind, failure: &Failure) -> Problem {
    let problem = Problem::error(codes::DATA, failure.message.clone());
    match under_body(Some(kind), &failure.message) {
        Some(help) => problem.help(help),
        None => problem,
    }
}

async fn whole(response: Response<fx_provider::emulator::Body>) -> Result<Response<Bytes>, Problem> {
    let (head, body) = response.into_parts();
    match read(body, LARGEST_ANSWER).await {
        Ok(Some(body)) => Ok(Response::from_parts(head, body)),
        Ok(None) => Err(Problem::error(codes::NO_ANSWER, "the answer is larger than 64 MB")),
        Err(error) => Err(Problem::error(codes::NO_ANSWER, format!("the answer broke off: {error}"))),
    }
}
