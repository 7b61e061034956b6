//! What the kinds of trigger have in common that are one trigger of the platform each, all but a bucket's.

use std::{marker::PhantomData, sync::Arc};

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Known, Outputs, Owner, Pending, Resource, ResourceId};
use serde_json::{Value, json};

use super::{alias_id, function_id};
use crate::api::{DEFAULT, Scf, TriggerInfo};

/// The description of every trigger that fx makes.
pub(super) const DESCRIPTION: &str = "fx";

/// Whether fx has made a trigger of a function of its own, rather than somebody in the console.
pub(crate) fn is_ours(trigger: &TriggerInfo) -> bool {
    trigger.description == DESCRIPTION
}

/// A kind of trigger.
pub(crate) trait Shape: Send + Sync {
    /// Its kind in ids.
    const KIND: &'static str;

    /// Its type in the words of the API.
    fn wire_type(name: &str) -> &'static str;

    /// Settings of one of this name that cannot be changed: it is made anew for them.
    fn fixed(name: &str) -> &'static [&'static str] {
        let _ = name;
        &[]
    }

    /// Whether this is the one. Of some kinds a function has one, whatever it is called.
    fn is(trigger: &TriggerInfo, name: &str) -> bool {
        trigger.trigger_name == name
    }

    /// Its settings as the platform has them.
    fn read(trigger: &TriggerInfo) -> Fields;

    /// Its settings as the platform wants them: the description, and the argument of those that take one.
    fn write(wanted: &Fields, name: &str) -> (String, Option<String>);

    /// What others need of it.
    fn outputs(trigger: &TriggerInfo) -> Outputs {
        let _ = trigger;
        Outputs::new()
    }
}

/// A trigger on the alias that traffic comes through.
pub(crate) struct Trigger<S> {
    scf: Arc<Scf>,
    id: ResourceId,
    needs: [ResourceId; 2],
    function: String,
    name: String,
    desired: Fields,
    shape: PhantomData<fn() -> S>,
}

impl<S: Shape> Trigger<S> {
    /// A trigger that must have these settings; one that is to go needs none.
    pub fn new(scf: &Arc<Scf>, function: &str, name: &str, desired: Fields) -> Self {
        Self {
            scf: scf.clone(),
            id: ResourceId::new(
                S::KIND,
                if name.is_empty() { function.to_owned() } else { format!("{function}/{name}") },
            ),
            needs: [function_id(function), alias_id(function)],
            function: function.to_owned(),
            name: name.to_owned(),
            desired,
            shape: PhantomData,
        }
    }

    async fn find(&self) -> Result<Option<TriggerInfo>, CloudError> {
        let wire_type = S::wire_type(&self.name);
        let triggers = self.scf.triggers(&self.function).await?;
        Ok(triggers.into_iter().find(|trigger| trigger.kind == wire_type && S::is(trigger, &self.name)))
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        Ok(self.find().await?.map(|trigger| Actual {
            fields: S::read(&trigger).plain(ENABLED, (trigger.enable == 1).to_string()),
            owner: Owner::Us,
            outputs: S::outputs(&trigger),
        }))
    }

    async fn make(&self, action: &'static str, name: &str) -> Result<Outputs, CloudError> {
        let (description, argument) = S::write(&self.desired, &self.name);
        let mut body = self.named(name);
        body["TriggerDesc"] = json!(description);
        body["Enable"] = json!(if self.desired.text(ENABLED) == Some("false") { "CLOSE" } else { "OPEN" });
        body["Description"] = json!(DESCRIPTION);
        // An empty one takes away what was there.
        if let Some(argument) = argument.filter(|argument| action == "UpdateTrigger" || !argument.is_empty()) {
            body["CustomArgument"] = json!(argument);
        }
        self.scf.change(action, body).await?;
        // An address is said by the platform once the trigger is there.
        Ok(self.find().await?.map(|trigger| S::outputs(&trigger)).unwrap_or_default())
    }

    /// The name that it is made with: the platform wants one even where it goes by another afterwards.
    fn first_name(&self) -> &str {
        if self.name.is_empty() { S::KIND } else { &self.name }
    }

    fn named(&self, name: &str) -> Value {
        json!({
            "FunctionName": self.function, "TriggerName": name, "Type": S::wire_type(&self.name), "Qualifier": DEFAULT,
        })
    }
}

/// The setting that says whether it is on.
pub(super) const ENABLED: &str = "enabled";

impl<S: Shape> Resource for Trigger<S> {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn fixed(&self) -> &[&'static str] {
        S::fixed(&self.name)
    }

    fn read<'a>(&'a self, _known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.make("CreateTrigger", self.first_name()))
    }

    fn update<'a>(&'a self, _changes: &'a [FieldChange], _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            match self.find().await? {
                Some(trigger) => self.make("UpdateTrigger", &trigger.trigger_name).await,
                // Somebody has taken it away since it was read.
                None => self.make("CreateTrigger", self.first_name()).await,
            }
        })
    }

    fn delete<'a>(&'a self, _known: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            match self.find().await? {
                Some(trigger) => self.scf.change("DeleteTrigger", self.named(&trigger.trigger_name)).await,
                None => Ok(()),
            }
        })
    }
}
