//! A site in `artifact.json`, and its files beside it.

use std::{fs, path::Path};

use fx_spec::service::StaticSite;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ArtifactError, Site, hex};

/// The folder of the files, beside `artifact.json`.
pub const FOLDER: &str = "static";

/// What is uploaded, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteArtifact {
    /// The bucket.
    pub bucket: String,
    /// The folder in it that the service's own lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The address that has the bucket's objects below it, if not the bucket's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cdn: Option<String>,
    /// The files.
    pub files: Vec<FileArtifact>,
}

/// A file that is uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileArtifact {
    /// Its name in `static.dir`.
    pub source: String,
    /// Its name in the bucket, and beside `artifact.json` in `static/`.
    pub name: String,
    /// The value of its `content-type`.
    pub content_type: String,
    /// SHA-256 of its content, lower-case hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

impl SiteArtifact {
    /// Writes the files of a site beside the document that is to be. `None`: the site is off.
    pub fn write(site: &Site, settings: &StaticSite, folder: &Path) -> Result<Option<Self>, ArtifactError> {
        let Some(bucket) = &settings.bucket else { return Ok(None) };
        let mut files = Vec::new();
        for file in &site.files {
            let path = folder.join(FOLDER).join(&file.name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(ArtifactError::io(parent))?;
            }
            fs::write(&path, &file.bytes).map_err(ArtifactError::io(&path))?;
            files.push(FileArtifact {
                source: file.source.clone(),
                name: file.name.clone(),
                content_type: file.content_type.clone(),
                sha256: hex(&Sha256::digest(&file.bytes)),
                size: file.bytes.len() as u64,
            });
        }
        Ok(Some(Self {
            bucket: bucket.value.clone(),
            prefix: settings.prefix.clone(),
            cdn: settings.cdn.clone(),
            files,
        }))
    }
}
