//! What has to change: a pure function of what shall be and what is.

use std::fmt;

use serde::Serialize;

use crate::{FieldChange, Fields, Observed, Owner, Resource, ResourceId};

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is made.
    Create,
    /// Some of its settings are changed.
    Update,
    /// It is deleted and made anew: a setting that cannot be changed has to.
    Replace,
    /// It is as it shall be.
    Unchanged,
    /// It goes.
    Delete,
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Unchanged => "unchanged",
            Self::Delete => "delete",
        })
    }
}

/// What happens to one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The resource.
    pub resource: ResourceId,
    /// What happens to it.
    pub action: Action,
    /// The settings that are set, changed and taken away.
    pub fields: Vec<FieldChange>,
    /// What was found in the place of this service's mark, if it is being taken over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<String>,
    /// What stands before it, or after it if it goes.
    #[serde(skip)]
    pub needs: Vec<ResourceId>,
    /// What only one resource can have at a time, and this one wants or has.
    #[serde(skip)]
    pub claims: Option<String>,
}

/// What has to change, in the order in which a target lists its resources; what goes stands last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Plan {
    /// One for each resource.
    pub changes: Vec<Change>,
}

impl Plan {
    /// Those that write something.
    pub fn writes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.action != Action::Unchanged)
    }

    /// How many resources one thing happens to.
    pub fn count(&self, action: Action) -> usize {
        self.changes.iter().filter(|change| change.action == action).count()
    }

    /// Whether nothing has to be written.
    pub fn is_empty(&self) -> bool {
        self.writes().next().is_none()
    }
}

/// How to plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Take over resources that carry no mark, or another service's.
    pub force: bool,
    /// Delete what the service has and does not name any more.
    pub prune: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { force: false, prune: true }
    }
}

/// A resource that has the right name and the wrong owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{resource} exists and was not made by this service: {found}")]
pub struct Foreign {
    /// The resource.
    pub resource: ResourceId,
    /// What was found in the place of this service's mark.
    pub found: String,
}

/// Compares what shall be with what is. `surplus` are resources of this service that exist and are not wanted any more; they go, but for
/// those that something needs which stays.
///
/// All resources with a wrong owner come back together: none of them may be written to, nor anything else.
pub fn plan(
    wanted: &[Box<dyn Resource>],
    surplus: &[Box<dyn Resource>],
    observed: &Observed,
    options: Options,
) -> Result<Plan, Vec<Foreign>> {
    let mut foreign = Vec::new();
    let mut changes = Vec::new();
    for resource in wanted {
        let actual = observed.actual.get(resource.id());
        let mut change = change(resource.as_ref(), actual.map(|actual| &actual.fields));
        if let Some(Owner::Foreign(found)) = actual.map(|actual| &actual.owner) {
            match options.force {
                true => change.taken_from = Some(found.clone()),
                false => foreign.push(Foreign { resource: resource.id().clone(), found: found.clone() }),
            }
        }
        changes.push(change);
    }
    if options.prune {
        let unwanted = |id: &ResourceId| wanted.iter().all(|wanted| wanted.id() != id);
        let goes = |id: &ResourceId| unwanted(id) && surplus.iter().any(|resource| resource.id() == id);
        let is_free = |resource: &dyn Resource| resource.held_by().iter().all(|holder| holder.iter().any(goes));
        let gone = surplus.iter().filter(|resource| unwanted(resource.id()) && is_free(resource.as_ref()));
        changes.extend(gone.map(|resource| Change {
            resource: resource.id().clone(),
            action: Action::Delete,
            fields: Vec::new(),
            taken_from: None,
            needs: resource.needs().to_vec(),
            claims: resource.claims().map(str::to_owned),
        }));
    }
    if foreign.is_empty() { Ok(Plan { changes }) } else { Err(foreign) }
}

/// What has to happen to one resource.
pub(crate) fn change(resource: &dyn Resource, actual: Option<&Fields>) -> Change {
    let nothing = Fields::new();
    let fields = actual.unwrap_or(&nothing).changes_to(resource.desired());
    let action = match actual {
        None => Action::Create,
        Some(_) if fields.is_empty() => Action::Unchanged,
        Some(_) if fields.iter().any(|change| resource.fixed().contains(&change.field.as_str())) => Action::Replace,
        Some(_) => Action::Update,
    };
    let claims = resource.claims().map(str::to_owned);
    Change {
        resource: resource.id().clone(),
        action,
        fields,
        taken_from: None,
        needs: resource.needs().to_vec(),
        claims,
    }
}
