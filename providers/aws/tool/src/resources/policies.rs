//! The policies that a role has and is not to have any more. Until the alias has moved, a version works that may need them: so they are
//! taken away after that.

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId};

use super::{
    Role, alias_id,
    role::{POLICIES, joined, listed},
};

/// That a role has no policies but these.
pub(crate) struct Policies {
    role: Role,
    id: ResourceId,
    needs: [ResourceId; 2],
    desired: Fields,
}

impl Policies {
    /// Those of the role of a function.
    pub fn of(role: Role, id: &ResourceId, function: &str, policies: &str) -> Self {
        Self {
            role,
            id: ResourceId::new("policies", id.name.clone()),
            needs: [id.clone(), alias_id(function)],
            desired: Fields::new().plain(POLICIES, policies),
        }
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let attached = match self.role.attached().await {
            Err(error) if error.kind() == Kind::NotFound => Default::default(),
            attached => attached?,
        };
        // What is missing is the role's own concern.
        let has_more = !attached.is_subset(&listed(&self.desired));
        let fields = if has_more { Fields::new().plain(POLICIES, joined(attached)) } else { self.desired.clone() };
        Ok(Some(Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
    }

    async fn clear(&self) -> Result<Outputs, CloudError> {
        for policy in self.role.attached().await?.difference(&listed(&self.desired)) {
            self.role.detach(policy).await?;
        }
        Ok(Outputs::new())
    }
}

impl Resource for Policies {
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
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.clear())
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.clear())
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        // They go with their role.
        Box::pin(std::future::ready(Ok(())))
    }
}
