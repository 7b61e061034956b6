//! The files of `static`, as they go into a bucket: each under a name that its content is part of, so that a browser may keep it for good.
//!
//! | what | where |
//! |---|---|
//! | the files of the folder, and their new names | this module |
//! | references in pages, style sheets and scripts | `references.rs` |
//! | what a file is, in the words of HTTP | `content_type.rs` |
//! | the files beside `artifact.json` | [`SiteArtifact`] |
//!
//! A file's name changes with its content and with that of every file it leads to, for it names those. Import cycles need no care: all
//! of a cycle lead to the same files.
//!
//! Pages stay with the functions, under their old names. What refers to the files there is [`BASE`], which a function puts the address
//! of the bucket in place of.

mod artifact;
mod content_type;
mod references;

pub use artifact::{FOLDER, FileArtifact, SiteArtifact};

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path},
};

use fx_spec::{
    Problem, Service, SourceFile,
    service::{Located, Package, StaticSite},
};
use sha2::{Digest, Sha256};

use super::{ArtifactError, archive::hex, assets};
use content_type::content_type;
use references::{Found, Syntax};

/// What pages say in the place of the bucket's address; the runtime knows it too.
pub const BASE: &str = "https://assets.fx.invalid/";
/// The folder of pages in a zip; the runtime knows it too.
pub const PAGES: &str = ".fx/pages";
/// Digits of the content's checksum in a name: enough that two contents never share it.
const DIGITS: usize = 16;
/// `static.dir` is not there, or has no files.
const NO_FILES: &str = "FX0216";

/// A site, ready to be uploaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// What goes into the bucket, by the names in the folder.
    pub files: Vec<SiteFile>,
    /// What stays with the functions, by the names in the crate.
    pub pages: Vec<Page>,
}

/// A file for the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// Its name in the folder: `app/main.js`.
    pub source: String,
    /// Its name in the bucket: `app/main.0f3a….js`.
    pub name: String,
    /// The value of its `content-type`.
    pub content_type: String,
    /// Its content, with references to the other files by their new names.
    pub bytes: Vec<u8>,
}

/// A page that loads its files from the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name in the crate: `public/index.html`.
    pub name: String,
    /// Its content, with references that begin with [`BASE`].
    pub bytes: Vec<u8>,
}

/// Reads the folder, and gives every file its name. `None`: the site is off.
pub fn make(crate_dir: &Path, site: &StaticSite) -> Result<Option<Site>, ArtifactError> {
    if site.bucket.is_none() {
        return Ok(None);
    }
    let folder = folder(site)?;
    let root = crate_dir.join(&folder);
    if !root.is_dir() {
        return Err(ArtifactError::NoSite { dir: site.dir.value.clone(), reason: "is no folder of the crate" });
    }
    let everything = Package { include: vec![Located::implied("**".to_owned())], ..Package::default() };
    let mut originals = BTreeMap::new();
    for asset in assets::collect(&root, &everything)? {
        let bytes = std::fs::read(&asset.path).map_err(ArtifactError::io(&asset.path))?;
        originals.insert(asset.name, bytes);
    }
    let (pages, files): (BTreeMap<_, _>, BTreeMap<_, _>) =
        originals.into_iter().partition(|(name, _)| Syntax::of(name) == Some(Syntax::Html));
    if files.is_empty() {
        return Err(ArtifactError::NoSite { dir: site.dir.value.clone(), reason: "has no files but pages" });
    }
    Ok(Some(named(&folder, &pages, &files)))
}

/// Whether there is something to upload: the same as [`make`] would say, with its place in f.yml.
pub fn check(service: &Service, source: &SourceFile) -> Option<Problem> {
    let site = service.static_site.as_ref()?;
    let problem = match make(&service.crate_dir, site) {
        Err(error @ ArtifactError::NoSite { .. }) => Problem::error(NO_FILES, error.to_string()),
        // Whatever else is wrong is told when it is packed.
        _ => return None,
    };
    let problem =
        problem.help("name the folder that has the files, relative to the crate; build it first if a tool makes it");
    Some(match &site.dir.span {
        Some(span) => problem.at(source, span.clone()),
        None => problem,
    })
}

