//! A function: code and configuration that are not published yet. Nobody sees them before a version is made of them.
//!
//! Every change takes the platform a while, during which it refuses the next one: its `Status` says when it is through.

mod settings;

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Readiness, Resource, ResourceId,
    Upload, Value,
};
use serde_json::{Map, Value as Json, json};

use self::settings::{fields, member, members};
use super::{COMMON, Namespace, TAG, function_id};
use crate::api::{FunctionInfo, LARGEST_REQUEST, LATEST, Scf};

pub(crate) use settings::{behaviour, desired};

/// What cannot be changed. A function is not made anew for it on its own: its address and its versions would be gone.
const FOREVER: [&str; 2] = ["type", "runtime"];
/// What a request has beside the package: more than an environment and all other settings may take.
const BESIDE_THE_PACKAGE: usize = 64 << 10;
/// The pause between two looks at a function between two changes of one deploy, and how many there are.
const POLL: Duration = Duration::from_millis(400);
const POLLS: usize = 150;

/// A function that must exist, or one of this service that does and is to go.
pub(crate) struct Function {
    scf: Arc<Scf>,
    id: ResourceId,
    needs: Vec<ResourceId>,
    mark: String,
    desired: Fields,
    code: Option<Code>,
    /// Whether this run has changed it: a failure that it shows is then this run's.
    changed: AtomicBool,
    upload: Upload,
}

/// A zip.
pub(crate) struct Code {
    /// Where it is.
    pub file: PathBuf,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

impl Function {
    /// A function that must have these settings, once what it needs is there.
    pub fn wanted(scf: &Arc<Scf>, name: &str, mark: &str, code: Code, desired: Fields, needs: &[ResourceId]) -> Self {
        let mut needs = needs.to_vec();
        if scf.namespace != COMMON {
            needs.push(Namespace::id_of(&scf.namespace));
        }
        let desired = desired.with(CODE, checksum(&code.sha256)).plain(OWNER, mark);
        Self { needs, desired, code: Some(code), ..Self::owned(scf, name, mark) }
    }

    /// A function that exists.
    pub fn owned(scf: &Arc<Scf>, name: &str, mark: &str) -> Self {
        Self {
            scf: scf.clone(),
            id: function_id(name),
            needs: Vec::new(),
            mark: mark.to_owned(),
            desired: Fields::new(),
            code: None,
            changed: AtomicBool::new(false),
            upload: Upload::default(),
        }
    }

    fn name(&self) -> &str {
        &self.id.name
    }

    fn owner(&self, info: &FunctionInfo) -> Owner {
        match info.tag(TAG) {
            Some(mark) if mark == self.mark => Owner::Us,
            Some(mark) => Owner::Foreign(format!("fx service {mark}")),
            None => Owner::Foreign("no fx tag".into()),
        }
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let Some(info) = self.scf.function(self.name(), LATEST).await? else { return Ok(None) };
        let gone_soon = info.status == "Deleting" && self.changed.load(Ordering::Relaxed);
        if is_under_way(&info.status) && !gone_soon {
            return Err(CloudError::new(Kind::Busy, self.id.to_string(), info.status));
        }
        let mut actual = fields(&info);
        // Of a function that could not be made, or is going, there is no code to ask for.
        if !gone_soon && info.status != CREATE_FAILED {
            actual.set(CODE, checksum(&self.scf.code(self.name(), LATEST).await?));
        }
        if let Some(mark) = info.tag(TAG) {
            actual.set(OWNER, Value::plain(mark));
        }
        match info.status.as_str() {
            CREATE_FAILED => actual.set(CREATION, Value::plain("failed")),
            status if status.ends_with("Failed") => actual.set(STATE, Value::plain(status)),
            _ => {}
        }
        let owner = self.owner(&info);
        if owner == Owner::Us && self.code.is_some() && info.status != CREATE_FAILED {
            self.refuse(&actual.changes_to(&self.desired))?;
        }
        Ok(Some(Actual { fields: actual, owner, outputs: Outputs::new() }))
    }

    /// What can only be had by making the function anew is for people to decide.
    fn refuse(&self, changes: &[FieldChange]) -> Result<(), CloudError> {
        let Some(change) = changes.iter().find(|change| FOREVER.contains(&change.field.as_str())) else {
            return Ok(());
        };
        let message = format!("SCF cannot change what a function is for good: {change}");
        let help = format!(
            "remove {} first (`fx remove`, or take it out of f.yml for one deploy) and deploy again, or give it another name: \
             a new function has no versions to go back to and another address",
            self.name()
        );
        Err(CloudError::new(Kind::Invalid, self.id.to_string(), message).help(help))
    }

    /// The package in the words of the API, and what kind of words they are: with the request as long as it goes into one, through COS
    /// otherwise.
    async fn package(&self) -> Result<(Json, &'static str), CloudError> {
        let Some(code) = &self.code else {
            return Err(CloudError::new(Kind::Failed, self.id.to_string(), "there is no package to upload"));
        };
        let bytes = fs::read(&code.file).map_err(|error| {
            CloudError::new(Kind::Failed, self.id.to_string(), format!("{}: {error}", code.file.display()))
        })?;
        self.upload.begin(bytes.len());
        match bytes.len().div_ceil(3) * 4 + BESIDE_THE_PACKAGE <= LARGEST_REQUEST {
            true => Ok((json!({ "ZipFile": STANDARD.encode(bytes) }), "ZipFile")),
            false => Ok((self.scf.upload(self.name(), bytes).await?, "Cos")),
        }
    }

