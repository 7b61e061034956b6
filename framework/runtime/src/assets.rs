//! Where the files named by `package.include` are at run time, and those that `static` has uploaded.

use std::{
    io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

static ASSETS: OnceLock<PathBuf> = OnceLock::new();
static URL: OnceLock<Option<String>> = OnceLock::new();

/// Pages that load their files from a bucket lie here, under the names of the originals.
const PAGES: &str = ".fx/pages";
/// What they say in the place of the bucket's address.
const BASE: &[u8] = b"https://assets.fx.invalid/";

/// The folder with the files of `package.include`: what FX_ASSETS says, else where the platform unpacked the function, else
/// the executable's own folder.
///
/// ```no_run
/// let page = fx_runtime::assets().join("public/index.html");
/// ```
pub fn assets() -> &'static Path {
    ASSETS.get_or_init(|| from_environment().unwrap_or_else(beside_the_executable))
}

/// The address that has the files of `static` below it, with a slash at its end; `None`: they are with the function alone. It is what
/// a `Content-Security-Policy` has to allow. A deploy says it in `FX_ASSETS_URL`.
pub fn assets_url() -> Option<&'static str> {
    let read = || std::env::var("FX_ASSETS_URL").ok().filter(|url| !url.is_empty());
    URL.get_or_init(read).as_deref()
}

/// A page of the folder that `static` names, by its name among the [`assets`]: where its files were uploaded, it loads them from there,
/// else it is the page as it stands in the folder.
///
/// ```no_run
/// let page = fx_runtime::page("public/index.html")?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn page(name: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    read_page(assets(), name.as_ref(), assets_url())
}

fn read_page(assets: &Path, name: &Path, url: Option<&str>) -> io::Result<Vec<u8>> {
    if let Some(url) = url {
        match std::fs::read(assets.join(PAGES).join(name)) {
            Ok(page) => return Ok(replaced(&page, url.as_bytes())),
            // It was packed without its site: whoever set the variable has uploaded something else.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    std::fs::read(assets.join(name))
}

fn replaced(page: &[u8], url: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(page.len());
    let mut at = 0;
    while at < page.len() {
        if page[at..].starts_with(BASE) {
            text.extend_from_slice(url);
            at += BASE.len();
        } else {
            text.push(page[at]);
            at += 1;
        }
    }
    text
}

/// Tells where functions are unpacked here; a dialect does so before the app is built, and so does a test. FX_ASSETS still wins.
pub fn unpacked_at(folder: PathBuf) {
    // Too late, if something asked before: then the answer already given stands.
    let _ = ASSETS.set(from_environment().unwrap_or(folder));
}

fn from_environment() -> Option<PathBuf> {
    std::env::var_os("FX_ASSETS").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn beside_the_executable() -> PathBuf {
    let executable = std::env::current_exe().ok();
    executable.as_deref().and_then(Path::parent).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_bucket_only_where_a_deploy_has_said_so() {
        let folder = std::env::temp_dir().join(format!("fx-pages-{}", std::process::id()));
        let (original, uploaded) = (folder.join("public"), folder.join(PAGES).join("public"));
        std::fs::create_dir_all(&original).unwrap();
        std::fs::create_dir_all(&uploaded).unwrap();
        std::fs::write(original.join("index.html"), "<link href=/a.css>").unwrap();
        std::fs::write(original.join("help.html"), "help").unwrap();
        std::fs::write(uploaded.join("index.html"), "<link href=https://assets.fx.invalid/a.1.css><b>").unwrap();
        let read = |name: &str, url| String::from_utf8(read_page(&folder, Path::new(name), url).unwrap()).unwrap();
        assert_eq!(read("public/index.html", None), "<link href=/a.css>");
        assert_eq!(read("public/index.html", Some("https://cdn/x/")), "<link href=https://cdn/x/a.1.css><b>");
        assert_eq!(read("public/help.html", Some("https://cdn/x/")), "help");
        assert!(read_page(&folder, Path::new("none.html"), Some("https://cdn/")).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn without_a_setting_it_is_the_executables_folder() {
        if std::env::var_os("FX_ASSETS").is_none() {
            let executable = std::env::current_exe().unwrap();
            assert_eq!(Some(super::assets()), executable.parent());
        }
    }
}
