//! Deploys against moto, with a proxy before it that is slow, refuses and loses answers where a test wants it to.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set up its world may as well panic")]

mod buckets;
mod failures;
mod moto;
mod proxy;
mod releases;
mod triggers;
mod wire;

use std::{collections::BTreeMap, time::Duration};

use fx_aws_tool::provider;
use fx_deploy::{
    Canary, Cancel, CloudError, Failure, Foreign, Known, Observed, Options, Outcome, Patience, Plan, Release, Resource,
    Route, Value, apply, observe, plan,
};
use fx_provider::{
    deploy::{Connection, Identity, Order, Platform},
    testing::artifact,
};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use self::proxy::Proxy;

const REGION: &str = "eu-central-1";
/// A secret that must be in no output.
const HUSH: &str = "hush-0123456789";

/// A platform and a service of one unit, `shop`.
struct Cloud {
    proxy: Proxy,
    account: String,
    folder: TempDir,
    variables: BTreeMap<String, String>,
    canary: Option<Canary>,
    options: Options,
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
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (proxy, account) = (Proxy::start().await, moto::account().await);
        let endpoint = ("AWS_ENDPOINT_URL", proxy.address.clone());
        let variables =
            account.variables.into_iter().chain([endpoint]).map(|(name, value)| (name.to_owned(), value)).collect();
        let folder = TempDir::new().unwrap();
        Self { proxy, account: account.number, folder, variables, canary: None, options: Options::default() }
    }

    async fn connect(&self) -> Result<Box<dyn Platform>, CloudError> {
        let variables = |name: &str| self.variables.get(name).cloned();
        let settings = BTreeMap::new();
        let connection = Connection { region: Some(REGION), settings: &settings, variables: &variables, home: None };
        provider().deploy().unwrap().connect(&connection).await
    }

    /// Reads and plans: the wanted resources, the plan, what was observed.
    async fn planned(&self, f_yml: &str, code: &str) -> Result<(Vec<Box<dyn Resource>>, Plan, Observed), Stopped> {
        let platform = self.connect().await.map_err(Stopped::Refused)?;
        let mut document = artifact(f_yml, provider());
        let identity = Identity { service: document.service.clone(), stage: document.stage.clone() };
        let (mut releases, mut environment) = (BTreeMap::new(), BTreeMap::new());
        for unit in &mut document.units {
            let zip = format!("PK {} {code}", unit.name);
            unit.sha256 = Sha256::digest(&zip).iter().map(|byte| format!("{byte:02x}")).collect();
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
        };
        let wanted = platform.resources(&order).map_err(Stopped::Refused)?;
        let mut surplus = platform.owned(&identity).await.map_err(Stopped::Refused)?;
        surplus.retain(|resource| wanted.iter().all(|wanted| wanted.id() != resource.id()));
        let observed = observe(&wanted, &patience(), &(), &Cancel::new()).await.map_err(Stopped::Failed)?;
        let plan = plan(&wanted, &surplus, &observed, self.options).map_err(Stopped::Foreign)?;
        Ok((wanted.into_iter().chain(surplus).collect(), plan, observed))
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
        self.connect().await.unwrap().release(function).await.unwrap().unwrap()
    }

    /// Moves the alias, as promote and rollback do.
    async fn reroute(&self, route: &Route) -> Vec<String> {
        let platform = self.connect().await.unwrap();
        let outcome = run(vec![platform.alias("shop", route)], vec![]).await;
        assert!(outcome.is_success(), "{outcome:?}");
        self.proxy.take_writes()
    }

    /// Removes everything of a service.
    async fn remove(&self, service: &str) -> Outcome {
        let platform = self.connect().await.unwrap();
        let identity = Identity { service: service.to_owned(), stage: None };
        run(vec![], platform.owned(&identity).await.unwrap()).await
    }

    /// Asks moto itself: one of Lambda's reads.
    async fn look(&self, path: &str) -> Json {
        let scope = self.scope("lambda");
        let url = format!("{}/2015-03-31/functions{path}", moto::address());
        let answer = reqwest::Client::new().get(url).header("authorization", scope).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// The names of all functions.
    async fn functions(&self) -> Vec<String> {
        let listed = self.look("/").await;
        let names = listed["Functions"].as_array().unwrap().iter();
        let mut names: Vec<_> = names.map(|function| function["FunctionName"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// A role that somebody has made by hand.
    async fn make_role(&self, name: &str) {
        let form = format!("Action=CreateRole&Version=2010-05-08&RoleName={name}&AssumeRolePolicyDocument=%7B%7D");
        self.post("iam", form).await;
    }

    /// A queue that somebody has made by hand.
    async fn make_queue(&self, name: &str) {
        self.post("sqs", format!("Action=CreateQueue&Version=2012-11-05&QueueName={name}")).await;
    }

    async fn post(&self, service: &str, form: String) {
        let call = reqwest::Client::new().post(moto::address()).header("authorization", self.scope(service));
        let answer = call.header("content-type", "application/x-www-form-urlencoded").body(form).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// As much of a signature as moto reads: who calls what.
    fn scope(&self, service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={}/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0",
            self.variables["AWS_ACCESS_KEY_ID"]
        )
    }
}

/// Reads, plans and applies.
async fn run(wanted: Vec<Box<dyn Resource>>, surplus: Vec<Box<dyn Resource>>) -> Outcome {
    let observed = observe(&wanted, &patience(), &(), &Cancel::new()).await.unwrap();
    let plan = plan(&wanted, &surplus, &observed, Options::default()).unwrap();
    let resources: Vec<_> = wanted.into_iter().chain(surplus).collect();
    apply(&plan, &resources, Known::default(), &patience(), &(), &Cancel::new()).await
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
