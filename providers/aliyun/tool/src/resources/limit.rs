//! How many requests a function may have under way at once, and what becomes of its asynchronous calls: two kinds of thing that are put
//! on a function and taken off it again.
//!
//! Neither has room for a mark, so the function carries one for it: a tag. What somebody has set in the console has none, and stays
//! until f.yml names it.

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Known, Outputs, Owner, Pending, Resource, ResourceId, Value};
use http::Method;
use serde_json::Value as Json;

use super::{ALIAS, alias_id, function, function_id, settings};
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
    /// The function's tag that says that fx has set it.
    tag: &'static str,
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
    tag: "fx.concurrency",
    get: "GetConcurrencyConfig",
    put: "PutConcurrencyConfig",
    delete: "DeleteConcurrencyConfig",
    qualified: false,
};

const KINDS: [&Kind; 2] = [&CONCURRENCY, &ASYNCHRONOUS];

const ASYNCHRONOUS: Kind = Kind {
    id: "async calls",
    name: "asyncInvokeConfig",
    path: "async-invoke-config",
    tag: "fx.async",
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
    mark: String,
    value: Json,
    desired: Fields,
}

impl Limit {
    /// What f.yml says about a function. `said`: the value of a key.
    pub fn all(api: &Api, function: &str, mark: &str, said: impl Fn(&str) -> Option<Json>) -> Vec<Self> {
        let limit = |setting: Setting| {
            let kind = KINDS.into_iter().find(|kind| kind.name == setting.name)?;
            Some(Self::new(api, kind, function, mark, setting.value))
        };
        invocation_limits(said).into_iter().filter_map(limit).collect()
    }

    fn new(api: &Api, kind: &'static Kind, function: &str, mark: &str, value: Json) -> Self {
        let mut desired = Fields::new().plain("owner", mark);
        for (name, value) in value.as_object().into_iter().flatten() {
            settings::add(&mut desired, name, value);
        }
        Self {
            api: api.clone(),
            kind,
            id: ResourceId::new(kind.id, function),
            needs: [if kind.qualified { alias_id(function) } else { function_id(function) }],
            mark: mark.to_owned(),
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
            let function = function::get(&self.api, &self.id.name, None).await?;
            if let Some(mark) = function::tag(&function, self.kind.tag) {
                fields.set("owner", Value::plain(mark));
            }
            for (name, wanted) in self.value.as_object().into_iter().flatten() {
                settings::add_actual(&mut fields, name, &remote[name], wanted);
            }
            Ok(Some(Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.put(true))
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.put(changes.iter().any(|change| change.field == "owner")))
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            self.api.remove(&self.call(self.kind.delete, Method::DELETE)).await?;
            function::untag(&self.api, &self.id.name, self.kind.tag).await
        })
    }
}

impl Limit {
    /// Sets it. The mark comes first: without the limit it says nothing, and the limit without it would stay for ever.
    async fn put(&self, is_marked: bool) -> Result<Outputs, CloudError> {
        if is_marked {
            function::set_tag(&self.api, &self.id.name, self.kind.tag, &self.mark).await?;
        }
        self.api.call(&self.call(self.kind.put, Method::PUT).json(&self.value)).await?;
        Ok(Outputs::new())
    }
}

/// The limits that fx has put on a function.
pub(crate) fn found_limits(api: &Api, name: &str, function: &Json) -> Vec<Limit> {
    let ours = KINDS.into_iter().filter(|kind| function::tag(function, kind.tag).is_some());
    ours.map(|kind| Limit::new(api, kind, name, "", Json::Null)).collect()
}

/// Takes all limits off a function that goes, whoever has put them there.
pub(super) async fn remove_all(api: &Api, function: &str) -> Result<(), CloudError> {
    for kind in KINDS {
        let limit = Limit::new(api, kind, function, "", Json::Null);
        api.remove(&limit.call(kind.delete, Method::DELETE)).await?;
    }
    Ok(())
}
