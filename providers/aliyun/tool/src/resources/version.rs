//! The numbered versions of a function.

use std::sync::atomic::{AtomicBool, Ordering};

use fx_deploy::{
    Actual, Canary, CloudError, FieldChange, Fields, Kind, Known, Marker, Outputs, Owner, Pending, Release, Released,
    Resource, ResourceId, Traffic,
};
use http::Method;
use serde_json::{Value as Json, json};

use super::{ALIAS, Function, function::get, function_id, version_id};
use crate::api::{Api, Call};

/// The version that a deploy publishes: one that is made of what the function is meant to be.
pub(crate) struct Version {
    api: Api,
    id: ResourceId,
    needs: [ResourceId; 1],
    function: Function,
    marker: Marker,
    desired: Fields,
    /// A publish was begun by this very deploy: what is found then is looked at before it is believed.
    begun: AtomicBool,
}

impl Version {
    /// The version of a function.
    pub fn of(api: &Api, function: &Function) -> Self {
        let name = &function.id().name;
        let marker = Marker::of(&function.content());
        Self {
            api: api.clone(),
            id: version_id(name),
            needs: [function_id(name)],
            desired: Fields::new().plain("content", marker.to_string()),
            function: function.clone(),
            marker,
            begun: AtomicBool::new(false),
        }
    }

    /// What it is made of.
    pub fn marker(&self) -> &Marker {
        &self.marker
    }

    /// That a version is what it says it is: somebody else may have changed the function just before it was published.
    async fn verify(&self, number: &str) -> Result<(), CloudError> {
        let remote = get(&self.api, &self.id.name, Some(number)).await?;
        // A version's description is its own.
        let content = |fields: &Fields| -> Fields {
            let content = fields.iter().filter(|(name, _)| *name != "description");
            content.map(|(name, value)| (name.to_owned(), value.clone())).collect()
        };
        let changes = content(&self.function.content_of(&remote)).changes_to(&content(&self.function.content()));
        if changes.is_empty() {
            return Ok(());
        }
        // Left in place, it would be taken for what it is not by the next deploy.
        delete(&self.api, &self.id.name, number).await?;
        let names: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
        let message = format!("the function was changed while it was being published: {}", names.join(", "));
        Err(CloudError::new(Kind::Changed, "PublishFunctionVersion", message))
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
            let versions = list(&self.api, &self.id.name).await?.unwrap_or_default();
            let Some(found) = versions.into_iter().find(|version| version.marker.as_ref() == Some(&self.marker)) else {
                return Ok(None);
            };
            if self.begun.load(Ordering::Relaxed) {
                self.verify(&found.number).await?;
            }
            let outputs = Outputs::from([("number", found.number)]);
            Ok(Some(Actual { fields: self.desired.clone(), owner: Owner::Us, outputs }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            self.begun.store(true, Ordering::Relaxed);
            let call = Call::new("PublishFunctionVersion", Method::POST, &["functions", &self.id.name, "versions"])
                .json(&json!({ "description": self.marker.description() }));
            let published: Json = self.api.ask(&call).await?;
            let number = number(&published).ok_or_else(|| {
                CloudError::new(Kind::Invalid, "PublishFunctionVersion", "the answer names no version")
            })?;
            self.verify(&number).await?;
            Ok(Outputs::from([("number", number)]))
        })
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        // A version never differs from what it is found by.
        self.create(known)
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        // It goes with its function, and old ones by their numbers.
        Box::pin(std::future::ready(Ok(())))
    }
}

/// One published version that goes.
pub(crate) struct OldVersion {
    api: Api,
    id: ResourceId,
    function: String,
    number: String,
    needs: [ResourceId; 1],
    nothing: Fields,
}

impl OldVersion {
    /// A version of a function, by its number.
    pub fn of(api: &Api, function: &str, number: &str) -> Self {
        Self {
            api: api.clone(),
            id: ResourceId::new("version", format!("{function}/{number}")),
            function: function.to_owned(),
            number: number.to_owned(),
            needs: [function_id(function)],
            nothing: Fields::new(),
        }
    }
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
            let versions = list(&self.api, &self.function).await?.unwrap_or_default();
            let there = Actual { fields: Fields::new(), owner: Owner::Us, outputs: Outputs::new() };
            Ok(versions.iter().any(|version| version.number == self.number).then_some(there))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        only_deleted(&self.id)
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        only_deleted(&self.id)
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(delete(&self.api, &self.function, &self.number))
    }
}

