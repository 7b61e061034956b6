//! The files that browsers load from a bucket: uploaded before any function changes, and looked at as a browser would afterwards.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use fx_build::artifact::site::SiteArtifact;
use fx_deploy::{Resource, Value};
use fx_provider::site::{Bucket, Look, Site, files, look};
use fx_spec::{Problem, Service};

use super::session::Session;
use crate::{codes, output::Report};

/// The variable that tells functions where the files are; the runtime knows it too.
const VARIABLE: &str = "FX_ASSETS_URL";

/// What is uploaded of a service, and where it can be had.
#[expect(missing_debug_implementations, reason = "a bucket has no form to print")]
pub struct Published {
    bucket: Arc<dyn Bucket>,
    artifact: SiteArtifact,
    base: String,
}

impl Published {
    /// The files of a package's site, as a resource, and what is known of them.
    pub fn of(session: &Session, site: &SiteArtifact, package: &Path) -> (Self, Site) {
        let bucket = session.platform.bucket(&site.bucket);
        let resource = Site::of(bucket.clone(), site, &session.identity, package);
        let base = resource.base().to_owned();
        (Self { bucket, artifact: site.clone(), base }, resource)
    }

    /// Tells every unit where the files are. What f.yml itself says goes first.
    pub fn tell(&self, environment: &mut BTreeMap<String, BTreeMap<String, Value>>) {
        for variables in environment.values_mut() {
            variables.entry(VARIABLE.to_owned()).or_insert_with(|| Value::plain(&self.base));
        }
    }

    /// Whether a page of `origin` can load them.
    pub async fn look(&self, origin: &str) -> Option<Look> {
        look(&*self.bucket, &self.artifact, &self.base, origin).await
    }
}

/// What a bucket has of a service's, to be removed.
pub async fn left(session: &Session, service: &Service) -> Result<Vec<Box<dyn Resource>>, Report> {
    let Some((bucket, _)) = files(service, &session.identity) else { return Ok(Vec::new()) };
    let prefix = service.static_site.as_ref().and_then(|site| site.prefix.as_deref());
    let site = Site::found(session.platform.bucket(bucket), prefix, &session.identity);
    session.existing(vec![Box::new(site)]).await
}

/// What keeps pages from loading the files, as a warning with its remedy.
pub fn warning(look: &Look) -> Option<Problem> {
    let problem = look.problem.as_ref()?;
    let message = format!("pages cannot load their files: {} → {problem}", look.url);
    let warning = Problem::warning(codes::ASSETS, message);
    Some(match &look.help {
        Some(help) => warning.help(help.as_str()),
        None => warning,
    })
}
