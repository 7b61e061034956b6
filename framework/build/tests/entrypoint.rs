//! The `main` that fx writes, from f.yml and code as a user would have them.

use std::{fs, path::Path};

use fx_build::{BuildError, entrypoint, scan};
use fx_spec::{Document, Request, Service};

const F_YML: &str = r#"
service: shop
provider: { timeout: 30, threads: 2 }
functions:
  home:   { handler: web.home, events: [ { http: { path: "/*" } } ] }
  item:
    handler: type.get
    events:
      - http: { path: "/item/:id", method: [get, put] }
      - http: { path: "/item/\"quoted\"", method: get }
      - timer: { type: cron, value: "0 0 * * * *" }
      - timer: { type: every, value: 5m }
  upload: { handler: upload, events: [ { os: { bucket: b, events: created } }, { log: { source: s } } ] }
  order:  { handler: order, events: [ { mq: { topic: orders } } ] }
aggregation:
  all: { functions: [home, item, upload, order] }
"#;

const LIB: &str = r#"
use fx::prelude::*;
#[fx::app]
pub async fn app() -> Result<App<()>> { loop {} }
pub mod web { use fx::prelude::*; #[func] pub async fn home() {} }
pub mod r#type { use fx::prelude::*; #[func("type.get")] pub async fn r#get(tick: Timer) {} }
#[func] pub async fn upload(object: ObjectEvent) {}
#[func] pub async fn order(message: Message) {}
"#;

fn service(yml: &str, folder: &Path) -> Service {
    let document = Document::parse("f.yml", yml, folder).unwrap_or_else(|failure| panic!("{failure:?}"));
    let resolved = document.resolve(&Request {
        target: None,
        targets: &[],
        variables: &|_| None,
        udev: Default::default(),
        code: &[],
    });
    resolved.service.unwrap_or_else(|| panic!("{:?}", resolved.problems))
}

fn rendered(yml: &str, lib: &str, package: &str) -> Result<String, BuildError> {
    let folder = tempfile::tempdir().map_err(|source| BuildError::Io { path: "temporary".into(), source })?;
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder.path()))
            .and_then(|()| fs::write(&path, text))
            .map_err(|source| BuildError::Io { path, source })
    };
    write("Cargo.toml", &format!("[package]\nname = \"{package}\"\nedition = \"2024\"\n[dependencies]\nfx = \"0\"\n"))?;
    write("src/lib.rs", lib)?;
    write("src/main.rs", "fx::entrypoint!();\n")?;
    let service = service(yml, folder.path());
    entrypoint::render(&service.name, &service.units[0], &scan(folder.path()), "http")
}

#[test]
fn an_aggregation_names_every_function_by_path_and_its_routes_by_rank() {
    let text = rendered(F_YML, LIB, "my-shop").unwrap();
    syn::parse_file(&text).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn the_text_depends_on_nothing_but_the_service_and_the_code() {
    assert_eq!(rendered(F_YML, LIB, "my-shop").unwrap(), rendered(F_YML, LIB, "my-shop").unwrap());
}

#[test]
fn without_an_app_there_is_no_app() {
    let yml = "service: s\nfunctions:\n  f: { handler: f, events: [ { http: { path: /f } } ] }\n";
    let text = rendered(yml, "use fx::prelude::*;\n#[func] pub async fn f() {}\n", "s").unwrap();
    syn::parse_file(&text).unwrap();
    assert!(!text.contains(".app("), "{text}");
    assert!(text.contains(r#"(0, &["ANY"], "/f")"#), "{text}");
}

#[test]
fn a_unit_that_is_to_be_a_server_says_so() {
    let yml = |kind: &str| {
        format!(
            "service: s\nprovider: {{ type: {kind} }}\nfunctions:\n  f: {{ handler: f, events: [ {{ http: true }} ] }}\n"
        )
    };
    let text = |kind: &str| rendered(&yml(kind), "use fx::prelude::*;\n#[func] pub async fn f() {}\n", "s").unwrap();
    syn::parse_file(&text("web")).unwrap();
    assert!(text("web").contains(".web(true)") && !text("event").contains(".web("));
}

#[test]
fn a_handler_that_is_not_there_is_an_error_that_names_it() {
    let yml = "service: s\nfunctions:\n  f: { handler: gone, events: [ { http: true } ] }\n";
    let error = rendered(yml, "", "s").unwrap_err();
    assert_eq!(error.to_string(), "no `#[func]` is called `gone`");
}
