//! Deploys against a platform that is as strict as the real one's documentation, and fails where a test wants it to.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world may as well panic")]

mod failures;
mod ownership;
mod permissions;
mod releases;
mod sdk;
mod traffic;
mod triggers;
mod wire;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use fx_deploy::{
    Canary, Cancel, CloudError, Failure, Foreign, Known, Observed, Options, Outcome, Patience, Plan, Release, Resource,
    Route, Value, apply, observe, plan,
};
use fx_provider::{
    deploy::{Connection, Identity, Order, Platform},
    testing::artifact,
};
use fx_tencent_stub::{REGION, Runner, SECRET_ID, SECRET_KEY, Stub};
use fx_tencent_tool::provider;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A secret that must be in no output.
const HUSH: &str = "hush-0123456789";

/// A platform and a service of one unit, `shop`.
struct Cloud {
    stub: Stub,
    folder: TempDir,
    variables: BTreeMap<String, String>,
    settings: BTreeMap<String, serde_json::Value>,
    canary: Option<Canary>,
    options: Options,
    /// Bytes that packages have more than little.
    padding: usize,
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
        Self::running(None).await
    }

    /// A platform on which what is deployed runs.
    async fn running(runner: Option<Arc<dyn Runner>>) -> Self {
        let stub = Stub::start(runner).await.unwrap();
        let variables = [
            ("TENCENTCLOUD_SECRET_ID", SECRET_ID),
            ("TENCENTCLOUD_SECRET_KEY", SECRET_KEY),
            ("FX_TENCENT_ENDPOINT", &stub.endpoint()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let folder = TempDir::new().unwrap();
        Self {
            stub,
            folder,
            variables,
            settings: BTreeMap::new(),
            canary: None,
            options: Options::default(),
            padding: 0,
        }
    }

    fn set(&mut self, variable: &str, value: &str) {
        self.variables.insert(variable.to_owned(), value.to_owned());
    }

    async fn connect(&self) -> Result<Box<dyn Platform>, CloudError> {
        let variables = |name: &str| self.variables.get(name).cloned();
        let connection =
            Connection { region: Some(REGION), settings: &self.settings, variables: &variables, home: None };
        provider().deploy().unwrap().connect(&connection).await
    }

    /// Reads and plans: the wanted resources, the plan, what was observed.
    async fn planned(&self, f_yml: &str, code: &str) -> Result<(Vec<Box<dyn Resource>>, Plan, Observed), Stopped> {
        let platform = self.connect().await.map_err(Stopped::Refused)?;
        let mut document = artifact(f_yml, provider());
        let identity = Identity { service: document.service.clone(), stage: document.stage.clone() };
        let (mut releases, mut environment) = (BTreeMap::new(), BTreeMap::new());
        for unit in &mut document.units {
            let zip = format!("PK {} {code}{}", unit.name, " ".repeat(self.padding));
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
        self.stub.take_writes()
    }

    async fn release(&self, function: &str) -> Release {
        self.connect().await.unwrap().release(function).await.unwrap().unwrap()
    }

    /// Moves the alias, as promote and rollback do.
    async fn reroute(&self, route: &Route) -> Vec<String> {
        let platform = self.connect().await.unwrap();
        let resources = vec![platform.alias("shop", route)];
        let outcome = run(resources, vec![]).await;
        assert!(outcome.is_success(), "{outcome:?}");
        self.stub.take_writes()
    }

    /// Removes everything of a service.
    async fn remove(&self, service: &str) -> Outcome {
        let platform = self.connect().await.unwrap();
        let identity = Identity { service: service.to_owned(), stage: None };
        run(vec![], platform.owned(&identity).await.unwrap()).await
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
