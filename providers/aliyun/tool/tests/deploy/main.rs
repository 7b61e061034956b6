//! Deploys against a platform that is as strict as the real one's documentation, and fails where a test wants it to.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world may as well panic")]

mod failures;
mod ownership;
mod permissions;
mod releases;
mod triggers;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use fx_aliyun_stub::{ACCOUNT, KEY_ID, KEY_SECRET, REGION, Stub};
use fx_aliyun_tool::provider;
use fx_deploy::{Canary, CloudError, Options, Outcome, Release, Route};
use fx_provider::{
    deploy::{Connection, Identity, Platform},
    testing::{
        artifact,
        deploy::{Planned, Stopped, applied, patience, planned, run},
    },
};
use tempfile::TempDir;

/// A secret that must be in no output.
const HUSH: &str = "hush-0123456789";

/// A platform and a service of one unit, `shop`.
struct Cloud {
    stub: Stub,
    folder: TempDir,
    variables: BTreeMap<String, String>,
    canary: Option<Canary>,
    options: Options,
    /// What the document says about the size of every zip.
    size: Option<u64>,
}

impl Cloud {
    async fn new() -> Self {
        let stub = Stub::start(None).await.unwrap();
        let variables = [
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", KEY_SECRET),
            ("FX_ALIYUN_ENDPOINT", &stub.endpoint()),
            ("FX_ALIYUN_ACCOUNT_ID", ACCOUNT),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let folder = TempDir::new().unwrap();
        Self { stub, folder, variables, canary: None, options: Options::default(), size: None }
    }

    fn set(&mut self, variable: &str, value: &str) {
        self.variables.insert(variable.to_owned(), value.to_owned());
    }

    async fn connect(&self) -> Result<Box<dyn Platform>, CloudError> {
        let variables = |name: &str| self.variables.get(name).cloned();
        let settings = BTreeMap::new();
        let connection = Connection { region: Some(REGION), settings: &settings, variables: &variables, home: None };
        provider().deploy().unwrap().connect(&connection).await
    }

    /// Reads and plans.
    async fn planned(&self, f_yml: &str, code: &str) -> Result<Planned, Stopped> {
        let platform = self.connect().await.map_err(Stopped::Refused)?;
        let mut document = artifact(f_yml, provider());
        for unit in &mut document.units {
            unit.size = self.size.unwrap_or(unit.size);
            std::fs::write(self.folder.path().join(&unit.file), format!("PK {} {code}", unit.name)).unwrap();
        }
        planned(platform.as_ref(), &document, self.folder.path(), self.canary, self.options).await
    }

    /// Deploys, up to the end or the first failure.
    async fn deploy(&self, f_yml: &str, code: &str) -> Outcome {
        applied(self.planned(f_yml, code).await).await
    }

    /// Deploys, which must succeed, and says what was written.
    async fn deployed(&self, f_yml: &str, code: &str) -> Vec<String> {
        let outcome = self.deploy(f_yml, code).await;
        assert!(outcome.is_success(), "{outcome:?}");
        self.stub.take_writes()
    }

    /// Deploys, which must succeed, and leaves the calls for later.
    async fn deployed_calls(&self, f_yml: &str, code: &str) {
        let outcome = self.deploy(f_yml, code).await;
        assert!(outcome.is_success(), "{outcome:?}");
    }

    async fn release(&self, function: &str) -> Release {
        self.connect().await.unwrap().release(function).await.unwrap().unwrap()
    }

    /// Moves the alias, as promote and rollback do.
    async fn reroute(&self, route: &Route) -> Vec<String> {
        let platform = self.connect().await.unwrap();
        let outcome = run(vec![platform.alias("shop", route)], vec![]).await;
        assert!(outcome.is_success(), "{outcome:?}");
        self.stub.take_writes()
    }

    /// Removes everything of a service.
    async fn remove(&self, service: &str) -> Outcome {
        let platform = self.connect().await.unwrap();
        let identity = Identity { service: service.to_owned(), stage: None };
        run(vec![], platform.owned(&identity).await.unwrap()).await
    }

    /// Deletes what a removal has left of a function.
    async fn purge(&self, function: &str) {
        let platform = self.connect().await.unwrap();
        let kept = platform.kept(&[function.to_owned()]).await.unwrap();
        let outcome = run(vec![], kept).await;
        assert!(outcome.is_success(), "{outcome:?}");
    }
}

/// The names of all calls, each once.
fn names(writes: &[String]) -> BTreeSet<&str> {
    writes.iter().filter_map(|write| write.split(' ').next()).collect()
}

/// One unit that takes requests, with one variable.
fn shop(value: &str) -> String {
    format!(
        "service: shop\nprovider: {{ memorySize: 256, environment: {{ KEY: '{value}' }} }}\n\
         functions:\n  shop: {{ handler: a.b, events: [ {{ http: {{ path: /*, method: any }} }} ] }}\n"
    )
}
