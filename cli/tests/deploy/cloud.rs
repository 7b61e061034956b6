//! A platform, a project, and the command between them.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Command,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use fx_cli::targets::provider;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    recorder::Recorder,
    runner::Emulators,
    support::{
        Finished, copy, copy_of,
        dev::{SOON, target},
        fx,
        todo::packages,
    },
};

const NAMES: [&str; 2] = ["aliyun", "tencent"];

/// What must be seen nowhere.
pub const PLANTED: &str = "planted-0f8e6c2b";

/// A platform that tests can ask what it was told to do.
pub enum Platform {
    Aliyun(fx_aliyun_stub::Stub),
    Tencent(fx_tencent_stub::Stub),
}

/// What is said about an object.
pub struct Object {
    pub content_type: String,
    pub cache_control: String,
}

/// A project beside a platform.
pub struct Cloud {
    platform: Platform,
    /// Keeps the platform's threads.
    _runtime: Runtime,
    pub folder: TempDir,
    /// The credentials' secret, as the command is told it.
    pub secret: String,
    /// What the service's variables are.
    pub variables: BTreeMap<&'static str, String>,
    store: Mutex<String>,
}

impl Cloud {
    /// Every platform, each with a packed project.
    pub fn all() -> Vec<Self> {
        NAMES.into_iter().map(|name| Self::start::<Emulators>(name, packed(), None)).collect()
    }

    /// The same, with somebody who answers for what is deployed there.
    pub fn recorded(recorder: &Arc<Recorder>) -> Vec<Self> {
        NAMES.into_iter().map(|name| Self::start(name, packed(), Some(Arc::clone(recorder)))).collect()
    }

    /// Every platform, each with the packed todo app of this repository, which runs there once it is deployed.
    pub fn todo() -> Vec<Self> {
        let start = |name| {
            let folder = tempfile::tempdir().unwrap();
            let package = folder.path().join("dist").join(name);
            copy(&packages().join(name), &package);
            let f_yml = Path::new(env!("CARGO_MANIFEST_DIR")).join("../f.yml");
            std::fs::copy(f_yml, folder.path().join("f.yml")).unwrap();
            let runner = Arc::new(Emulators::of(provider(name).unwrap(), &package));
            let mut cloud = Self::start(name, folder, Some(runner));
            let file = cloud.folder.path().join("todo.db").display().to_string();
            let secret = format!("{PLANTED}, with which tokens are signed");
            cloud.variables = [("TODO_DB_PATH", file), ("TODO_GUEST", "on".into()), ("TODO_JWT_SECRET", secret)].into();
            cloud
        };
        NAMES.into_iter().map(start).collect()
    }

