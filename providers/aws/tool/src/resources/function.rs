//! A function: code and configuration that are not published yet. Nobody sees them before a version is made of them.
//!
//! Every change takes AWS a while, during which it refuses the next one: `State` and `LastUpdateStatus` say when it is through.

mod settings;

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use aws_sdk_lambda::{
    operation::get_function::GetFunctionOutput,
    primitives::Blob,
    types::{
        Architecture, FunctionCode, FunctionConfiguration, LastUpdateStatus, LastUpdateStatusReasonCode, PackageType,
        Runtime, State, StateReasonCode,
    },
};
use futures_util::{StreamExt, TryStreamExt, stream};
use fx_build::artifact::document::UnitArtifact;
use fx_deploy::{
    Actual, Cancel, CloudError, FieldChange, Fields, Kind, Known, Outputs, Patience, Pending, Readiness, Resource,
    ResourceId, Upload, Value, insist,
};
use fx_provider::deploy::Order;
use sha2::{Digest, Sha256};

use self::settings::{ARCH, CODE, desired, environment, list, network};
use super::{OWNER, TAG, function_id, owner, role::role_id};
use crate::{
    LIMITS,
    api::{Api, failure},
};

/// The pause between two looks at a function between two changes of one deploy, and how many there are.
const POLL: Duration = Duration::from_millis(500);
const POLLS: usize = 240;
/// How many functions are asked for their tags at once.
const ASKED_AT_ONCE: usize = 4;
/// What stands among a function's settings if making or changing it has failed: the next change mends it.
const STATE: &str = "state";

/// A function that must exist, or one of this service that does and is to go.
pub(crate) struct Function {
    api: Api,
    id: ResourceId,
    needs: Vec<ResourceId>,
    mark: String,
    desired: Fields,
    zip: Option<Zip>,
    /// Whether this run has changed it: a failure that it shows is then this run's.
    changed: AtomicBool,
    upload: Upload,
}

struct Zip {
    path: PathBuf,
    sha256: String,
    /// Whether it is too large for a request, and goes through a bucket.
    stored: bool,
}

/// Where Lambda finds the code.
enum Code {
    /// In the request.
    Sent(Blob),
    /// In a bucket.
    Stored { bucket: String, key: String },
}

impl Function {
    /// The function of a unit. `role` is the name of the role it works under, `needs` that role if fx makes it.
    pub fn of(
        api: &Api,
        order: &Order<'_>,
        unit: &UnitArtifact,
        role: &str,
        needs: Vec<ResourceId>,
    ) -> Result<Self, CloudError> {
        let name = order.identity.function(&unit.name);
        fits(unit)?;
        let mark = order.identity.mark();
        let desired = desired(order.document, unit, role, order.environment_of(unit)).plain(OWNER, &mark);
        let zip =
            Zip { path: order.folder.join(&unit.file), sha256: unit.sha256.clone(), stored: is_stored(unit.size) };
        Ok(Self { needs, desired, zip: Some(zip), ..Self::found(api, &name, &mark) })
    }

    /// One that exists, to be deleted.
    pub fn found(api: &Api, name: &str, mark: &str) -> Self {
        Self {
            api: api.clone(),
            id: function_id(name),
            // Lambda gives back what it has in a network under the function's role.
            needs: vec![role_id(api, name)],
            mark: mark.to_owned(),
            desired: Fields::new(),
            zip: None,
            changed: AtomicBool::new(false),
            upload: Upload::default(),
        }
    }

    /// What decides what a version does.
    pub fn content(&self) -> Fields {
        behaviour(&self.desired)
    }

    fn name(&self) -> &str {
        &self.id.name
    }

    fn text(&self, name: &str) -> String {
        self.desired.text(name).unwrap_or_default().to_owned()
    }

    fn number(&self, name: &str) -> Option<i32> {
        self.desired.text(name)?.parse().ok()
    }

