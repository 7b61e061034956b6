//! Deploys against moto, with a proxy before it that is slow, refuses and loses answers where a test wants it to.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world may as well panic")]

mod buckets;
mod callers;
mod calls;
mod credentials;
mod failures;
mod gateway;
mod ownership;
mod permissions;
mod releases;
mod roles;
mod signatures;
mod site;
mod states;
mod traffic;
mod triggers;

use std::{collections::BTreeMap, time::Duration};

use fx_aws_stub::{
    Proxy, REGION,
    moto::{self, Account},
    plain_client,
};
use fx_aws_tool::provider;
use fx_deploy::{
    Canary, Cancel, CloudError, Failure, Foreign, Known, Observed, Options, Outcome, Patience, Plan, Release, Resource,
    Route, Value, apply, observe, plan,
};
use fx_provider::{
    deploy::{Connection, Identity, Order, Platform},
    testing::artifact,
};
use hyper::Method;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// A secret that must be in no output.
const HUSH: &str = "hush-0123456789";

/// A platform and a service of one unit, `shop`.
struct Cloud {
    proxy: Proxy,
    /// What somebody does by hand.
    hand: Account,
    account: String,
    folder: TempDir,
    platform: OnceCell<Box<dyn Platform>>,
    variables: BTreeMap<String, String>,
    region: Option<&'static str>,
    canary: Option<Canary>,
    options: Options,
    /// Bytes that every package is said to have; `None`: those it has.
    size: Option<u64>,
}

/// Why there was nothing to apply.
#[derive(Debug)]
enum Stopped {
    Foreign(Vec<Foreign>),
    Failed(Failure),
    Refused(CloudError),
}

impl Cloud {
    async fn new() -> Self {
        Self::before(Proxy::start().await, moto::account().await)
    }

