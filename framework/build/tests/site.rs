//! The todo app's own page, as it goes into a bucket: whatever it loads is there, and whatever that loads in turn.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files may as well panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use fx_build::artifact::site::{BASE, make};
use fx_spec::service::{Located, StaticSite};

/// Texts between these two, in order.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0)).collect()
}

/// A name as a browser makes it of a file and what stands in it.
fn joined(from: &str, way: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in way.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop().unwrap()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[test]
fn the_todo_apps_page_loads_nothing_that_is_not_uploaded() {
    let named = |text: &str| Located::implied(text.to_owned());
    let settings = StaticSite { dir: named("public"), bucket: Some(named("site")), prefix: None, cdn: None };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../todo-app");
    let site = make(&root, &settings).unwrap().unwrap();
    let page = site.pages.iter().find(|page| page.name == "public/index.html").unwrap();
    let page = std::str::from_utf8(&page.bytes).unwrap();
    let files: BTreeMap<&str, &str> =
        site.files.iter().map(|file| (file.name.as_str(), std::str::from_utf8(&file.bytes).unwrap())).collect();

    let loaded: Vec<&str> = ["href=\"", "src=\""].iter().flat_map(|start| between(page, start, "\"")).collect();
    assert!(loaded.len() > 30, "{loaded:?}");
    let mut open: Vec<String> =
        loaded.iter().map(|url| url.strip_prefix(BASE).unwrap_or_else(|| panic!("{url}")).to_owned()).collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        let text = files.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not uploaded"));
        if !reached.insert(name.clone()) || name.ends_with(".svg") {
            continue;
        }
        // Whatever a file of the app names in quotes and with a path is another of its files.
        let ways = between(text, " from \"", "\"")
            .into_iter()
            .chain(between(text, "import(\"", "\""))
            .chain(between(text, "URL(\"", "\""))
            .chain(between(text, "url(", ")"));
        open.extend(ways.filter(|way| !way.starts_with("data:")).map(|way| joined(&name, way.trim_matches('"'))));
    }
    let scripts = site.files.iter().filter(|file| file.source.ends_with(".js"));
    let unreached: Vec<&str> =
        scripts.filter(|file| !reached.contains(&file.name)).map(|file| file.source.as_str()).collect();
    assert_eq!(unreached, [""; 0], "every script is loaded from the bucket");
    let stays: Vec<&str> = files.values().flat_map(|text| between(text, "\"/icons/", "\"")).collect();
    assert_eq!(stays, [""; 0], "icons that a script names come from the bucket, too");
}
