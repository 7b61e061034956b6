//! A namespace: what functions' names are unique in.
//!
//! It is made if f.yml names one that is missing, and never deleted: others may have put functions into it since.

use std::sync::Arc;

use fx_deploy::{Actual, FieldChange, Fields, Known, Outputs, Owner, Pending, Resource, ResourceId};
use serde_json::json;

use crate::api::Scf;

/// The namespace that every account has.
pub(crate) const COMMON: &str = "default";

/// A namespace that must exist.
pub(crate) struct Namespace {
    scf: Arc<Scf>,
    id: ResourceId,
    desired: Fields,
}

impl Namespace {
    /// The namespace of this name.
    pub fn new(scf: &Arc<Scf>) -> Self {
        Self { scf: scf.clone(), id: Self::id_of(&scf.namespace), desired: Fields::new() }
    }

    /// The id of a namespace.
    pub fn id_of(name: &str) -> ResourceId {
        ResourceId::new("namespace", name)
    }
}

impl Resource for Namespace {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let exists = self.scf.has_namespace(&self.id.name).await?;
            Ok(exists.then(|| Actual { fields: Fields::new(), owner: Owner::Us, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            self.scf.change("CreateNamespace", json!({ "Namespace": self.id.name, "Description": "fx" })).await?;
            Ok(Outputs::new())
        })
    }

    fn update<'a>(&'a self, _changes: &'a [FieldChange], _known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async { Ok(Outputs::new()) })
    }

    fn delete<'a>(&'a self, _known: &'a Known) -> Pending<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}