    /// A proxy, and the account that is used through it.
    fn before(proxy: Proxy, hand: Account) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let endpoint = ("AWS_ENDPOINT_URL", proxy.address.clone());
        let variables = hand
            .variables
            .clone()
            .into_iter()
            .chain([endpoint])
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let folder = TempDir::new().unwrap();
        let (platform, options) = (OnceCell::new(), Options::default());
        Self {
            proxy,
            account: hand.number.clone(),
            hand,
            folder,
            platform,
            variables,
            region: Some(REGION),
            canary: None,
            options,
            size: None,
        }
    }

    /// The platform, opened once: most of the time of opening it goes into reading this machine's certificates.
    async fn platform(&self) -> &dyn Platform {
        self.platform.get_or_init(|| async { self.connect().await.unwrap() }).await.as_ref()
    }

    /// A second one who works in the same account.
    async fn another(&self) -> Self {
        Self { variables: self.variables.clone(), ..Self::before(self.proxy.clone(), self.hand.clone()) }
    }

    async fn connect(&self) -> Result<Box<dyn Platform>, CloudError> {
        let variables = |name: &str| self.variables.get(name).cloned();
        let settings = BTreeMap::new();
        let home = Some(self.folder.path());
        let connection = Connection { region: self.region, settings: &settings, variables: &variables, home };
        provider().deploy().unwrap().connect(&connection).await
    }

    /// Reads and plans: the wanted resources, the plan, what was observed.
    async fn planned(&self, f_yml: &str, code: &str) -> Result<(Vec<Box<dyn Resource>>, Plan, Observed), Stopped> {
        let platform = self.platform().await;
        let mut document = artifact(f_yml, provider());
        let identity = Identity { service: document.service.clone(), stage: document.stage.clone() };
        let (mut releases, mut environment) = (BTreeMap::new(), BTreeMap::new());
        for unit in &mut document.units {
            let zip = format!("PK {} {code}", unit.name);
            unit.sha256 = Sha256::digest(&zip).iter().map(|byte| format!("{byte:02x}")).collect();
            unit.size = self.size.unwrap_or(zip.len() as u64);
            std::fs::write(self.folder.path().join(&unit.file), zip).unwrap();
            let name = identity.function(&unit.name);
            if let Some(release) = platform.release(&name).await.map_err(Stopped::Refused)? {
                releases.insert(name, release);
            }
            let values = unit.environment.iter().map(|(name, text)| (name.clone(), Value::secret(text.clone())));
            environment.insert(unit.name.clone(), values.collect());
        }
        let order = Order {
            document: &document,
            folder: self.folder.path(),
            identity: &identity,
            environment: &environment,
            releases: &releases,
            canary: self.canary,
            needs: &[],
        };
        let wanted = platform.resources(&order).map_err(Stopped::Refused)?;
        let mut surplus = platform.owned(&identity).await.map_err(Stopped::Refused)?;
        surplus.retain(|resource| wanted.iter().all(|wanted| wanted.id() != resource.id()));
        let observed = observe(&wanted, &patience(), &(), &Cancel::new()).await.map_err(Stopped::Failed)?;
        let plan = plan(&wanted, &surplus, &observed, self.options).map_err(Stopped::Foreign)?;
        Ok((wanted.into_iter().chain(surplus).collect(), plan, observed))
    }

    /// Deploys until an operation has done its work and is gone before the answer comes, as by `kill -9`.
    async fn killed_at(&self, operation: &str, f_yml: &str, code: &str) {
        tokio::select! {
            outcome = self.deploy(f_yml, code) => panic!("it came to an end before {operation}: {outcome:?}"),
            () = self.proxy.until_done(operation) => {}
        }
    }

    /// Deploys, up to the end or the first failure.
    async fn deploy(&self, f_yml: &str, code: &str) -> Outcome {
        match self.planned(f_yml, code).await {
            Ok((resources, plan, observed)) => {
                apply(&plan, &resources, observed.known, &patience(), &(), &Cancel::new()).await
            }
            Err(Stopped::Failed(failure)) => Outcome { failed: vec![failure], ..Outcome::default() },
            Err(Stopped::Refused(error)) => Outcome { failed: vec![Failure { id: None, error }], ..Outcome::default() },
            Err(Stopped::Foreign(foreign)) => panic!("{foreign:?}"),
        }
    }

    /// Deploys, which must succeed, and says what was written.
    async fn deployed(&self, f_yml: &str, code: &str) -> Vec<String> {
        let outcome = self.deploy(f_yml, code).await;
        assert!(outcome.is_success(), "{outcome:?}");
        self.proxy.take_writes()
    }

    async fn release(&self, function: &str) -> Release {
        self.platform().await.release(function).await.unwrap().unwrap()
    }

    /// Moves the alias, as promote and rollback do.
    async fn reroute(&self, route: &Route) -> Vec<String> {
        let platform = self.platform().await;
        let outcome = run(vec![platform.alias("shop", route)], vec![]).await;
        assert!(outcome.is_success(), "{outcome:?}");
        self.proxy.take_writes()
    }

    /// Removes everything of a service.
    async fn remove(&self, service: &str) -> Outcome {
        let platform = self.platform().await;
        let identity = Identity { service: service.to_owned(), stage: None };
        run(vec![], platform.owned(&identity).await.unwrap()).await
    }

    /// Deletes what a removal has left of a function.
    async fn purge(&self, function: &str) {
        let platform = self.platform().await;
        let kept = platform.kept(&[function.to_owned()]).await.unwrap();
        let outcome = run(vec![], kept).await;
        assert!(outcome.is_success(), "{outcome:?}");
    }

    /// Asks moto itself: one of Lambda's reads.
    async fn look(&self, path: &str) -> Json {
        self.ask(Method::GET, "lambda", &format!("/2015-03-31/functions{path}"), &Json::Null).await
    }

    /// The address of a function.
    async fn look_url(&self, function: &str) -> Json {
        let path = format!("/2021-10-31/functions/{function}/url?Qualifier=live");
        self.ask(Method::GET, "lambda", &path, &Json::Null).await
    }

    /// Calls moto itself.
    async fn ask(&self, method: Method, service: &str, path: &str, body: &Json) -> Json {
        self.hand.ask(method, service, path, body).await.unwrap_or_else(|| panic!("moto refuses {path}"))
    }

    /// The names of all functions.
    async fn functions(&self) -> Vec<String> {
        self.hand.functions().await
    }

    /// A function that somebody has made by hand.
    async fn make_function(&self, name: &str, tags: Json) {
        self.hand.make_function(name, &tags).await;
    }

    /// A rule that somebody has made by hand.
    async fn make_rule(&self, name: &str, description: &str) {
        let rule = serde_json::json!({ "Name": name, "Description": description, "ScheduleExpression": "rate(1 day)" });
        self.hand.tell("events", "AWSEvents.PutRule", &rule).await.unwrap();
    }

    /// Takes the queues away from the functions by hand, through the proxy: AWS takes its time for it.
    async fn let_go_of_queues(&self) {
        let path = "/2015-03-31/event-source-mappings";
        let listed = self.ask(Method::GET, "lambda", path, &Json::Null).await;
        for mapping in listed["EventSourceMappings"].as_array().unwrap() {
            let url = format!("{}{path}/{}", self.proxy.address, mapping["UUID"].as_str().unwrap());
            let call = plain_client().delete(url).header("authorization", self.scope("lambda"));
            assert!(call.send().await.unwrap().status().is_success());
        }
        self.proxy.take_calls();
    }

    /// What a service can be called by, and is there before it.
    async fn furnish(&self) {
        self.make_queue("jobs").await;
        self.make_bucket().await;
        self.logs("CreateLogGroup", &serde_json::json!({ "logGroupName": "/web/access" })).await;
    }

    /// Everything that a service can have, at first and after a change of all of it.
    fn everything(&self, changed: bool) -> String {
        let (value, every, awake, hour) = if changed { ("b", "10m", "false", 4) } else { ("a", "5m", "true", 3) };
        let bucket = self.bucket();
        format!(
            "service: shop
provider: {{ memorySize: 256, environment: {{ KEY: '{value}' }} }}
functions:
  shop:
    handler: a.b
    events:
      - http: {{ path: /*, method: any, cors: {{ AllowOrigins: ['https://{value}.example.com'] }} }}
      - timer: {{ name: tick, type: every, value: {every}, payload: {value} }}
      - timer: {{ name: night, type: cron, value: 0 0 {hour} * * *, timezone: Asia/Shanghai }}
      - mq: {{ topic: jobs, enable: {awake} }}
      - os: {{ bucket: {bucket}, events: [created], filter: {{ prefix: {value}/ }} }}
      - log: {{ source: /web/access }}
"
        )
    }

    /// A role that somebody has made by hand.
    async fn make_role(&self, name: &str, path: &str) {
        self.hand.make_role(name, path).await;
    }

    /// A queue that somebody has made by hand.
    async fn make_queue(&self, name: &str) {
        let form = format!("Action=CreateQueue&Version=2012-11-05&QueueName={name}");
        self.hand.post("sqs", &form).await.unwrap();
    }

    /// As much of a signature as moto reads.
    fn scope(&self, service: &str) -> String {
        self.hand.scope(service)
    }
}

/// Reads, plans and applies.
async fn run(wanted: Vec<Box<dyn Resource>>, surplus: Vec<Box<dyn Resource>>) -> Outcome {
    let observed = observe(&wanted, &patience(), &(), &Cancel::new()).await.unwrap();
    let plan = plan(&wanted, &surplus, &observed, Options::default()).unwrap();
    let resources: Vec<_> = wanted.into_iter().chain(surplus).collect();
    apply(&plan, &resources, Known::default(), &patience(), &(), &Cancel::new()).await
}

/// The one failure of a deploy.
fn only_failure(outcome: &Outcome) -> &CloudError {
    assert_eq!(outcome.failed.len(), 1, "{outcome:?}");
    &outcome.failed[0].error
}

/// Enough, and without pauses worth the name.
fn patience() -> Patience {
    let pause = Duration::from_millis(1);
    Patience { first_pause: pause, longest_pause: pause, poll: pause, ..Patience::default() }
}

/// One unit that takes requests, with one variable.
fn shop(value: &str) -> String {
    format!(
        "service: shop\nprovider: {{ memorySize: 256, environment: {{ KEY: '{value}' }} }}\n\
         functions:\n  shop: {{ handler: a.b, events: [ {{ http: {{ path: /*, method: any }} }} ] }}\n"
    )
}

/// The same of a service of several functions at a domain: a route comes, one goes, one moves.
fn everything_public(changed: bool) -> String {
    let (path, shop, more) = if changed { ("/b", "/two", "/one") } else { ("/a", "/one", "/two") };
    format!(
        "service: shop
custom: {{ customDomain: {{ domainName: shop.example.com, certificateArn: 'arn:aws:acm:eu-central-1:1:certificate/one' }} }}
provider: {{ memorySize: 128 }}
functions:
  shop:
    handler: a.b
    events:
      - http: {{ path: {path}, method: get, cors: {{ AllowOrigins: ['https://example.com'] }} }}
      - http: {{ path: {shop}, method: post }}
  more: {{ handler: c.d, events: [ {{ http: {{ path: {more}, method: post }} }} ] }}
"
    )
}