    async fn code(&self) -> Result<Code, CloudError> {
        let refused = |message: String| CloudError::new(Kind::Invalid, self.id.to_string(), message);
        let zip = self.zip.as_ref().ok_or_else(|| refused("there is no package to upload".into()))?;
        let bytes = std::fs::read(&zip.path).map_err(|error| {
            refused(format!("cannot read {}: {error}", zip.path.display())).help("run `fx package` again")
        })?;
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if sha256 != zip.sha256 {
            let message = format!("{} changed while it was being deployed", zip.path.display());
            return Err(refused(message).help("run the command again"));
        }
        self.upload.begin(bytes.len());
        if !zip.stored {
            return Ok(Code::Sent(Blob::new(bytes)));
        }
        let key = format!("{}.zip", self.name());
        Ok(Code::Stored { bucket: self.api.store(&key, bytes.into()).await?, key })
    }

    async fn make(&self) -> Result<Outputs, CloudError> {
        self.changed.store(true, Ordering::Relaxed);
        let text = |name: &str| self.text(name);
        let code = FunctionCode::builder();
        let code = match self.code().await? {
            Code::Sent(zip) => code.zip_file(zip),
            Code::Stored { bucket, key } => code.s3_bucket(bucket).s3_key(key),
        };
        let call = self
            .api
            .lambda()
            .create_function()
            .function_name(self.name())
            .package_type(PackageType::Zip)
            .code(code.build())
            .architectures(Architecture::from(text(ARCH).as_str()))
            .runtime(Runtime::from(text("runtime").as_str()))
            .handler(text("handler"))
            .role(text("role"))
            .description(text("description"))
            .set_memory_size(self.number("memorySize"))
            .set_timeout(self.number("timeout"))
            .environment(environment(&self.desired))
            .vpc_config(network(&self.desired))
            .set_layers(Some(list(&self.desired, "layers")))
            .tags(TAG, &self.mark);
        call.send().await.map(|_| Outputs::new()).map_err(|error| failure("CreateFunction", &error))
    }

    async fn change(&self, changes: &[FieldChange]) -> Result<Outputs, CloudError> {
        self.changed.store(true, Ordering::Relaxed);
        let names = || changes.iter().map(|change| change.field.as_str());
        // Nothing of somebody else's is changed before it is ours.
        if names().any(|name| name == OWNER) {
            let call = self.api.lambda().tag_resource().resource(self.arn()).tags(TAG, &self.mark);
            call.send().await.map_err(|error| failure("TagResource", &error))?;
        }
        // An update that failed left either of the two undone.
        let code = names().any(|name| [CODE, ARCH, STATE].contains(&name));
        if code {
            let architecture = Architecture::from(self.text(ARCH).as_str());
            let call = self.api.lambda().update_function_code().function_name(self.name());
            let call = match self.code().await? {
                Code::Sent(zip) => call.zip_file(zip),
                Code::Stored { bucket, key } => call.s3_bucket(bucket).s3_key(key),
            };
            let call = call.architectures(architecture);
            call.send().await.map_err(|error| failure("UpdateFunctionCode", &error))?;
        }
        if names().any(|name| ![CODE, ARCH, OWNER].contains(&name)) {
            if code {
                self.settle().await?;
            }
            self.configure().await?;
        }
        Ok(Outputs::new())
    }

    async fn configure(&self) -> Result<(), CloudError> {
        let text = |name: &str| self.text(name);
        let call = self
            .api
            .lambda()
            .update_function_configuration()
            .function_name(self.name())
            .runtime(Runtime::from(text("runtime").as_str()))
            .handler(text("handler"))
            .role(text("role"))
            .description(text("description"))
            .set_memory_size(self.number("memorySize"))
            .set_timeout(self.number("timeout"))
            .environment(environment(&self.desired))
            .vpc_config(network(&self.desired))
            .set_layers(Some(list(&self.desired, "layers")));
        call.send().await.map(drop).map_err(|error| failure("UpdateFunctionConfiguration", &error))
    }

