//! A platform, a project, and the command between them.

mod aliyun;
mod aws;
mod tencent;

use std::{
    collections::BTreeMap,
    ops::Deref,
    path::Path,
    process::Command,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use fx_cli::targets::provider;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use self::{aliyun::Aliyun, aws::Aws, tencent::Tencent};
use crate::{
    recorder::Recorder,
    runner::{Emulators, Runner},
    support::{
        Finished, copy, copy_of,
        dev::{SOON, target},
        fx,
        todo::packages,
    },
};

const NAMES: [&str; 3] = ["aliyun", "tencent", "aws"];

/// What must be seen nowhere.
pub const PLANTED: &str = "planted-0f8e6c2b";

/// A platform that tests can ask what it was told to do, and arrange.
pub trait Platform {
    fn name(&self) -> &'static str;

    /// The secret of the credentials that are known.
    fn secret(&self) -> &str;

    /// Tells a command where the platform is, and who calls.
    fn sign_in(&self, command: &mut Command, secret: &str);

    /// The calls that have changed something since the last time.
    fn take_writes(&self) -> Vec<String>;

    /// Denies the next call of this name.
    fn deny(&self, action: &str);

    /// The next call of this name is done, and its answer gets lost.
    fn lose(&self, action: &str);

    /// The next call of this name is done, and no answer ever comes.
    fn silence(&self, action: &str);

    /// The next calls of this name fail in a way that passes, so often.
    fn trouble(&self, action: &str, times: usize);

    /// The names of all calls since the last time, whatever came of them.
    fn take_calls(&self) -> Vec<String>;

    /// What the call of a function is called.
    fn invocation(&self) -> &'static str {
        "InvokeFunction"
    }

    /// The functions that exist.
    fn functions(&self) -> Vec<String>;

    /// How many versions of a function there are.
    fn versions(&self, function: &str) -> usize;

    /// The value of a function's variable.
    fn variable(&self, function: &str, name: &str) -> Option<Value>;

    /// The functions that a domain leads to; `None`: there is no such domain. Not every platform has some.
    fn domain(&self, _name: &str) -> Option<Vec<String>> {
        None
    }

    /// Whether the platform has nothing of anybody's.
    fn is_empty(&self) -> bool;

    /// Puts a function there that fx has not made.
    fn plant(&self, function: &str);

    /// The name of the bucket for a site. It ends in the account's number, which one of the platforms wants.
    fn bucket(&self) -> &str {
        "site-1250000000"
    }

    /// Makes a bucket, or changes who may use it.
    fn add_bucket(&self, name: &str, open: bool, cors: bool);

    /// The bucket and the key of a function's package that is too large for a request.
    fn package(&self, function: &str) -> (String, String);

    /// Makes what the todo app is called by, where a deploy does not.
    fn furnish(&self) {}

    /// Puts an object there that fx has not made.
    fn put(&self, bucket: &str, key: &str);

    /// The objects of a bucket.
    fn objects(&self, bucket: &str) -> BTreeMap<String, Object>;
}

/// What is said about an object.
pub struct Object {
    pub content_type: String,
    pub cache_control: String,
}

/// A project beside a platform.
pub struct Cloud {
    platform: Box<dyn Platform>,
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
            cloud.furnish();
            let file = cloud.folder.path().join("todo.db").display().to_string();
            let secret = format!("{PLANTED}, with which tokens are signed");
            cloud.variables = [("TODO_DB_PATH", file), ("TODO_GUEST", "on".into()), ("TODO_JWT_SECRET", secret)].into();
            cloud
        };
        NAMES.into_iter().map(start).collect()
    }

    fn start<R: Runner>(name: &str, folder: TempDir, runner: Option<Arc<R>>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let platform: Box<dyn Platform> = match name {
            "aliyun" => Box::new(Aliyun::start(runtime.handle(), runner)),
            "tencent" => Box::new(Tencent::start(runtime.handle(), runner)),
            _ => Box::new(Aws::start(runtime.handle(), runner)),
        };
        Self {
            secret: platform.secret().to_owned(),
            platform,
            _runtime: runtime,
            folder,
            variables: [("KEY", format!("{PLANTED}-key"))].into(),
            store: Mutex::new("memory".to_owned()),
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
        self.platform.sign_in(&mut command, &self.secret);
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

    /// Puts a package of a function into the bucket for packages, as if it had been too large for a request. Says bucket and key.
    pub fn leave_package(&self, function: &str) -> (String, String) {
        let (bucket, key) = self.package(function);
        self.put(&bucket, &key);
        (bucket, key)
    }

    /// Whether an object is there.
    pub fn has_object(&self, (bucket, key): &(String, String)) -> bool {
        self.objects(bucket).contains_key(key)
    }

    /// Waits until a call of this name has been made, whatever came of it.
    pub fn until_called(&self, action: &str) {
        let deadline = Instant::now() + SOON;
        while !self.take_calls().iter().any(|call| call == action) {
            assert!(Instant::now() < deadline, "{}: {action} was not called", self.name());
            std::thread::sleep(Duration::from_millis(5));
        }
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
}

impl Deref for Cloud {
    type Target = dyn Platform;

    fn deref(&self) -> &Self::Target {
        self.platform.as_ref()
    }
}

/// A copy of the project with its packages, which are made once for all tests.
fn packed() -> TempDir {
    static PROJECT: OnceLock<TempDir> = OnceLock::new();
    let project = PROJECT.get_or_init(|| {
        let folder = copy_of("package");
        let mut command = fx(folder.path());
        command.args(["package", "--offline", "--provider", "aliyun,tencent,aws"]).env("CARGO_TARGET_DIR", target());
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
