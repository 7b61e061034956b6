//! Everything that calls a function: requests, schedules, buckets, topics, logs. To the platform they are one kind of thing.

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Known, Outputs, Owner, Pending, Resource, ResourceId, Value};
use http::Method;
use serde_json::{Map, Value as Json};

use super::{ALIAS, alias_id, settings};
use crate::{
    api::{Api, Call},
    package::triggers,
};

/// Members of a configuration that need not be there, and are taken away by not being sent; with what tells that they are there.
const OPTIONAL: [(&str, &str); 3] =
    [("corsConfig", "/corsConfig/allowOrigins"), ("filterTag", "/filterTag"), ("payload", "/payload")];

/// What the description of a trigger of ours begins with; the service's mark comes after it.
const DESCRIPTION: &str = "fx ";

/// The kind that brings events of a bucket.
const OBJECTS: &str = "oss";

/// What can never be changed of a trigger.
const FIXED: &[&str] = &["source", "type"];

/// The platform cannot change anything of a subscription to a topic.
const FIXED_OF_TOPICS: &[&str] = &[
    "config.filterTag",
    "config.notifyContentFormat",
    "config.notifyStrategy",
    "owner",
    "qualifier",
    "role",
    "source",
    "type",
];

/// A trigger.
pub(crate) struct Trigger {
    api: Api,
    id: ResourceId,
    needs: [ResourceId; 1],
    function: String,
    mark: String,
    kind: &'static str,
    source: Option<String>,
    role: Option<String>,
    config: Json,
    desired: Fields,
}

impl Trigger {
    /// A trigger of a function.
    pub fn of(api: &Api, function: &str, mark: &str, trigger: &triggers::Trigger) -> Self {
        let role = trigger.role.first().map(|role| super::function::role_arn(api, role));
        let config: Map<String, Json> =
            trigger.config.iter().map(|setting| (setting.name.clone(), setting.value.clone())).collect();
        let mut trigger = Self {
            api: api.clone(),
            id: ResourceId::new("trigger", format!("{function}/{}", trigger.name)),
            needs: [alias_id(function)],
            function: function.to_owned(),
            mark: mark.to_owned(),
            kind: trigger.r#type,
            source: trigger.arn.first().cloned(),
            role,
            config: config.into(),
            desired: Fields::new(),
        };
        trigger.desired = trigger.fields(&trigger.config, &trigger.source, &trigger.role, trigger.kind, ALIAS);
        trigger.desired.set("owner", Value::plain(mark));
        trigger
    }

    /// One that exists, to be deleted; `bucket`: whose events it brings, if it is of that kind.
    fn found(api: &Api, function: &str, name: &str, bucket: Option<&str>) -> Self {
        Self {
            api: api.clone(),
            id: ResourceId::new("trigger", format!("{function}/{name}")),
            needs: [alias_id(function)],
            function: function.to_owned(),
            mark: String::new(),
            kind: if bucket.is_some() { OBJECTS } else { "" },
            source: bucket.map(str::to_owned),
            role: None,
            config: Json::Null,
            desired: Fields::new(),
        }
    }

    fn fields(
        &self,
        config: &Json,
        source: &Option<String>,
        role: &Option<String>,
        kind: &str,
        qualifier: &str,
    ) -> Fields {
        let mut fields = Fields::new().plain("type", kind).plain("qualifier", qualifier);
        for (name, value) in [("source", source), ("role", role)] {
            if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                fields.set(name, Value::plain(value.clone()));
            }
        }
        settings::add_actual(&mut fields, "config", config, &self.config);
        for (name, place) in OPTIONAL {
            if let (None, Some(unwanted)) = (self.config.get(name), config.pointer(place)) {
                settings::add(&mut fields, &format!("config.{name}"), unwanted);
            }
        }
        fields
    }

    fn name(&self) -> &str {
        self.id.name.rsplit_once('/').map_or("", |(_, name)| name)
    }

    fn path(&self) -> [&str; 4] {
        ["functions", &self.function, "triggers", self.name()]
    }

    fn body(&self) -> Map<String, Json> {
        let mut body = Map::new();
        // JSON in a string: so the platform wants it.
        body.insert("triggerConfig".into(), self.config.to_string().into());
        body.insert("qualifier".into(), ALIAS.into());
        body.insert("description".into(), format!("{DESCRIPTION}{}", self.mark).into());
        if let Some(role) = &self.role {
            body.insert("invocationRole".into(), role.clone().into());
        }
        body
    }
}

