//! The alias that a function's requests come through.

use std::collections::BTreeSet;

use aws_sdk_lambda::{
    operation::get_alias::GetAliasOutput,
    types::{AliasRoutingConfiguration, FunctionConfiguration},
};
use fx_deploy::{
    Actual, Canary, CloudError, FieldChange, Fields, Kind, Known, Marker, Outputs, Owner, Pending, Release, Released,
    Resource, ResourceId, Route, Traffic,
};

use super::{ALIAS, alias_id, function_id, version_id};
use crate::api::{Api, failure};

/// The alias of a function.
pub(crate) struct Alias {
    api: Api,
    id: ResourceId,
    needs: Vec<ResourceId>,
    route: Route,
    desired: Fields,
}

impl Alias {
    /// The alias of a function, moved once all these functions have published.
    pub fn of(api: &Api, function: &str, route: &Route, published: &[String]) -> Self {
        Self {
            api: api.clone(),
            id: alias_id(function),
            needs: published.iter().map(|name| version_id(name)).chain([function_id(function)]).collect(),
            desired: route.fields(),
            route: route.clone(),
        }
    }

    /// The same, not before this is there.
    pub fn after(mut self, id: &ResourceId) -> Self {
        self.needs.push(id.clone());
        self
    }

    fn new_number<'a>(&self, known: &'a Known) -> Option<&'a str> {
        known.get(&version_id(&self.id.name), "number").filter(|_| self.route.is_to_new())
    }

    fn traffic(&self, known: &Known) -> Result<Traffic, CloudError> {
        self.route.resolve(self.new_number(known))
    }
}

impl Resource for Alias {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let Some(alias) = find(&self.api, &self.id.name).await? else { return Ok(None) };
            let fields = match traffic(&alias) {
                Some(traffic) => self.route.actual(&traffic, self.new_number(known)),
                // To what is not published.
                None => Fields::new().plain("version", alias.function_version.unwrap_or_default()),
            };
            Ok(Some(Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let traffic = self.traffic(known)?;
            let call = self.api.lambda().create_alias().function_name(&self.id.name).name(ALIAS);
            let call = call.function_version(&traffic.version).description(traffic.description());
            let made = call.routing_config(weights(&traffic)).send().await;
            made.map(|_| Outputs::new()).map_err(|error| failure("CreateAlias", &error))
        })
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let traffic = self.traffic(known)?;
            let call = self.api.lambda().update_alias().function_name(&self.id.name).name(ALIAS);
            let call = call.function_version(&traffic.version).description(traffic.description());
            let moved = call.routing_config(weights(&traffic)).send().await;
            moved.map(|_| Outputs::new()).map_err(|error| failure("UpdateAlias", &error))
        })
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            let call = self.api.lambda().delete_alias().function_name(&self.id.name).name(ALIAS);
            call.send().await.map(drop).map_err(|error| failure("DeleteAlias", &error))
        })
    }
}

/// A share for a second version; none takes one away that was there, and has to be said.
fn weights(traffic: &Traffic) -> AliasRoutingConfiguration {
    let weights = traffic.canary.iter().map(|(number, share)| (number.clone(), share.weight())).collect();
    AliasRoutingConfiguration::builder().set_additional_version_weights(Some(weights)).build()
}

async fn find(api: &Api, function: &str) -> Result<Option<GetAliasOutput>, CloudError> {
    match api.lambda().get_alias().function_name(function).name(ALIAS).send().await {
        Ok(alias) => Ok(Some(alias)),
        Err(error) => match failure("GetAlias", &error) {
            error if error.kind() == Kind::NotFound => Ok(None),
            error => Err(error),
        },
    }
}

/// Where an alias sends requests; `None`: to what is not published.
fn traffic(alias: &GetAliasOutput) -> Option<Traffic> {
    let version = alias.function_version().filter(|version| version.bytes().all(|byte| byte.is_ascii_digit()))?;
    let weights = alias.routing_config().and_then(|routing| routing.additional_version_weights());
    let canary = weights
        .into_iter()
        .flatten()
        .find_map(|(number, weight)| Some((number.clone(), Canary::from_weight(*weight)?)));
    Some(Traffic { version: version.to_owned(), canary, before: alias.description().and_then(Traffic::past) })
}

/// What a function has published, and where its requests go. `None`: there is no such function.
pub(crate) async fn release(api: &Api, function: &str) -> Result<Option<Release>, CloudError> {
    let Some(mut listed) = versions(api, function).await? else { return Ok(None) };
    // Numbers are never given twice, so a larger one is newer.
    let number = |version: &FunctionConfiguration| version.version().and_then(|number| number.parse::<u64>().ok());
    listed.retain(|version| number(version).is_some());
    listed.sort_by_key(|version| std::cmp::Reverse(number(version)));
    let versions = listed.into_iter().map(|version| Released {
        marker: version.description.as_deref().and_then(Marker::find),
        number: version.version.unwrap_or_default(),
        created: version.last_modified,
    });
    let traffic = find(api, function).await?.as_ref().and_then(traffic);
    Ok(Some(Release { versions: versions.collect(), traffic, held: held(api, function).await? }))
}

/// The versions that aliases of somebody else point at.
async fn held(api: &Api, function: &str) -> Result<BTreeSet<String>, CloudError> {
    let mut held = BTreeSet::new();
    let mut from = None;
    loop {
        let page = api.lambda().list_aliases().function_name(function).set_marker(from).send().await;
        let page = match page.map_err(|error| failure("ListAliases", &error)) {
            Ok(page) => page,
            // The function is gone since it was listed.
            Err(error) if error.kind() == Kind::NotFound => return Ok(held),
            Err(error) => return Err(error),
        };
        for alias in page.aliases().iter().filter(|alias| alias.name() != Some(ALIAS)) {
            let weights = alias.routing_config().and_then(|routing| routing.additional_version_weights());
            held.extend(weights.into_iter().flatten().map(|(version, _)| version.clone()));
            held.extend(alias.function_version().map(str::to_owned));
        }
        from = page.next_marker.filter(|marker| !marker.is_empty());
        if from.is_none() {
            return Ok(held);
        }
    }
}

/// Everything that is published of a function, and what is not yet. `None`: there is no such function.
pub(super) async fn versions(api: &Api, function: &str) -> Result<Option<Vec<FunctionConfiguration>>, CloudError> {
    let mut versions = Vec::new();
    let mut from = None;
    loop {
        let call = api.lambda().list_versions_by_function().function_name(function).set_marker(from);
        let page = match call.send().await {
            Ok(page) => page,
            Err(error) => match failure("ListVersionsByFunction", &error) {
                error if error.kind() == Kind::NotFound => return Ok(None),
                error => return Err(error),
            },
        };
        versions.extend(page.versions.unwrap_or_default());
        from = page.next_marker.filter(|marker| !marker.is_empty());
        if from.is_none() {
            return Ok(Some(versions));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_says_where_requests_go() {
        let alias = |version: &str| GetAliasOutput::builder().function_version(version).description("fx before 2");
        let weights = AliasRoutingConfiguration::builder().additional_version_weights("4", 0.1).build();
        let found = traffic(&alias("3").routing_config(weights).build()).unwrap();
        assert_eq!((found.version.as_str(), found.before.as_deref()), ("3", Some("2")));
        assert_eq!(found.canary, Some(("4".into(), "10%".parse().unwrap())));
        assert_eq!(traffic(&alias("$LATEST").build()), None);
    }
}
