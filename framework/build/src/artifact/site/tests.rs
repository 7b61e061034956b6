use std::fs;

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join("public").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn settings(dir: &str) -> StaticSite {
    let bucket = Some(Located::implied("site".to_owned()));
    StaticSite { dir: Located::implied(dir.into()), bucket, prefix: None, cdn: None }
}

fn site(files: &[(&str, &str)]) -> Site {
    make(folder(files).path(), &settings("public")).unwrap().unwrap()
}

/// The new name of a file, and its new text.
fn file<'a>(site: &'a Site, source: &str) -> (&'a str, &'a str) {
    let file = site.files.iter().find(|file| file.source == source).unwrap();
    (&file.name, std::str::from_utf8(&file.bytes).unwrap())
}

/// The last part of a file's new name.
fn last<'a>(site: &'a Site, source: &str) -> &'a str {
    file(site, source).0.rsplit('/').next().unwrap()
}

#[test]
fn what_a_browser_loads_is_found_and_nothing_else() {
    let page = r#"<!doctype html>
<link rel="stylesheet" href="/app.css"><link rel=icon href='icons/a.svg#x'>
<link rel="manifest" href="/app.css"> <a href="/app.css">no</a> <!-- <img src="/icons/a.svg"> -->
<img src="icons/a.svg?v=1" srcset="icons/a.svg 1x, /icons/none.svg 2x,/icons/a.svg 3x" alt="/app.css">
<div style="background: url(icons/a.svg)"></div>
<script type="module">import "/app/main.js"; const x = "/app.css";</script>
<script type="importmap">{"imports":{"app":"/app/main.js","lit":"https://cdn.example/lit.js"}}</script>
<script src="https://cdn.example/app.css"></script><script src="//cdn.example/app.css"></script>
<title><img src="/app.css"></title>"#;
    let site = site(&[
        ("index.html", page),
        ("app.css", "@import 'more/b.css'; i { background: url( \"/icons/a.svg\" ) } b { background: url(none.svg) }"),
        ("more/b.css", "i { background: url(../icons/a.svg#top), url(data:image/png;base64,AA) }"),
        ("icons/a.svg", "<svg/>"),
        (
            "app/main.js",
            "import{x}from'./sub/x.js';const f=()=>import(\"/app/lazy.js\");new URL('../icons/a.svg',import.meta.url);\nArray.from('./lazy.js'); y = \"./lazy.js\"\n//# sourceMappingURL=main.js.map",
        ),
        ("app/lazy.js", "export * from \"./none.js\"\nexport { a } from `./sub/x.js`"),
        ("app/sub/x.js", "import 'app/main.js'"),
        ("app/main.js.map", "{}"),
    ]);
    let (css, svg) = (last(&site, "app.css"), last(&site, "icons/a.svg"));
    let (main, lazy, x) = (last(&site, "app/main.js"), last(&site, "app/lazy.js"), last(&site, "app/sub/x.js"));
    let page = String::from_utf8(site.pages[0].bytes.clone()).unwrap();
    assert_eq!(site.pages[0].name, "public/index.html");
    assert_eq!(
        page,
        format!(
            r#"<!doctype html>
<link rel="stylesheet" href="{BASE}{css}"><link rel=icon href='{BASE}icons/{svg}#x'>
<link rel="manifest" href="/app.css"> <a href="/app.css">no</a> <!-- <img src="/icons/a.svg"> -->
<img src="{BASE}icons/{svg}?v=1" srcset="{BASE}icons/{svg} 1x, /icons/none.svg 2x,{BASE}icons/{svg} 3x" alt="/app.css">
<div style="background: url({BASE}icons/{svg})"></div>
<script type="module">import "{BASE}app/{main}"; const x = "/app.css";</script>
<script type="importmap">{{"imports":{{"app":"{BASE}app/{main}","lit":"https://cdn.example/lit.js"}}}}</script>
<script src="https://cdn.example/app.css"></script><script src="//cdn.example/app.css"></script>
<title><img src="/app.css"></title>"#
        )
    );
    let b = last(&site, "more/b.css");
    assert_eq!(
        file(&site, "app.css").1,
        format!("@import './more/{b}'; i {{ background: url( \"./icons/{svg}\" ) }} b {{ background: url(none.svg) }}")
    );
    assert_eq!(
        file(&site, "more/b.css").1,
        format!("i {{ background: url(../icons/{svg}#top), url(data:image/png;base64,AA) }}")
    );
    let map = last(&site, "app/main.js.map");
    assert_eq!(
        file(&site, "app/main.js").1,
        format!(
            "import{{x}}from'./sub/{x}';const f=()=>import(\"./{lazy}\");new URL('../icons/{svg}',import.meta.url);\nArray.from('./lazy.js'); y = \"./lazy.js\"\n//# sourceMappingURL=./{map}"
        )
    );
    assert_eq!(file(&site, "app/lazy.js").1, format!("export * from \"./none.js\"\nexport {{ a }} from `./sub/{x}`"));
    assert_eq!(file(&site, "app/sub/x.js").1, "import 'app/main.js'");
}