/// `static.dir` as the beginning of a name in the crate: `public`, or empty for the crate itself.
fn folder(site: &StaticSite) -> Result<String, ArtifactError> {
    let mut parts = Vec::new();
    for part in Path::new(&site.dir.value).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => parts.extend(name.to_str()),
            _ => {
                return Err(ArtifactError::NoSite {
                    dir: site.dir.value.clone(),
                    reason: "is not inside of the crate",
                });
            }
        }
    }
    Ok(parts.join("/"))
}

type Contents = BTreeMap<String, Vec<u8>>;

fn named(folder: &str, pages: &Contents, files: &Contents) -> Site {
    let found: BTreeMap<&str, Vec<Found>> =
        files.iter().map(|(name, bytes)| (name.as_str(), references::find(name, bytes, files))).collect();
    let sums: BTreeMap<&str, String> =
        files.iter().map(|(name, bytes)| (name.as_str(), hex(&Sha256::digest(bytes)))).collect();
    let names: BTreeMap<&str, String> =
        files.keys().map(|name| (name.as_str(), new_name(name, &checksum(name, &found, &sums)))).collect();
    let new = |target: &str| names.get(target).map(String::as_str).unwrap_or_default();
    Site {
        files: files
            .iter()
            .map(|(name, bytes)| SiteFile {
                source: name.clone(),
                name: new(name).to_owned(),
                content_type: content_type(name),
                bytes: replaced(bytes, &found[name.as_str()], |target| relative(name, new(target))),
            })
            .collect(),
        pages: pages
            .iter()
            .map(|(name, bytes)| Page {
                name: if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") },
                bytes: replaced(bytes, &references::find(name, bytes, files), |target| {
                    format!("{BASE}{}", references::encode(new(target)))
                }),
            })
            .collect(),
    }
}

/// What a file's name has to change with: its content, what a browser is told it is, and the contents of all files that it leads to.
fn checksum(name: &str, found: &BTreeMap<&str, Vec<Found>>, sums: &BTreeMap<&str, String>) -> String {
    let mut reached = BTreeSet::from([name]);
    let mut open = vec![name];
    while let Some(next) = open.pop() {
        for Found { target, .. } in found.get(next).into_iter().flatten() {
            if let Some((target, _)) = sums.get_key_value(target.as_str())
                && reached.insert(target)
            {
                open.push(target);
            }
        }
    }
    let mut hash = Sha256::new();
    hash.update(format!("{name}\n{}\n", content_type(name)));
    for reached in reached {
        hash.update(format!("{reached}\n{}\n", sums[reached]));
    }
    hex(&hash.finalize())
}

/// `app/main.js` → `app/main.0123456789abcdef.js`.
fn new_name(name: &str, checksum: &str) -> String {
    let digits = &checksum[..DIGITS];
    let file = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[file..].rfind('.') {
        Some(dot) if dot > 0 => format!("{}.{digits}{}", &name[..file + dot], &name[file + dot..]),
        _ => format!("{name}.{digits}"),
    }
}

/// Whether this is a name that [`make`] gives.
pub fn is_made(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    let digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    file.split('.').skip(1).any(|part| part.len() == DIGITS && part.bytes().all(digit))
}

/// The way from one file of the bucket to another.
fn relative(from: &str, to: &str) -> String {
    let (from, target): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let folders = from.len().min(target.len()) - 1;
    let shared = from.iter().zip(&target).take(folders).take_while(|(from, to)| from == to).count();
    let up = "../".repeat(from.len() - 1 - shared);
    let way = references::encode(&target[shared..].join("/"));
    if up.is_empty() { format!("./{way}") } else { format!("{up}{way}") }
}

fn replaced(bytes: &[u8], found: &[Found], name: impl Fn(&str) -> String) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for Found { range, target } in found {
        text.extend_from_slice(&bytes[done..range.start]);
        text.extend_from_slice(name(target).as_bytes());
        done = range.end;
    }
    text.extend_from_slice(&bytes[done..]);
    text
}

#[cfg(test)]
mod tests;