    /// Waits for the end of the first of two changes.
    async fn settle(&self) -> Result<(), CloudError> {
        for _ in 0..POLLS {
            match readiness(&self.api, self.name(), None).await? {
                Readiness::Ready => return Ok(()),
                Readiness::NotYet(_) => tokio::time::sleep(POLL).await,
                Readiness::Failed(reason) => return Err(CloudError::new(Kind::Failed, self.id.to_string(), reason)),
            }
        }
        Err(CloudError::new(Kind::Busy, self.id.to_string(), "still being updated"))
    }

    fn arn(&self) -> String {
        self.api.arn("lambda", &format!("function:{}", self.name()))
    }
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

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let Some(found) = find(&self.api, self.name(), None).await? else { return Ok(None) };
            let mark = found.tags().and_then(|tags| tags.get(TAG));
            let mut fields = found.configuration().map(settings::actual).unwrap_or_default();
            if let Some(Readiness::Failed(reason)) = found.configuration().map(state) {
                fields.set(STATE, Value::plain(reason));
            }
            if let Some(mark) = mark {
                fields.set(OWNER, Value::plain(mark));
            }
            let owner = owner(mark.map(String::as_str), &self.mark);
            Ok(Some(Actual { fields, owner, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.make())
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.change(changes))
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        // Its versions and its alias go with it.
        Box::pin(async {
            let call = self.api.lambda().delete_function().function_name(self.name());
            call.send().await.map(drop).map_err(|error| failure("DeleteFunction", &error))
        })
    }

    fn ready<'a>(&'a self, _: &'a Known) -> Pending<'a, Readiness> {
        Box::pin(async {
            Ok(match readiness(&self.api, self.name(), None).await? {
                // A failure from before is mended by the change that is about to come.
                Readiness::Failed(_) if !self.changed.load(Ordering::Relaxed) => Readiness::Ready,
                readiness => readiness,
            })
        })
    }
}