#[test]
fn a_name_changes_with_what_the_file_leads_to_and_with_nothing_else() {
    let files = |leaf: &str| {
        site(&[
            ("main.js", "import './a.js'"),
            ("a.js", "import './b.js'"),
            ("b.js", &format!("import './a.js'; {leaf}")),
            ("other.js", "1"),
        ])
    };
    let (before, after) = (files("1"), files("2"));
    let changed: Vec<&str> = before
        .files
        .iter()
        .zip(&after.files)
        .filter(|(before, after)| before.name != after.name)
        .map(|(before, _)| before.source.as_str())
        .collect();
    assert_eq!(changed, ["a.js", "b.js", "main.js"]);
    // In the circle each names the other's new name.
    let (a, b) = (last(&after, "a.js"), last(&after, "b.js"));
    assert_eq!(
        (file(&after, "a.js").1, file(&after, "b.js").1),
        (&*format!("import './{b}'"), &*format!("import './{a}'; 2"))
    );
    assert_eq!(files("1"), before);
}

#[test]
fn the_digits_stand_before_the_end_of_the_name() {
    let digits = "0123456789abcdef0000";
    let named = |name| new_name(name, digits);
    assert_eq!(named("app/main.min.js"), "app/main.min.0123456789abcdef.js");
    assert_eq!(
        (named("a.b/LICENSE"), named(".hidden")),
        ("a.b/LICENSE.0123456789abcdef".into(), ".hidden.0123456789abcdef".into())
    );
    assert!(is_made("app/main.min.0123456789abcdef.js") && is_made("LICENSE.0123456789abcdef"));
    assert!(!is_made("app/main.js") && !is_made("0123456789abcdef/main.js") && !is_made("0123456789abcdef"));
}

#[test]
fn names_that_need_it_are_escaped_and_read_back() {
    let site = site(&[("a b/ü.css", "x"), ("main.css", "@import 'a%20b/%C3%BC.css'; @import \"a b/ü.css\";")]);
    let name = references::encode(file(&site, "a b/ü.css").0);
    assert!(name.starts_with("a%20b/%C3%BC."), "{name}");
    assert_eq!(file(&site, "main.css").1, format!("@import './{name}'; @import \"./{name}\";"));
}

#[test]
fn a_page_alone_is_no_site_and_a_folder_outside_is_none_either() {
    let dir = folder(&[("index.html", "")]);
    let refused = |at: &str| make(dir.path(), &settings(at)).unwrap_err().to_string();
    assert!(refused("public").ends_with("has no files but pages"), "{}", refused("public"));
    assert!(refused("none").ends_with("is no folder of the crate"));
    assert!(refused("../public").ends_with("is not inside of the crate"));
    let off = StaticSite { bucket: None, ..settings("none") };
    assert_eq!(make(dir.path(), &off).unwrap(), None);
}

#[test]
fn what_lies_beside_the_document_is_what_it_says() {
    let (from, to) = (folder(&[("app.css", "i {}"), ("app/main.js", "1")]), tempfile::tempdir().unwrap());
    let settings = StaticSite { prefix: Some("v1".into()), ..settings("./public/") };
    let site = make(from.path(), &settings).unwrap().unwrap();
    let artifact = SiteArtifact::write(&site, &settings, to.path()).unwrap().unwrap();
    assert_eq!((artifact.bucket.as_str(), artifact.prefix.as_deref(), artifact.files.len()), ("site", Some("v1"), 2));
    for file in &artifact.files {
        let path = to.path().join(FOLDER).join(&file.name);
        assert_eq!(crate::artifact::verified(&path, &file.sha256).unwrap().len() as u64, file.size);
    }
}