impl Resource for Trigger {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    /// Two triggers must not want the same event of a bucket.
    fn claims(&self) -> Option<&str> {
        self.source.as_deref().filter(|_| self.kind == OBJECTS)
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn fixed(&self) -> &[&'static str] {
        if self.kind == "mns_topic" { FIXED_OF_TOPICS } else { FIXED }
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let Some(remote) = self.api.find::<Json>(&Call::get("GetTrigger", &self.path())).await? else {
                return Ok(None);
            };
            let text = |name: &str| remote[name].as_str().map(str::to_owned);
            let config =
                text("triggerConfig").and_then(|config| serde_json::from_str(&config).ok()).unwrap_or_default();
            // Roles and sources are reported of kinds too that need none.
            let role = text("invocationRole").filter(|_| self.role.is_some());
            let source = text("sourceArn").filter(|_| self.source.is_some());
            let kind = text("triggerType").unwrap_or_default();
            let qualifier = text("qualifier").unwrap_or_default();
            let mut fields = self.fields(&config, &source, &role, &kind, &qualifier);
            let mark = mark(&remote);
            let owner = match mark {
                Some(mark) if mark == self.mark => Owner::Us,
                Some(mark) => Owner::Foreign(format!("fx service {mark}")),
                None => Owner::Foreign("not made by fx".into()),
            };
            if let Some(mark) = mark {
                fields.set("owner", Value::plain(mark));
            }
            Ok(Some(Actual { fields, owner, outputs: outputs(&remote) }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let mut body = self.body();
            body.insert("triggerName".into(), self.name().into());
            body.insert("triggerType".into(), self.kind.into());
            if let Some(source) = &self.source {
                body.insert("sourceArn".into(), source.clone().into());
            }
            let path = ["functions", self.function.as_str(), "triggers"];
            let made: Json = self.api.ask(&Call::new("CreateTrigger", Method::POST, &path).json(&body.into())).await?;
            Ok(outputs(&made))
        })
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let call = Call::new("UpdateTrigger", Method::PUT, &self.path()).json(&self.body().into());
            let made: Json = self.api.ask(&call).await?;
            Ok(outputs(&made))
        })
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async { self.api.remove(&Call::delete("DeleteTrigger", &self.path())).await })
    }
}

/// The triggers of a function that fx has made.
pub(crate) async fn found_triggers(api: &Api, function: &str) -> Result<Vec<Trigger>, CloudError> {
    let page = || Call::get("ListTriggers", &["functions", function, "triggers"]);
    let listed = match api.list(page, "triggers").await {
        Err(error) if error.kind() == fx_deploy::Kind::NotFound => Vec::new(),
        listed => listed?,
    };
    let ours = listed.iter().filter(|trigger| mark(trigger).is_some());
    let found = |trigger: &Json| {
        let bucket = trigger["sourceArn"].as_str().filter(|_| trigger["triggerType"] == OBJECTS);
        Some(Trigger::found(api, function, trigger["triggerName"].as_str()?, bucket))
    };
    Ok(ours.filter_map(found).collect())
}

fn mark(trigger: &Json) -> Option<&str> {
    trigger["description"].as_str()?.strip_prefix(DESCRIPTION)
}

fn outputs(trigger: &Json) -> Outputs {
    let url = trigger.pointer("/httpTrigger/urlInternet").and_then(Json::as_str);
    url.map(|url| ("url", url.trim_end_matches('/').to_owned())).into_iter().collect()
}
