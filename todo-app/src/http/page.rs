//! The page and its files.

use std::{
    io,
    path::{Path as FilePath, PathBuf},
};

use fx::{
    axum::http::{Uri, header},
    prelude::*,
};
use sha2::{Digest, Sha256};

/// `GET` of everything that is no API: a file of `public/`, else the page, which reads the address itself.
#[func("index.handler")]
pub async fn index(uri: Uri, headers: HeaderMap) -> Result<Response> {
    let path = uri.path().to_owned();
    let file =
        fx::blocking(move || read(&fx::assets().join("public"), || fx::page("public/index.html"), &path)).await??;
    let Some(file) = file else { return Err(Error::not_found("there is no such file")) };
    // The browser may keep a file, but asks whether it is still the same: names do not change with their contents.
    let known = [(header::ETAG, file.etag.as_str()), (header::CACHE_CONTROL, "no-cache")];
    if is_known(&headers, &file.etag) {
        return Ok((StatusCode::NOT_MODIFIED, known).into_response());
    }
    Ok((known, [(header::CONTENT_TYPE, file.content_type)], file.bytes).into_response())
}

/// Everything under `/api` that nobody else answers.
#[func("api.missing")]
pub async fn missing() -> Error {
    Error::not_found("there is no such endpoint")
}

/// Where its files were uploaded, it loads them from there.
const PAGE: &str = "index.html";

struct File {
    content_type: &'static str,
    etag: String,
    bytes: Vec<u8>,
}

/// The file that answers a path; `None`: it names a file that does not exist.
fn read(public: &FilePath, page: impl Fn() -> io::Result<Vec<u8>>, path: &str) -> io::Result<Option<File>> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let (wanted, is_file) = match inside(public, path) {
        Some(wanted) if name.contains('.') && name != PAGE => (wanted, true),
        // No file of ours has a name without a dot, or a strange one.
        _ => (public.join(PAGE), false),
    };
    match if is_file { std::fs::read(&wanted) } else { page() } {
        Ok(bytes) => {
            let etag = format!("\"{:.32}\"", hex(&Sha256::digest(&bytes)));
            Ok(Some(File { content_type: content_type(&wanted), etag, bytes }))
        }
        Err(error)
            if is_file
                && matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory
                ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Where a path leads below a folder. Only plain names are followed: nothing hidden, nothing escaped, no way up.
fn inside(public: &FilePath, path: &str) -> Option<PathBuf> {
    let plain = |name: &str| {
        !name.starts_with('.') && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
    };
    let mut found = public.to_owned();
    for name in path.strip_prefix('/')?.split('/') {
        if name.is_empty() || !plain(name) {
            return None;
        }
        found.push(name);
    }
    Some(found)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == etag)
}

fn content_type(path: &FilePath) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let public = folder.path().join("public");
        std::fs::create_dir_all(public.join("app")).unwrap();
        std::fs::write(public.join("index.html"), "<!doctype html>").unwrap();
        std::fs::write(public.join("app/main.js"), "1").unwrap();
        std::fs::write(public.join(".env"), "secret").unwrap();
        std::fs::write(folder.path().join("outside.txt"), "secret").unwrap();
        folder
    }

    #[test]
    fn files_are_files_and_the_rest_is_the_page() {
        let folder = public();
        let public = folder.path().join("public");
        let page = || std::fs::read(public.join(PAGE));
        let kind = |path| read(&public, page, path).unwrap().map(|file| file.content_type);
        assert_eq!(kind("/app/main.js"), Some("text/javascript; charset=utf-8"));
        for page in [
            "/",
            "/list",
            "/user/login",
            "/app",
            "/app/",
            "//",
            "/a%20b.js",
            "/.env",
            "/../outside.txt",
            "/%2e%2e/outside.txt",
        ] {
            assert_eq!(kind(page), Some("text/html; charset=utf-8"), "{page}");
        }
        for absent in ["/app/none.js", "/main.js", "/app/main.js/x.js"] {
            assert_eq!(kind(absent), None, "{absent}");
        }
    }

    #[test]
    fn a_tag_changes_with_the_contents_only() {
        let folder = public();
        let public = folder.path().join("public");
        let page = || Ok(Vec::new());
        let tag = || read(&public, page, "/app/main.js").unwrap().unwrap().etag;
        let first = tag();
        assert_eq!(first.len(), 34);
        assert_eq!(tag(), first);
        std::fs::write(public.join("app/main.js"), "2").unwrap();
        assert_ne!(tag(), first);
    }

    #[test]
    fn a_browser_names_what_it_has() {
        let mut headers = HeaderMap::new();
        assert!(!is_known(&headers, "\"a\""));
        headers.insert(header::IF_NONE_MATCH, "\"x\", W/\"a\"".parse().unwrap());
        assert!(is_known(&headers, "\"a\""));
        assert!(!is_known(&headers, "\"b\""));
    }
}