/// The settings that decide what a version does: all but those that name and describe the function.
fn behaviour(fields: &Fields) -> Fields {
    let behaves = fields.iter().filter(|(name, _)| ![OWNER, STATE, "description"].contains(name));
    behaves.map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

/// The same of a function as AWS has it.
pub(super) fn content(found: &FunctionConfiguration) -> Fields {
    behaviour(&settings::actual(found))
}

/// A function, or one of its versions. `None`: it is not there.
pub(super) async fn find(
    api: &Api,
    name: &str,
    version: Option<&str>,
) -> Result<Option<GetFunctionOutput>, CloudError> {
    let call = api.lambda().get_function().function_name(name).set_qualifier(version.map(str::to_owned));
    match call.send().await {
        Ok(found) => Ok(Some(found)),
        Err(error) => match failure("GetFunction", &error) {
            error if error.kind() == Kind::NotFound => Ok(None),
            error => Err(error),
        },
    }
}

/// Whether a function, or one of its versions, can be worked with.
pub(super) async fn readiness(api: &Api, name: &str, version: Option<&str>) -> Result<Readiness, CloudError> {
    let found = find(api, name, version).await?.and_then(|found| found.configuration);
    Ok(found.map_or(Readiness::Ready, |found| state(&found)))
}

fn state(found: &FunctionConfiguration) -> Readiness {
    let said = |code: Option<&str>, reason: Option<&str>| {
        let reason = reason.unwrap_or("AWS does not say why");
        Readiness::Failed(code.map_or_else(|| reason.to_owned(), |code| format!("{reason} ({code})")))
    };
    let update = found.last_update_status_reason_code().map(LastUpdateStatusReasonCode::as_str);
    match (found.state(), found.last_update_status()) {
        (Some(State::Failed), _) => said(found.state_reason_code().map(StateReasonCode::as_str), found.state_reason()),
        (Some(State::Pending), _) => Readiness::NotYet("Pending".into()),
        (_, Some(LastUpdateStatus::InProgress)) => Readiness::NotYet("InProgress".into()),
        (_, Some(LastUpdateStatus::Failed)) => said(update, found.last_update_status_reason()),
        _ => Readiness::Ready,
    }
}

/// The names of all functions that carry this mark. Lambda lists no tags, so every function that could be one of fx's is asked for its own,
/// each again by itself while Lambda is busy: an account may have hundreds, and Lambda answers 15 such calls in a second.
pub(crate) async fn find_functions(api: &Api, mark: &str) -> Result<Vec<String>, CloudError> {
    let mut names = Vec::new();
    let mut from = None;
    loop {
        let page = api.lambda().list_functions().set_marker(from).send().await;
        let page = page.map_err(|error| failure("ListFunctions", &error))?;
        let ours =
            page.functions.unwrap_or_default().into_iter().filter(|one| one.runtime == Some(Runtime::Providedal2023));
        names.extend(ours.filter_map(|one| one.function_name));
        from = page.next_marker.filter(|marker| !marker.is_empty());
        if from.is_none() {
            break;
        }
    }
    let marked = stream::iter(names).map(async |name| {
        let found = insist(&Patience::default(), &Cancel::new(), || Box::pin(mark_of(api, &name))).await?;
        Ok((found.as_deref() == Some(mark)).then_some(name))
    });
    let found: Vec<Option<String>> = marked.buffered(ASKED_AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// Whose a function is; `None`: nobody has said so, or it is gone since it was listed.
async fn mark_of(api: &Api, name: &str) -> Result<Option<String>, CloudError> {
    let call = api.lambda().list_tags().resource(api.arn("lambda", &format!("function:{name}")));
    match call.send().await.map_err(|error| failure("ListTags", &error)) {
        Ok(tags) => Ok(tags.tags.and_then(|mut tags| tags.remove(TAG))),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a package goes through a bucket: a request takes no more.
fn is_stored(size: u64) -> bool {
    LIMITS.package.in_request.is_some_and(|most| size > most.0)
}

/// Whether Lambda takes a package at all.
fn fits(unit: &UnitArtifact) -> Result<(), CloudError> {
    let Some(most) = LIMITS.package.in_storage.filter(|most| unit.size > most.0) else { return Ok(()) };
    let message = format!("{} has {} MB, and Lambda takes {most}", unit.file, unit.size >> 20);
    Err(CloudError::new(Kind::Invalid, "deploy", message).help(
        "build it with --release, leave out files that `package.include` adds, or put large ones into a layer or a bucket",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_goes_through_a_bucket_if_a_request_does_not_take_it() {
        assert!(!is_stored(50 << 20) && is_stored((50 << 20) + 1));
    }

    #[test]
    fn a_function_is_waited_for_until_it_is_there_or_has_failed() {
        let found = |state: State, update: LastUpdateStatus| {
            let builder = FunctionConfiguration::builder().state(state).last_update_status(update);
            super::state(&builder.last_update_status_reason("no room").state_reason("no image").build())
        };
        assert_eq!(found(State::Active, LastUpdateStatus::Successful), Readiness::Ready);
        // Idle functions wake up with the next request.
        assert_eq!(found(State::Inactive, LastUpdateStatus::Successful), Readiness::Ready);
        assert_eq!(found(State::Pending, LastUpdateStatus::Successful), Readiness::NotYet("Pending".into()));
        assert_eq!(found(State::Active, LastUpdateStatus::InProgress), Readiness::NotYet("InProgress".into()));
        assert_eq!(found(State::Active, LastUpdateStatus::Failed), Readiness::Failed("no room".into()));
        assert_eq!(found(State::Failed, LastUpdateStatus::Successful), Readiness::Failed("no image".into()));
    }
}
