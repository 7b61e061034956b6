//! A package that went to its platform through a bucket, and has been lying there since.

use std::sync::Arc;

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId};

use crate::site::{Bucket, objects};

/// The package of a function in the bucket that fx has made for packages. The platform has its own copy.
pub struct Stored {
    bucket: Arc<dyn Bucket>,
    id: ResourceId,
    key: String,
    desired: Fields,
}

impl Stored {
    /// The object of this key, to be deleted; and the bucket with it, if nothing else is in it.
    pub fn found(bucket: Arc<dyn Bucket>, key: String) -> Self {
        let id = ResourceId::new("package", format!("{}/{key}", bucket.name()));
        Self { bucket, id, key, desired: Fields::new() }
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let objects = or_gone(objects::list(&*self.bucket, &self.key).await)?.unwrap_or_default();
        let found = objects.contains_key(&self.key);
        Ok(found.then(|| Actual { fields: Fields::new(), owner: Owner::Us, outputs: Outputs::new() }))
    }

    async fn clear(&self) -> Result<(), CloudError> {
        objects::delete(&*self.bucket, &self.key).await?;
        if or_gone(objects::list(&*self.bucket, "").await)?.is_some_and(|left| left.is_empty()) {
            match objects::delete_bucket(&*self.bucket).await {
                // Somebody has put something into it just now.
                Err(error) if error.platform_code() == Some("BucketNotEmpty") => {}
                result => result?,
            }
        }
        Ok(())
    }

    fn never(&self) -> CloudError {
        CloudError::new(Kind::Failed, self.id.to_string(), "a package is uploaded with its function only")
    }
}

/// `None`: the bucket is gone.
fn or_gone<T>(result: Result<T, CloudError>) -> Result<Option<T>, CloudError> {
    match result {
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

impl Resource for Stored {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(std::future::ready(Err(self.never())))
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(std::future::ready(Err(self.never())))
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(self.clear())
    }
}
