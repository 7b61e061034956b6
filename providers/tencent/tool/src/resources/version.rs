//! Published versions.
//!
//! Code and configuration are frozen together when a version is published, whatever they are at that moment: so what was
//! published is compared with what was meant, and thrown away if somebody else got in between.

use std::sync::Arc;

use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Marker, Outputs, Owner, Pending, Readiness, Resource,
    ResourceId,
};
use serde_json::json;

use super::{function_id, version_id};
use crate::api::Scf;

/// The version that a deploy publishes.
pub(crate) struct NewVersion {
    scf: Arc<Scf>,
    id: ResourceId,
    needs: [ResourceId; 1],
    /// The function's settings that a version freezes.
    frozen: Fields,
    marker: Marker,
    desired: Fields,
}

impl NewVersion {
    /// A version of a function with these settings.
    pub fn new(scf: &Arc<Scf>, function: &str, frozen: Fields, marker: Marker) -> Self {
        Self {
            scf: scf.clone(),
            id: version_id(function),
            needs: [function_id(function)],
            frozen,
            desired: Fields::new().plain("content", marker.to_string()),
            marker,
        }
    }

    fn function(&self) -> &str {
        &self.id.name
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let versions = self.scf.versions(self.function()).await?.unwrap_or_default();
        let found =
            versions.into_iter().find(|version| Marker::find(&version.description).as_ref() == Some(&self.marker));
        Ok(found.map(|version| Actual {
            fields: self.desired.clone(),
            owner: Owner::Us,
            outputs: Outputs::from([("number", version.version)]),
        }))
    }

    async fn publish(&self) -> Result<Outputs, CloudError> {
        let number = self.scf.publish(self.function(), &self.marker.description()).await?;
        Ok(Outputs::from([("number", number)]))
    }

    async fn state(&self, known: &Known) -> Result<Readiness, CloudError> {
        // Before it is published there is nothing to wait for.
        let Some(number) = known.get(&self.id, "number") else { return Ok(Readiness::Ready) };
        let Some(info) = self.scf.function(self.function(), number).await? else {
            return Ok(Readiness::NotYet(format!("version {number} does not show yet")));
        };
        match info.status.as_str() {
            "Active" => self.verify(number).await.map(|()| Readiness::Ready),
            status if status.ends_with("Failed") => Ok(Readiness::Failed(info.reason())),
            _ => Ok(Readiness::NotYet(info.status)),
        }
    }

    async fn verify(&self, number: &str) -> Result<(), CloudError> {
        let Some(info) = self.scf.function(self.function(), number).await? else { return Ok(()) };
        let mut published = Fields::new()
            .plain("code", self.scf.code(self.function(), number).await?)
            .plain("memorySize", info.memory_size.to_string())
            .plain("timeout", info.timeout.to_string());
        for variable in &info.environment.variables {
            published.set(format!("environment.{}", variable.key), fx_deploy::Value::secret(&variable.value));
        }
        let meant = self
            .frozen
            .iter()
            .filter(|(name, _)| name.starts_with("environment.") || matches!(*name, "code" | "memorySize" | "timeout"));
        let meant: Fields = meant.map(|(name, value)| (name.to_owned(), value.clone())).collect();
        let Some(change) = published.changes_to(&meant).into_iter().next() else { return Ok(()) };
        // Its marker says what it is not: it must not be found again.
        self.scf.change("DeleteFunctionVersion", delete(self.function(), number)).await?;
        let message = format!("{} was changed while it was published: {change}", self.function());
        Err(CloudError::new(Kind::Changed, self.id.to_string(), message))
    }
}

fn delete(function: &str, number: &str) -> serde_json::Value {
    json!({ "FunctionName": function, "Qualifier": number })
}

impl Resource for NewVersion {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.publish())
    }

    fn update<'a>(&'a self, _changes: &'a [FieldChange], _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.publish())
    }

    fn delete<'a>(&'a self, _known: &'a Known) -> Pending<'a, ()> {
        // Versions go with their function, or one by one as [`OldVersion`]s.
        Box::pin(async { Ok(()) })
    }

    fn ready<'a>(&'a self, known: &'a Known) -> Pending<'a, Readiness> {
        Box::pin(self.state(known))
    }
}

/// A version that is to go.
pub(crate) struct OldVersion {
    scf: Arc<Scf>,
    id: ResourceId,
    function: String,
    number: String,
    desired: Fields,
}

impl OldVersion {
    /// A version by its number.
    pub fn new(scf: &Arc<Scf>, function: &str, number: &str) -> Self {
        Self {
            scf: scf.clone(),
            id: ResourceId::new("version", format!("{function}/{number}")),
            function: function.to_owned(),
            number: number.to_owned(),
            desired: Fields::new(),
        }
    }
}

impl Resource for OldVersion {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let versions = self.scf.versions(&self.function).await?.unwrap_or_default();
            let found = versions.into_iter().any(|version| version.version == self.number);
            Ok(found.then(|| Actual { fields: Fields::new(), owner: Owner::Us, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async { Err(self.unchangeable()) })
    }

    fn update<'a>(&'a self, _changes: &'a [FieldChange], _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async { Err(self.unchangeable()) })
    }

    fn delete<'a>(&'a self, _known: &'a Known) -> Pending<'a, ()> {
        Box::pin(self.scf.change("DeleteFunctionVersion", delete(&self.function, &self.number)))
    }
}

impl OldVersion {
    fn unchangeable(&self) -> CloudError {
        CloudError::new(Kind::Invalid, self.id.to_string(), "a published version cannot be made again or changed")
    }
}
