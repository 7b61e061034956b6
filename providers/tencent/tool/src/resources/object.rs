//! Buckets of COS.
//!
//! The platform has one trigger for each event and filter, all under the bucket's name, and cannot change any of them. Here they
//! are one resource for each bucket, so that another filter is a change of it: those that are not wanted go before others come, since
//! two whose filters overlap are refused.

use std::sync::Arc;

use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId,
    Value as Setting,
};
use serde_json::{Value, json};

use super::{alias_id, function_id, trigger::DESCRIPTION};
use crate::api::{DEFAULT, Scf, TriggerInfo};

/// The events of a bucket that call a function.
pub(crate) struct Bucket {
    scf: Arc<Scf>,
    id: ResourceId,
    needs: [ResourceId; 2],
    function: String,
    /// Its address, which is what its triggers are called.
    address: String,
    desired: Fields,
}

/// The setting of an event and its filter: its value says whether it is on.
pub(crate) fn setting(event: &str, prefix: &str, suffix: &str) -> String {
    format!("{event} {prefix}*{suffix}")
}

impl Bucket {
    /// The triggers that a bucket must have; of one that is to go, none.
    pub fn new(scf: &Arc<Scf>, function: &str, address: &str, desired: Fields) -> Self {
        Self {
            scf: scf.clone(),
            id: ResourceId::new("bucket", format!("{function}/{address}")),
            needs: [function_id(function), alias_id(function)],
            function: function.to_owned(),
            address: address.to_owned(),
            desired,
        }
    }

    async fn triggers(&self) -> Result<Vec<TriggerInfo>, CloudError> {
        let mut triggers = self.scf.triggers(&self.function).await?;
        triggers.retain(|trigger| trigger.kind == "cos" && trigger.trigger_name == self.address);
        Ok(triggers)
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let triggers = self.triggers().await?;
        if triggers.is_empty() {
            return Ok(None);
        }
        let fields = triggers.iter().map(|trigger| (name(trigger), Setting::plain(on(trigger.enable == 1)))).collect();
        Ok(Some(Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
    }

    async fn change(&self, changes: &[FieldChange]) -> Result<Outputs, CloudError> {
        let (gone, wanted): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.after.is_none());
        for change in gone {
            self.call("DeleteTrigger", &change.field, None).await?;
        }
        for change in wanted {
            let enabled = change.after.as_ref().is_none_or(|value| value.text() == on(true));
            let action = if change.before.is_some() { "UpdateTriggerStatus" } else { "CreateTrigger" };
            self.call(action, &change.field, Some(enabled)).await?;
        }
        Ok(Outputs::new())
    }

    async fn call(&self, action: &'static str, setting: &str, enabled: Option<bool>) -> Result<(), CloudError> {
        let (event, filter) = setting.split_once(' ').unwrap_or((setting, "*"));
        let (prefix, suffix) = filter.split_once('*').unwrap_or((filter, ""));
        // Without a single blank, or it is refused.
        let said = json!({ "event": event, "filter": { "Prefix": prefix, "Suffix": suffix } }).to_string();
        let mut body = json!({
            "FunctionName": self.function, "TriggerName": self.address, "Type": "cos", "Qualifier": DEFAULT,
            "TriggerDesc": said,
        });
        if let Some(enabled) = enabled {
            body["Enable"] = json!(if enabled { "OPEN" } else { "CLOSE" });
        }
        if action == "CreateTrigger" {
            body["Description"] = json!(DESCRIPTION);
        }
        match self.scf.change(action, body).await {
            // What is gone already need not go.
            Err(error) if action == "DeleteTrigger" && error.kind() == Kind::NotFound => Ok(()),
            result => result,
        }
    }
}

fn on(enabled: bool) -> &'static str {
    if enabled { "on" } else { "off" }
}

/// The setting that a trigger is.
fn name(trigger: &TriggerInfo) -> String {
    let said: Value = serde_json::from_str(&trigger.trigger_desc).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    setting(&text(&said["event"]), &text(&said["filter"]["Prefix"]), &text(&said["filter"]["Suffix"]))
}

/// Adds an event and its filter to what a bucket must have.
pub(crate) fn add(fields: &mut Fields, event: &str, prefix: &str, suffix: &str, enabled: bool) {
    fields.set(setting(event, prefix, suffix), Setting::plain(on(enabled)));
}

impl Resource for Bucket {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    /// The platform hands an event of a bucket to one function only.
    fn claims(&self) -> Option<&str> {
        Some(&self.address)
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async { self.change(&Fields::new().changes_to(&self.desired)).await })
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.change(changes))
    }

    fn delete<'a>(&'a self, _known: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            for trigger in self.triggers().await? {
                self.call("DeleteTrigger", &name(&trigger), None).await?;
            }
            Ok(())
        })
    }
}