fn only_deleted<'a>(id: &ResourceId) -> Pending<'a, Outputs> {
    let error = CloudError::new(Kind::Failed, id.to_string(), "a version that is there can only be deleted");
    Box::pin(std::future::ready(Err(error)))
}

/// What a function has published, and where its requests go. `None`: there is no such function.
pub(crate) async fn release(api: &Api, function: &str) -> Result<Option<Release>, CloudError> {
    let Some(versions) = list(api, function).await? else { return Ok(None) };
    let aliases = api.list(|| Call::get("ListAliases", &["functions", function, "aliases"]), "aliases").await?;
    let (ours, others): (Vec<&Json>, Vec<&Json>) = aliases.iter().partition(|alias| alias["aliasName"] == ALIAS);
    Ok(Some(Release {
        versions,
        traffic: ours.first().and_then(|alias| read_traffic(alias)),
        held: others.into_iter().flat_map(held).collect(),
    }))
}

/// The versions that an alias of somebody else points at.
fn held(alias: &Json) -> impl Iterator<Item = String> {
    let weights = alias["additionalVersionWeight"].as_object().into_iter().flatten();
    number(alias).into_iter().chain(weights.map(|(number, _)| number.clone()))
}

/// Where the alias sends requests. `None`: there is no alias.
pub(super) async fn traffic(api: &Api, function: &str) -> Result<Option<Traffic>, CloudError> {
    let alias: Option<Json> = api.find(&Call::get("GetAlias", &["functions", function, "aliases", ALIAS])).await?;
    Ok(alias.and_then(|alias| read_traffic(&alias)))
}

fn read_traffic(alias: &Json) -> Option<Traffic> {
    let weights = alias["additionalVersionWeight"].as_object();
    let canary = weights
        .into_iter()
        .flatten()
        .find_map(|(number, weight)| Some((number.clone(), Canary::from_weight(weight.as_f64()?)?)));
    Some(Traffic { version: number(alias)?, canary, before: alias["description"].as_str().and_then(Traffic::past) })
}

/// All versions, the newest first. `None`: there is no such function.
async fn list(api: &Api, function: &str) -> Result<Option<Vec<Released>>, CloudError> {
    let page = || Call::get("ListFunctionVersions", &["functions", function, "versions"]);
    let listed = match api.list(page, "versions").await {
        Ok(listed) => listed,
        Err(error) if error.kind() == Kind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut versions: Vec<Released> = listed
        .iter()
        .filter_map(|version| {
            Some(Released {
                number: number(version)?,
                marker: version["description"].as_str().and_then(Marker::find),
                created: version["createdTime"].as_str().map(str::to_owned),
            })
        })
        .collect();
    // Numbers are never given twice, so a larger one is newer.
    versions.sort_by_key(|version| std::cmp::Reverse(version.number.parse::<u64>().unwrap_or_default()));
    Ok(Some(versions))
}

/// Deletes all versions of a function.
pub(super) async fn delete_all(api: &Api, function: &str) -> Result<(), CloudError> {
    for version in list(api, function).await?.unwrap_or_default() {
        delete(api, function, &version.number).await?;
    }
    Ok(())
}

async fn delete(api: &Api, function: &str, number: &str) -> Result<(), CloudError> {
    api.remove(&Call::delete("DeleteFunctionVersion", &["functions", function, "versions", number])).await
}

/// The number in an answer. The platform's own name for what is not published is none.
fn number(value: &Json) -> Option<String> {
    value["versionId"].as_str().filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_alias_holds_what_it_points_at() {
        let alias = json!({ "aliasName": "beta", "versionId": "3", "additionalVersionWeight": { "4": 0.1 } });
        assert_eq!(held(&alias).collect::<Vec<_>>(), ["3", "4"]);
    }

    #[test]
    fn an_alias_says_where_requests_go() {
        let alias = json!({ "versionId": "3", "description": "fx before 2", "additionalVersionWeight": { "4": 0.1 } });
        let traffic = read_traffic(&alias).unwrap();
        assert_eq!((traffic.version.as_str(), traffic.before.as_deref()), ("3", Some("2")));
        assert_eq!(traffic.canary, Some(("4".into(), "10%".parse().unwrap())));
        assert_eq!(read_traffic(&json!({ "versionId": "1" })).unwrap().canary, None);
        assert_eq!(read_traffic(&json!({ "versionId": "LATEST" })), None);
    }
}