    async fn make(&self) -> Result<Outputs, CloudError> {
        let text = |name: &str| self.desired.text(name).unwrap_or_default();
        let kind = if text("type") == "web" { "HTTP" } else { "Event" };
        let (code, source) = self.package().await?;
        let mut body = Map::from_iter([
            ("FunctionName".to_owned(), json!(self.name())),
            ("Type".to_owned(), json!(kind)),
            ("Runtime".to_owned(), json!(text("runtime"))),
            ("Handler".to_owned(), json!(text("handler"))),
            ("CodeSource".to_owned(), json!(source)),
            ("Code".to_owned(), code),
            ("Tags".to_owned(), json!([{ "Key": TAG, "Value": self.mark }])),
        ]);
        body.extend(members(&self.desired));
        self.changed.store(true, Ordering::Relaxed);
        self.scf.change("CreateFunction", body.into()).await?;
        Ok(Outputs::new())
    }

    async fn change(&self, changes: &[FieldChange]) -> Result<Outputs, CloudError> {
        self.refuse(changes)?;
        self.changed.store(true, Ordering::Relaxed);
        let touched = |field: &str| changes.iter().any(|change| change.field == field);
        if touched(OWNER) {
            self.scf.tag(self.name(), TAG, &self.mark).await?;
        }
        let mut configuration: Map<_, _> =
            changes.iter().filter_map(|change| member(group(&change.field), &self.desired)).collect();
        // An update that failed left either of the two undone: the code is written again whatever it says.
        let code = touched(CODE) || touched("handler") || touched(STATE);
        if !configuration.is_empty() {
            configuration.insert("FunctionName".into(), json!(self.name()));
            self.scf.change("UpdateFunctionConfiguration", configuration.into()).await?;
            if code {
                self.settle().await?;
            }
        }
        if code {
            let (code, source) = self.package().await?;
            let body = json!({
                "FunctionName": self.name(), "Handler": self.desired.text("handler"), "CodeSource": source, "Code": code,
            });
            self.scf.change("UpdateFunctionCode", body).await?;
        }
        Ok(Outputs::new())
    }

    /// Waits for the end of the first of two changes.
    async fn settle(&self) -> Result<(), CloudError> {
        for _ in 0..POLLS {
            match self.state().await? {
                Readiness::Ready => return Ok(()),
                Readiness::NotYet(_) => tokio::time::sleep(POLL).await,
                Readiness::Failed(reason) => return Err(CloudError::new(Kind::Failed, self.id.to_string(), reason)),
            }
        }
        Err(CloudError::new(Kind::Busy, self.id.to_string(), "still being updated"))
    }

    async fn state(&self) -> Result<Readiness, CloudError> {
        let Some(info) = self.scf.function(self.name(), LATEST).await? else {
            return Err(CloudError::new(Kind::NotFound, self.id.to_string(), "it is not there, or not yet"));
        };
        Ok(match info.status.as_str() {
            status if is_under_way(status) => Readiness::NotYet(info.status),
            // A failure from before is mended by the change that is about to come.
            status if status.ends_with("Failed") && self.changed.load(Ordering::Relaxed) => {
                Readiness::Failed(info.reason())
            }
            _ => Readiness::Ready,
        })
    }
}

/// The setting that says whose it is, in plans.
const OWNER: &str = "owner";
/// The setting that is the zip's checksum.
const CODE: &str = "code";
/// What stands among a function's settings if a change of it has failed: the next one mends it.
const STATE: &str = "state";
/// What stands there if it could not even be made: it has to be made anew.
const CREATION: &str = "creation";
const CREATE_FAILED: &str = "CreateFailed";

fn is_under_way(status: &str) -> bool {
    matches!(status, "Creating" | "Updating" | "Publishing" | "Deleting")
}

/// The part of a setting's name that the API has a member for.
fn group(field: &str) -> &str {
    field.split_once('.').map_or(field, |(group, _)| group)
}

/// A checksum: compared whole, shown by its first digits.
fn checksum(sha256: &str) -> Value {
    Value::shown_as(sha256, sha256.get(..12).unwrap_or(sha256))
}

impl Resource for Function {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn doing(&self) -> Option<String> {
        self.upload.words()
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn fixed(&self) -> &[&'static str] {
        &[CREATION]
    }

    fn read<'a>(&'a self, _known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.make())
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.change(changes))
    }

    fn delete<'a>(&'a self, _known: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            self.changed.store(true, Ordering::Relaxed);
            self.scf.change("DeleteFunction", json!({ "FunctionName": self.name() })).await
        })
    }

    fn ready<'a>(&'a self, _known: &'a Known) -> Pending<'a, Readiness> {
        Box::pin(self.state())
    }
}
