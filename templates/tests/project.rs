//! Every project template renders into files that are what their names say.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own files may as well panic")]

use std::{collections::BTreeMap, path::Path};

use fx_templates::{FxSource, Project, ProjectTemplate};

fn rendered(template: ProjectTemplate, fx: FxSource) -> BTreeMap<String, String> {
    let files = template.render(&Project::new("my-demo", fx)).unwrap();
    files
        .into_iter()
        .map(|file| (file.path.to_str().unwrap().to_owned(), String::from_utf8(file.contents).unwrap()))
        .collect()
}

#[test]
fn every_template_has_the_files_of_a_project() {
    for template in ProjectTemplate::ALL {
        let files = rendered(template, FxSource::version("1.2"));
        for name in [".gitignore", "Cargo.toml", "README.md", "f.yml", "src/lib.rs", "src/main.rs"] {
            assert!(files.contains_key(name), "{template}: {name} is missing");
        }
        assert_eq!(files["src/main.rs"], "fx::entrypoint!();\n");
        assert!(files["README.md"].starts_with("# my-demo\n"), "{template}");
    }
}

#[test]
fn every_file_reads_back_in_its_language() {
    for template in ProjectTemplate::ALL {
        for (name, text) in rendered(template, FxSource::path("/with \"quotes\"")) {
            assert!(!text.contains("{{"), "{template}: {name} still has a placeholder");
            match Path::new(&name).extension().and_then(|extension| extension.to_str()) {
                Some("rs") => drop(syn::parse_file(&text).unwrap()),
                Some("toml") => drop(text.parse::<toml::Table>().unwrap()),
                Some("yml") => {
                    let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
                    assert_eq!(value["service"], "my-demo", "{template}");
                    assert!(value["aggregation"]["my-demo"].is_object(), "{template}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn fx_comes_from_where_it_is_told() {
    for (fx, key, value) in [
        (FxSource::path("/a \"b\"\\c"), "path", "/a \"b\"\\c"),
        (FxSource::git("https://example.org/fx"), "git", "https://example.org/fx"),
        (FxSource::version("1.2"), "", "1.2"),
    ] {
        let manifest: toml::Table = rendered(ProjectTemplate::Http, fx)["Cargo.toml"].parse().unwrap();
        let dependency = &manifest["dependencies"]["fx"];
        let found = if key.is_empty() { dependency.as_str() } else { dependency[key].as_str() };
        assert_eq!(found, Some(value));
    }
}

#[test]
fn a_name_is_its_own_template_and_others_are_refused() {
    for template in ProjectTemplate::ALL {
        assert_eq!(template.name().parse::<ProjectTemplate>(), Ok(template));
    }
    assert!("rails".parse::<ProjectTemplate>().is_err());
}
