//! The numbered versions of a function.

use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Marker, Outputs, Owner, Pending, Readiness, Resource,
    ResourceId,
};

use super::{Function, alias::versions, function, function_id, role::role_id, version_id};
use crate::api::{Api, failure};

/// The version that a deploy publishes: one that is made of what the function is meant to be.
pub(crate) struct Version {
    api: Api,
    id: ResourceId,
    needs: [ResourceId; 1],
    content: Fields,
    marker: Marker,
    desired: Fields,
}

impl Version {
    /// The version of a function.
    pub fn of(api: &Api, function: &Function) -> Self {
        let name = &fx_deploy::Resource::id(function).name;
        let content = function.content();
        let marker = Marker::of(&content);
        Self {
            api: api.clone(),
            id: version_id(name),
            needs: [function_id(name)],
            desired: Fields::new().plain("content", marker.to_string()),
            content,
            marker,
        }
    }

    /// What it is made of.
    pub fn marker(&self) -> &Marker {
        &self.marker
    }

    async fn publish(&self) -> Result<Outputs, CloudError> {
        let name = &self.id.name;
        let operation = "PublishVersion";
        let function = function::find(&self.api, name, None).await?;
        let found = function
            .and_then(|found| found.configuration)
            .ok_or_else(|| CloudError::new(Kind::Changed, operation, format!("the function {name} is gone")))?;
        let changes = function::content(&found).changes_to(&self.content);
        if !changes.is_empty() {
            let names: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
            let message = format!("{name} was changed before it could be published: {}", names.join(", "));
            return Err(CloudError::new(Kind::Changed, operation, message));
        }
        // What is published is what was just looked at, or nothing is.
        let call = self.api.lambda().publish_version().function_name(name).description(self.marker.description());
        let call = call.set_code_sha256(found.code_sha256).set_revision_id(found.revision_id);
        let published = call.send().await.map_err(|error| failure(operation, &error))?;
        let number = published.version().unwrap_or_default().to_owned();
        if published.description().and_then(Marker::find).as_ref() == Some(&self.marker) {
            return Ok(Outputs::from([("number", number)]));
        }
        // AWS makes no second version of the same, and answers with the one there is.
        let message = format!("version {number} of {name} was published by somebody else, and is the very same");
        Err(CloudError::new(Kind::Invalid, operation, message)
            .help(format!("delete it: aws lambda delete-function --function-name {name} --qualifier {number}")))
    }
}

impl Resource for Version {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let versions = versions(&self.api, &self.id.name).await?.unwrap_or_default();
            let is_it = |description: &str| Marker::find(description).as_ref() == Some(&self.marker);
            let mut numbers = versions.iter().filter_map(|version| {
                let number = version.version().filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))?;
                version.description().is_some_and(is_it).then(|| number.to_owned())
            });
            Ok(numbers.next().map(|number| Actual {
                fields: self.desired.clone(),
                owner: Owner::Us,
                outputs: Outputs::from([("number", number)]),
            }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.publish())
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        // A version never differs from what it is found by.
        Box::pin(self.publish())
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        // It goes with its function, and old ones by their numbers.
        Box::pin(std::future::ready(Ok(())))
    }

    fn ready<'a>(&'a self, known: &'a Known) -> Pending<'a, Readiness> {
        Box::pin(async {
            let Some(number) = known.get(&self.id, "number") else { return Ok(Readiness::Ready) };
            function::readiness(&self.api, &self.id.name, Some(number)).await
        })
    }
}

/// One published version that goes.
pub(crate) struct OldVersion {
    api: Api,
    id: ResourceId,
    function: String,
    number: String,
    needs: [ResourceId; 2],
    nothing: Fields,
}

impl OldVersion {
    /// A version of a function, by its number.
    pub fn of(api: &Api, function: &str, number: &str) -> Self {
        Self {
            api: api.clone(),
            id: old_version_id(function, number),
            function: function.to_owned(),
            number: number.to_owned(),
            // A role goes with the last version that works under it.
            needs: [function_id(function), role_id(api, function)],
            nothing: Fields::new(),
        }
    }
}

/// The id of a version that is there.
pub(super) fn old_version_id(function: &str, number: &str) -> ResourceId {
    ResourceId::new("version", format!("{function}/{number}"))
}

impl Resource for OldVersion {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.nothing
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let found = function::find(&self.api, &self.function, Some(&self.number)).await?;
            Ok(found.map(|_| Actual { fields: Fields::new(), owner: Owner::Us, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        only_deleted(&self.id)
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        only_deleted(&self.id)
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            let call = self.api.lambda().delete_function().function_name(&self.function).qualifier(&self.number);
            call.send().await.map(drop).map_err(|error| failure("DeleteFunction", &error))
        })
    }
}

fn only_deleted<'a>(id: &ResourceId) -> Pending<'a, Outputs> {
    let error = CloudError::new(Kind::Failed, id.to_string(), "a version that is there can only be deleted");
    Box::pin(std::future::ready(Err(error)))
}
