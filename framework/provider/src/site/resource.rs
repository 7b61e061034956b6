//! A site's files in a bucket, as one resource.
//!
//! They lie in a folder of the service's own, and each has a name that its content is part of. So what is there is right, what is missing
//! is uploaded, and what an older version of the service names stays for that version, until the service is removed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{StreamExt, TryStreamExt, stream};
use fx_build::artifact::{
    site::{FOLDER, FileArtifact, SiteArtifact, is_made},
    verified,
};
use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId, Value,
};
use fx_spec::Service;
use sha2::{Digest, Sha256};

use super::{Bucket, escaped, objects};
use crate::deploy::Identity;

/// How many files are under way at once.
const AT_ONCE: usize = 8;
/// How many names are listed before the rest is counted.
const NAMED: usize = 3;
/// The setting that stands for all files.
const FILES: &str = "files";

/// A service's files in a bucket.
pub struct Site {
    bucket: Arc<dyn Bucket>,
    id: ResourceId,
    /// The folder in the bucket, with a slash at its end.
    folder: String,
    /// Where the files are on this machine.
    from: PathBuf,
    files: Vec<FileArtifact>,
    base: String,
    desired: Fields,
    /// The files that were missing when the bucket was read last.
    missing: Mutex<Vec<usize>>,
    uploaded: AtomicUsize,
}

impl Site {
    /// The files beside a document, to be uploaded. `package` is the document's folder.
    pub fn of(bucket: Arc<dyn Bucket>, site: &SiteArtifact, identity: &Identity, package: &Path) -> Self {
        let mut wanted = Self::found(bucket, site.prefix.as_deref(), identity);
        let address = site.cdn.clone().unwrap_or_else(|| wanted.bucket.address());
        wanted.base = format!("{address}/{}", escaped(&wanted.folder, true));
        let mut hash = Sha256::new();
        for file in &site.files {
            hash.update(format!("{}\n{}\n", file.name, file.size));
        }
        let sum: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let bytes: u64 = site.files.iter().map(|file| file.size).sum();
        let shown = format!("{} files, {}.{} KB", site.files.len(), bytes / 1024, bytes % 1024 * 10 / 1024);
        wanted.desired = Fields::new().with(FILES, Value::shown_as(sum, shown)).plain("address", &wanted.base);
        wanted.from = package.join(FOLDER);
        wanted.files.clone_from(&site.files);
        wanted
    }

    /// Whatever a bucket has of a service's, to be deleted.
    pub fn found(bucket: Arc<dyn Bucket>, prefix: Option<&str>, identity: &Identity) -> Self {
        let folder = folder(prefix, identity);
        Self {
            id: ResourceId::new("assets", format!("{}/{}", bucket.name(), folder.trim_end_matches('/'))),
            bucket,
            folder,
            from: PathBuf::new(),
            files: Vec::new(),
            base: String::new(),
            desired: Fields::new(),
            missing: Mutex::default(),
            uploaded: AtomicUsize::default(),
        }
    }

    /// The address that has the files below it, with a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The objects that are this service's, by the names of the files.
    async fn objects(&self) -> Result<BTreeMap<String, u64>, CloudError> {
        let objects = objects::list(&*self.bucket, &self.folder).await?;
        let own =
            objects.into_iter().filter_map(|(key, size)| Some((key.strip_prefix(&self.folder)?.to_owned(), size)));
        Ok(own.filter(|(name, _)| is_made(name)).collect())
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let objects = match self.objects().await {
            // Whoever has deleted the bucket has deleted the files.
            Err(error) if error.kind() == Kind::NotFound && self.files.is_empty() => return Ok(None),
            Err(error) if error.kind() == Kind::NotFound => return Err(error.of_kind(Kind::Invalid)),
            objects => objects?,
        };
        let missing = self.files.iter().enumerate().filter(|(_, file)| objects.get(&file.name) != Some(&file.size));
        let missing: Vec<usize> = missing.map(|(index, _)| index).collect();
        let mut fields = self.desired.clone();
        if !missing.is_empty() {
            fields.set(FILES, Value::plain(self.without(&missing)));
        }
        let exists = !objects.is_empty();
        *self.missing.lock().unwrap_or_else(PoisonError::into_inner) = missing;
        Ok(exists.then(|| Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
    }

    /// `all but app/main.js, app.css and 3 more`.
    fn without(&self, missing: &[usize]) -> String {
        if missing.len() == self.files.len() {
            return "older ones".to_owned();
        }
        let names: Vec<&str> = missing.iter().take(NAMED).map(|index| self.files[*index].source.as_str()).collect();
        let more = missing.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("all but {}{more}", names.join(", "))
    }

    async fn upload(&self) -> Result<Outputs, CloudError> {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.uploaded.store(0, Ordering::Relaxed);
        let files = stream::iter(missing).map(async |index| self.put(&self.files[index]).await);
        files.buffer_unordered(AT_ONCE).try_for_each(async |()| Ok(())).await?;
        Ok(Outputs::new())
    }

    async fn put(&self, file: &FileArtifact) -> Result<(), CloudError> {
        let bytes = verified(&self.from.join(&file.name), &file.sha256).map_err(|error| {
            CloudError::new(Kind::Invalid, "PutObject", error.to_string()).help("run the command again")
        })?;
        let key = format!("{}{}", self.folder, file.name);
        objects::put(&*self.bucket, &key, &file.content_type, bytes).await?;
        self.uploaded.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn clear(&self) -> Result<(), CloudError> {
        let objects = match self.objects().await {
            Err(error) if error.kind() == Kind::NotFound => return Ok(()),
            objects => objects?,
        };
        let deletes = stream::iter(objects.into_keys()).map(async |name| {
            let key = format!("{}{name}", self.folder);
            objects::delete(&*self.bucket, &key).await
        });
        deletes.buffer_unordered(AT_ONCE).try_for_each(async |()| Ok(())).await
    }
}

/// The bucket of a service's files and the folder in it, with a slash at its end; `None`: they stay with the functions.
pub fn files<'a>(service: &'a Service, identity: &Identity) -> Option<(&'a str, String)> {
    let site = service.static_site.as_ref()?;
    Some((site.bucket.as_ref()?.value.as_str(), folder(site.prefix.as_deref(), identity)))
}

/// A stage's files are not below the service's: whoever removes one leaves the other.
fn folder(prefix: Option<&str>, identity: &Identity) -> String {
    let prefix = prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
    format!("{prefix}{}/", identity.mark().replace('/', "~"))
}

impl Resource for Site {
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
        Box::pin(self.upload())
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.upload())
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(self.clear())
    }

    fn doing(&self) -> Option<String> {
        let all = self.missing.lock().unwrap_or_else(PoisonError::into_inner).len();
        (all > 0).then(|| format!("{} of {all} files", self.uploaded.load(Ordering::Relaxed)))
    }
}