    fn start<R>(name: &str, folder: TempDir, runner: Option<Arc<R>>) -> Self
    where
        R: fx_aliyun_stub::Runner + fx_tencent_stub::Runner + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (platform, secret) = runtime.block_on(async {
            match name {
                "aliyun" => {
                    let stub =
                        fx_aliyun_stub::Stub::start(runner.map(|runner| runner as Arc<dyn fx_aliyun_stub::Runner>));
                    (Platform::Aliyun(stub.await.unwrap()), fx_aliyun_stub::KEY_SECRET)
                }
                _ => {
                    let stub =
                        fx_tencent_stub::Stub::start(runner.map(|runner| runner as Arc<dyn fx_tencent_stub::Runner>));
                    (Platform::Tencent(stub.await.unwrap()), fx_tencent_stub::SECRET_KEY)
                }
            }
        });
        Self {
            platform,
            _runtime: runtime,
            folder,
            secret: secret.to_owned(),
            variables: [("KEY", format!("{PLANTED}-key"))].into(),
            store: Mutex::new("memory".to_owned()),
        }
    }

    pub fn name(&self) -> &'static str {
        match self.platform {
            Platform::Aliyun(_) => "aliyun",
            Platform::Tencent(_) => "tencent",
        }
    }

    /// The package's folder.
    pub fn artifact(&self) -> String {
        format!("dist/{}", self.name())
    }

    /// Sets the value of a variable for the next commands.
    pub fn store(&self, value: &str) {
        value.clone_into(&mut self.store.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Runs `fx` as a user of this platform.
    pub fn fx(&self, arguments: &[&str]) -> Finished {
        self.command(arguments).output().unwrap().into()
    }

    /// `fx` as a user of this platform would start it, with nothing else of this machine's environment that matters.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = fx(self.folder.path());
        command.args(arguments).env("HOME", self.folder.path());
        command.envs(&self.variables).env("STORE", &*self.store.lock().unwrap_or_else(PoisonError::into_inner));
        match &self.platform {
            Platform::Aliyun(stub) => command
                .env("FX_ALIYUN_ENDPOINT", stub.endpoint())
                .env("FX_ALIYUN_ACCOUNT_ID", fx_aliyun_stub::ACCOUNT)
                .env("ALIBABA_CLOUD_REGION_ID", fx_aliyun_stub::REGION)
                .env("ALIBABA_CLOUD_ACCESS_KEY_ID", fx_aliyun_stub::KEY_ID)
                .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", &self.secret),
            Platform::Tencent(stub) => command
                .env("FX_TENCENT_ENDPOINT", stub.endpoint())
                .env("TENCENTCLOUD_REGION", fx_tencent_stub::REGION)
                .env("TENCENTCLOUD_SECRET_ID", fx_tencent_stub::SECRET_ID)
                .env("TENCENTCLOUD_SECRET_KEY", &self.secret),
        };
        command
    }

    /// Deploys the package, unasked, and gives back what the command says to programs.
    pub fn deploy(&self, more: &[&str]) -> (Finished, Value) {
        let artifact = self.artifact();
        let mut arguments = vec!["deploy", "--artifact", &artifact, "--yes", "--json", "--no-smoke"];
        arguments.extend(more);
        let finished = self.fx(&arguments);
        let json = finished.json();
        (finished, json)
    }

    /// The calls that have changed something since the last time.
    pub fn take_writes(&self) -> Vec<String> {
        match &self.platform {
            Platform::Aliyun(stub) => stub.take_writes(),
            Platform::Tencent(stub) => stub.take_writes(),
        }
    }

    /// The functions that exist.
    pub fn functions(&self) -> Vec<String> {
        match &self.platform {
            Platform::Aliyun(stub) => stub.world().functions(),
            Platform::Tencent(stub) => stub.world().functions(),
        }
    }

    /// The value of a function's variable.
    pub fn variable(&self, function: &str, name: &str) -> Option<Value> {
        match &self.platform {
            Platform::Aliyun(stub) => stub.world().function(function)?["environmentVariables"].get(name).cloned(),
            Platform::Tencent(stub) => {
                let function = stub.world().function(function)?;
                let mut variables = function["Environment"]["Variables"].as_array()?.iter();
                variables.find(|variable| variable["Key"] == name).map(|variable| variable["Value"].clone())
            }
        }
    }

    /// The functions that a domain leads to; `None`: there is no such domain. Not every platform has some.
    pub fn domain(&self, name: &str) -> Option<Vec<String>> {
        let Platform::Aliyun(stub) = &self.platform else { return None };
        let domain = stub.world().domain(name)?;
        let routes = domain["routeConfig"]["routes"].as_array().cloned().unwrap_or_default();
        Some(routes.iter().filter_map(|route| route["functionName"].as_str()).map(str::to_owned).collect())
    }

    /// Writes members of the package's description.
    pub fn describe(&self, members: &[(&str, &str)]) {
        let path = self.folder.path().join(self.artifact()).join("artifact.json");
        let mut description: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for (name, value) in members {
            description[*name] = (*value).into();
        }
        std::fs::write(path, description.to_string()).unwrap();
    }

    /// Whether the platform has nothing of anybody's.
    pub fn is_empty(&self) -> bool {
        match &self.platform {
            Platform::Aliyun(stub) => stub.world().is_empty(),
            Platform::Tencent(stub) => stub.world().functions().is_empty(),
        }
    }

    /// Denies the next call of this name.
    pub fn deny(&self, action: &str) {
        match &self.platform {
            Platform::Aliyun(stub) => stub.world().fail(action, [fx_aliyun_stub::Fault::Denied]),
            Platform::Tencent(stub) => stub.world().fail(action, [fx_tencent_stub::Fault::Denied]),
        }
    }

    /// Makes a bucket, or changes who may use it.
    pub fn add_bucket(&self, name: &str, open: bool, cors: bool) {
        match &self.platform {
            Platform::Aliyun(stub) => {
                let mut world = stub.world();
                let bucket = world.buckets.entry(name.to_owned()).or_default();
                (bucket.open, bucket.cors) = (open, cors);
            }
            Platform::Tencent(stub) => {
                let mut world = stub.world();
                let bucket = world.buckets.entry(name.to_owned()).or_default();
                (bucket.open, bucket.cors) = (open, cors);
            }
        }
    }

    /// Puts an object there that fx has not made.
    pub fn put(&self, bucket: &str, key: &str) {
        match &self.platform {
            Platform::Aliyun(stub) => {
                stub.world()
                    .buckets
                    .entry(bucket.to_owned())
                    .or_default()
                    .objects
                    .insert(key.to_owned(), Default::default());
            }
            Platform::Tencent(stub) => {
                let key = format!("/{key}");
                stub.world().buckets.entry(bucket.to_owned()).or_default().objects.insert(key, Default::default());
            }
        }
    }

    /// Puts a package of a function into the bucket for packages, as if it had been too large for a request. Says bucket and key.
    pub fn leave_package(&self, function: &str) -> (String, String) {
        let (bucket, key) = match &self.platform {
            Platform::Aliyun(_) => {
                let (account, region) = (fx_aliyun_stub::ACCOUNT, fx_aliyun_stub::REGION);
                (format!("fx-code-{account}-{region}"), format!("{function}.zip"))
            }
            Platform::Tencent(_) => {
                let (account, region) = (fx_tencent_stub::APP_ID, fx_tencent_stub::REGION);
                (format!("fx-code-{region}-{account}"), format!("default/{function}.zip"))
            }
        };
        self.put(&bucket, &key);
        (bucket, key)
    }

    /// Whether an object is there.
    pub fn has_object(&self, (bucket, key): &(String, String)) -> bool {
        self.objects(bucket).contains_key(key)
    }

    /// The objects of a bucket.
    pub fn objects(&self, bucket: &str) -> BTreeMap<String, Object> {
        match &self.platform {
            Platform::Aliyun(stub) => {
                let objects = stub.world().buckets.get(bucket).cloned().unwrap_or_default().objects.into_iter();
                objects
                    .map(|(key, object)| {
                        let (content_type, cache_control) = (object.content_type, object.cache_control);
                        (key, Object { content_type, cache_control })
                    })
                    .collect()
            }
            Platform::Tencent(stub) => {
                let objects = stub.world().buckets.get(bucket).cloned().unwrap_or_default().objects.into_iter();
                objects
                    .map(|(key, object)| {
                        let (content_type, cache_control) = (object.content_type, object.cache_control);
                        (key.trim_start_matches('/').to_owned(), Object { content_type, cache_control })
                    })
                    .collect()
            }
        }
    }

    /// The next call of this name is done, and its answer gets lost.
    pub fn lose(&self, action: &str) {
        match &self.platform {
            Platform::Aliyun(stub) => stub.world().fail(action, [fx_aliyun_stub::Fault::ResetAfter]),
            Platform::Tencent(stub) => stub.world().fail(action, [fx_tencent_stub::Fault::ResetAfter]),
        }
    }

    /// The next call of this name is done, and no answer ever comes.
    pub fn silence(&self, action: &str) {
        match &self.platform {
            Platform::Aliyun(stub) => stub.world().fail(action, [fx_aliyun_stub::Fault::Silent]),
            Platform::Tencent(stub) => stub.world().fail(action, [fx_tencent_stub::Fault::Silent]),
        }
    }

    /// The next calls of this name fail in a way that passes, so often.
    pub fn trouble(&self, action: &str, times: usize) {
        match &self.platform {
            Platform::Aliyun(stub) => {
                stub.world().fail(action, std::iter::repeat_n(fx_aliyun_stub::Fault::Unavailable, times));
            }
            Platform::Tencent(stub) => {
                stub.world().fail(action, std::iter::repeat_n(fx_tencent_stub::Fault::Unavailable, times));
            }
        }
    }

    /// Waits until a call of this name has been made, whatever came of it.
    pub fn until_called(&self, action: &str) {
        let deadline = Instant::now() + SOON;
        let mut called = false;
        while !called {
            assert!(Instant::now() < deadline, "{}: {action} was not called", self.name());
            std::thread::sleep(Duration::from_millis(5));
            called = match &self.platform {
                Platform::Aliyun(stub) => stub.take_calls().iter().any(|call| call.action == action),
                Platform::Tencent(stub) => stub.take_calls().iter().any(|call| call.action == action),
            };
        }
    }

    /// How many versions of a function there are.
    pub fn versions(&self, function: &str) -> usize {
        match &self.platform {
            Platform::Aliyun(stub) => stub.world().versions(function).len(),
            Platform::Tencent(stub) => stub.world().versions(function).len(),
        }
    }

    /// Puts a function there that fx has not made.
    pub fn plant(&self, function: &str) {
        match &self.platform {
            Platform::Aliyun(stub) => stub.world().plant(function, &serde_json::json!([])),
            Platform::Tencent(stub) => stub.world().add_foreign(function, "Event", &[]),
        }
    }
}

/// A copy of the project with its packages, which are made once for all tests.
fn packed() -> TempDir {
    static PROJECT: OnceLock<TempDir> = OnceLock::new();
    let project = PROJECT.get_or_init(|| {
        let folder = copy_of("package");
        let mut command = fx(folder.path());
        command.args(["package", "--offline", "--provider", "aliyun,tencent"]).env("CARGO_TARGET_DIR", target());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        folder
    });
    let folder = tempfile::tempdir().unwrap();
    copy(project.path(), folder.path());
    folder
}

/// Everything a command has printed.
pub fn printed(finished: &Finished) -> String {
    format!("{}\n{}", finished.stdout, finished.stderr)
}

/// Text of every file in a folder.
pub fn files(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&files(&path));
        } else {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
    text
}
