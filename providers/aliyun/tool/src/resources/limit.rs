//! How many requests a function may have under way at once, and what becomes of its asynchronous calls: two kinds of thing that are put
//! on a function and taken off it again.

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Known, Outputs, Owner, Pending, Resource, ResourceId};
use http::Method;
use serde_json::Value as Json;

use super::{ALIAS, alias_id, function_id, settings};
use crate::{
    api::{Api, Call},
    package::{Setting, invocation_limits},
};

/// One of the two.
struct Kind {
    id: &'static str,
    /// What Serverless Devs calls it.
    name: &'static str,
    path: &'static str,
    get: &'static str,
    put: &'static str,
    delete: &'static str,
    /// It is of the alias, not of the function.
    qualified: bool,
}

const CONCURRENCY: Kind = Kind {
    id: "concurrency",
    name: "concurrencyConfig",
    path: "concurrency",
    get: "GetConcurrencyConfig",
    put: "PutConcurrencyConfig",
    delete: "DeleteConcurrencyConfig",
    qualified: false,
};

const ASYNCHRONOUS: Kind = Kind {
    id: "async calls",
    name: "asyncInvokeConfig",
    path: "async-invoke-config",
    get: "GetAsyncInvokeConfig",
    put: "PutAsyncInvokeConfig",
    delete: "DeleteAsyncInvokeConfig",
    qualified: true,
};

/// Such a limit of a function.
pub(crate) struct Limit {
    api: Api,
    kind: &'static Kind,
    id: ResourceId,
    needs: [ResourceId; 1],
    value: Json,
    desired: Fields,
}

impl Limit {
    /// What f.yml says about a function. `said`: the value of a key.
    pub fn all(api: &Api, function: &str, said: impl Fn(&str) -> Option<Json>) -> Vec<Self> {
        let limit = |setting: Setting| {
            let kind = [&CONCURRENCY, &ASYNCHRONOUS].into_iter().find(|kind| kind.name == setting.name)?;
            Some(Self::new(api, kind, function, setting.value))
        };
        invocation_limits(said).into_iter().filter_map(limit).collect()
    }

    fn new(api: &Api, kind: &'static Kind, function: &str, value: Json) -> Self {
        let mut desired = Fields::new();
        for (name, value) in value.as_object().into_iter().flatten() {
            settings::add(&mut desired, name, value);
        }
        Self {
            api: api.clone(),
            kind,
            id: ResourceId::new(kind.id, function),
            needs: [if kind.qualified { alias_id(function) } else { function_id(function) }],
            value,
            desired,
        }
    }

    fn call(&self, action: &'static str, method: Method) -> Call {
        let call = Call::new(action, method, &["functions", &self.id.name, self.kind.path]);
        if self.kind.qualified { call.query("qualifier", ALIAS) } else { call }
    }
}

impl Resource for Limit {
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
            let Some(remote) = self.api.find::<Json>(&self.call(self.kind.get, Method::GET)).await? else {
                return Ok(None);
            };
            let mut fields = Fields::new();
            for (name, wanted) in self.value.as_object().into_iter().flatten() {
                settings::add_actual(&mut fields, name, &remote[name], wanted);
            }
            Ok(Some(Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            self.api.call(&self.call(self.kind.put, Method::PUT).json(&self.value)).await?;
            Ok(Outputs::new())
        })
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        self.create(known)
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async { self.api.remove(&self.call(self.kind.delete, Method::DELETE)).await })
    }
}

/// The limits that a function has.
pub(crate) async fn found_limits(api: &Api, function: &str) -> Result<Vec<Limit>, CloudError> {
    let mut found = Vec::new();
    for kind in [&CONCURRENCY, &ASYNCHRONOUS] {
        let limit = Limit::new(api, kind, function, Json::Null);
        if api.find::<Json>(&limit.call(kind.get, Method::GET)).await?.is_some() {
            found.push(limit);
        }
    }
    Ok(found)
}
