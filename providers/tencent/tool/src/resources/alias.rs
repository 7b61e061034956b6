//! `$DEFAULT`, the alias that every function has from the start: where its traffic goes.

use std::sync::Arc;

use fx_deploy::{
    Actual, Canary, CloudError, FieldChange, Fields, Known, Outputs, Owner, Pending, Resource, ResourceId, Route,
    Traffic,
};
use serde_json::json;

use super::{alias_id, version_id};
use crate::api::{Alias, DEFAULT, LATEST, Scf};

/// The alias, pointing where a route says.
pub(crate) struct DefaultAlias {
    scf: Arc<Scf>,
    id: ResourceId,
    needs: Vec<ResourceId>,
    route: Route,
    desired: Fields,
}

impl DefaultAlias {
    /// The alias of a function. `needs`: what must be in place before traffic moves, the versions of all units.
    pub fn new(scf: &Arc<Scf>, function: &str, route: &Route, needs: Vec<ResourceId>) -> Self {
        Self { scf: scf.clone(), id: alias_id(function), needs, route: route.clone(), desired: route.fields() }
    }

    fn function(&self) -> &str {
        &self.id.name
    }

    /// The number of the version that this deploy has published, if the route is to that one.
    fn new_version<'a>(&self, known: &'a Known) -> Option<&'a str> {
        known.get(&version_id(self.function()), "number").filter(|_| self.route.is_to_new())
    }

    async fn look(&self, known: &Known) -> Result<Option<Actual>, CloudError> {
        let Some(alias) = self.scf.alias(self.function()).await? else { return Ok(None) };
        let fields = match traffic(&alias) {
            Some(traffic) => self.route.actual(&traffic, self.new_version(known)),
            None => Fields::new().plain("version", &alias.function_version),
        };
        Ok(Some(Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
    }

    async fn point(&self, known: &Known) -> Result<Outputs, CloudError> {
        let traffic = self.route.resolve(self.new_version(known))?;
        let weights: Vec<_> = traffic
            .canary
            .iter()
            .map(|(version, share)| json!({ "Version": version, "Weight": share.weight() }))
            .collect();
        let body = json!({
            "FunctionName": self.function(), "Name": DEFAULT, "FunctionVersion": traffic.version,
            "Description": traffic.description(), "RoutingConfig": { "AdditionalVersionWeights": weights },
        });
        self.scf.change("UpdateAlias", body).await?;
        Ok(Outputs::new())
    }
}

/// Where an alias sends requests; `None`: to what is not published.
pub(crate) fn traffic(alias: &Alias) -> Option<Traffic> {
    if alias.function_version == LATEST {
        return None;
    }
    let canary =
        alias.routing_config.additional_version_weights.iter().find_map(|additional| {
            Canary::from_weight(additional.weight).map(|share| (additional.version.clone(), share))
        });
    Some(Traffic { version: alias.function_version.clone(), canary, before: Traffic::past(&alias.description) })
}

impl Resource for DefaultAlias {
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
        Box::pin(self.look(known))
    }

    fn create<'a>(&'a self, known: &'a Known) -> Pending<'a, Outputs> {
        // It is there as soon as its function is.
        Box::pin(self.point(known))
    }

    fn update<'a>(&'a self, _changes: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.point(known))
    }

    fn delete<'a>(&'a self, _known: &'a Known) -> Pending<'a, ()> {
        // It goes with its function, and not before.
        Box::pin(async { Ok(()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Traffic> {
        traffic(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn an_alias_that_nobody_has_moved_sends_traffic_to_no_version() {
        assert_eq!(read(r#"{"FunctionVersion":"$LATEST","Name":"$DEFAULT","RoutingConfig":null}"#), None);
    }

    #[test]
    fn a_canary_is_the_additional_version() {
        let text = r#"{"FunctionVersion":"3","Description":"fx before 2",
            "RoutingConfig":{"AdditionalVersionWeights":[{"Version":"4","Weight":0.1}],"AddtionVersionMatchs":null}}"#;
        let wanted = Traffic {
            version: "3".into(),
            canary: Some(("4".into(), "10%".parse().unwrap())),
            before: Some("2".into()),
        };
        assert_eq!(read(text), Some(wanted));
    }
}
