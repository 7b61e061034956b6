//! The file as a whole: where it is, what it is called, what it may leave out.

use std::{fs, path::Path};

use fx_spec::{Document, Severity, codes, render, service::Domain};

use crate::{
    clean, service,
    support::{places, resolve, resolve_with},
    unit, unit_names,
};

#[test]
fn a_file_without_functions_is_valid() {
    let empty = clean("service: shop\nfunctions:\n");
    assert!(empty.units.is_empty());
    assert_eq!(empty.target, "local");
}

#[test]
fn the_service_is_a_name_or_a_map() {
    assert_eq!(clean("service: shop\n").name.value, "shop");
    assert_eq!(clean("service: 2048\n").name.value, "2048");
    let long = clean("service: { name: shop, description: Sells }\n");
    assert_eq!((long.name.value.as_str(), long.description.as_deref()), ("shop", Some("Sells")));
}

#[test]
fn zero_and_nothing_mean_absent() {
    let text = "service: shop\nprovider: { memorySize: 512, timeout: }\nfunctions:\n  a: { memorySize: 0, timeout: 0, handler: '' }\n  b:\n";
    let service = clean(text);
    for name in ["a", "b"] {
        let unit = unit(&service, name);
        assert_eq!((unit.memory_size.value, unit.timeout.value), (512, 3));
        assert_eq!(unit.functions[0].handler.value, "index.handler");
        assert_eq!(unit.functions[0].handler.span, None);
    }
}

#[test]
fn the_target_comes_from_the_command_line_then_the_file_then_is_local() {
    let target = |text, asked| service(resolve_with(text, asked, &[])).target;
    assert_eq!(target("service: s\n", None), "local");
    assert_eq!(target("service: s\nprovider: { name: k8s }\n", None), "kubernetes");
    assert_eq!(target("service: s\nprovider: { name: k8s }\n", Some("aws")), "aws");
    let from_environment = "service: s\nprovider: { name: \"${env.TARGET}\" }\n";
    assert_eq!(service(resolve_with(from_environment, None, &[("TARGET", "knative")])).target, "knative");
}

#[test]
fn overrides_are_laid_over_for_their_target_only() {
    let text = "
service: shop
provider: { memorySize: 128, environment: { A: file, B: file } }
providers:
  k8s: { memorySize: 256, environment: { B: target } }
functions:
  f:
    timeout: 5
    environment: { C: function }
    events: [ { http: { path: /here } } ]
    providers:
      kubernetes: { timeout: 9, environment: { C: both }, events: [ { http: { path: /there } } ] }
";
    let read = |target| {
        let service = service(resolve_with(text, Some(target), &[]));
        let unit = unit(&service, "f");
        let environment = unit.environment.values().map(|value| value.value.to_string()).collect::<Vec<_>>().join(" ");
        (unit.memory_size.value, unit.timeout.value, environment, unit.routes[0].path.clone())
    };
    assert_eq!(read("aws"), (128, 5, "file file function".into(), "/here".into()));
    assert_eq!(read("kubernetes"), (256, 9, "file target both".into(), "/there".into()));
}

#[test]
fn the_domain_is_automatic_unless_the_file_says_otherwise() {
    let domain = |custom: &str| clean(&format!("service: s\ncustom: {custom}\n")).domain;
    assert_eq!(domain(""), Domain::Auto);
    assert_eq!(domain("{ customDomain: { domainName: auto } }"), Domain::Auto);
    assert_eq!(domain("{ customDomain: false }"), Domain::Off);
    match domain("{ customDomain: { domainName: shop.example.com } }") {
        Domain::Named(name) => assert_eq!(name.value, "shop.example.com"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_static_service_needs_no_functions() {
    let site = clean("service: s\ndeployType: static\n").static_site.unwrap_or_else(|| panic!("no site"));
    assert_eq!(site.dir.value, "public");
    let site = clean("service: s\ndeployType: { type: static }\nstatic: { dir: web, bucket: '' }\n").static_site;
    assert_eq!(site.map(|site| site.dir.value).as_deref(), Some("web"));
    assert!(clean("service: s\n").static_site.is_none());
}

#[test]
fn layers_add_up_and_may_be_a_list() {
    let text = "service: s\nlayers: { a: { path: one } }\nprovider: { layers: [two] }\nfunctions:\n  f: { layers: [three, one] }\n";
    let service = clean(text);
    let layers: Vec<&str> = unit(&service, "f").layers.iter().map(|layer| layer.value.as_str()).collect();
    assert_eq!(layers, ["three", "one", "two"]);
}

#[test]
fn udev_wins_over_every_other_value() {
    let text = "service: s\nprovider: { environment: { A: file } }\nfunctions:\n  f: { environment: { A: function, B: function } }\n";
    let document = Document::parse("f.yml", text, Path::new(".")).unwrap_or_else(|failure| panic!("{failure}"));
    let udev = ["A".to_owned()].into();
    let request = fx_spec::Request { target: None, targets: &[], variables: &|_: &str| None, udev, code: &[] };
    let service = service(document.resolve(&request));
    let environment = &unit(&service, "f").environment;
    // What stands in the shell is for the deploy to read: a package carries no value of the machine that made it.
    assert_eq!(environment["A"].value.to_string(), "${env.UDEV_A}");
    assert_eq!(environment["B"].value.to_string(), "function");
}

#[test]
fn the_crate_is_beside_the_file_or_where_it_says() {
    let document =
        |text| Document::parse("f.yml", text, Path::new("work")).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(document("service: s\n").crate_dir(), Path::new("work"));
    assert_eq!(document("crate: app/todo\n").crate_dir(), Path::new("work/app/todo"));
    assert_eq!(document("provider: { name: aws }\n").provider_name().as_deref(), Some("aws"));
    assert_eq!(document("service: s\n").provider_name(), None);
}

#[test]
fn names_of_functions_may_be_in_any_script() {
    let service = clean(
        "service: 商店\nfunctions:\n  首页: { handler: 首页.处理, events: [ { http: { path: /用户/:编号 } } ] }\n",
    );
    assert_eq!(unit_names(&service), ["首页"]);
}

#[test]
fn a_runtime_of_the_target_itself_is_no_mistake() {
    assert!(places(&resolve("service: s\nprovider: { runtime: custom.debian10 }\n")).is_empty());
    assert_eq!(places(&resolve("service: s\nprovider: { runtime: python3 }\n")), ["FX0152 2:22"]);
}

#[test]
fn problems_come_in_the_order_of_the_file_and_are_data() -> Result<(), serde_json::Error> {
    let resolved = resolve("service: 店\nprovider: { memorySize: x, colour: y }\n");
    let data = serde_json::to_value(&resolved.problems)?;
    assert_eq!(
        data[0],
        serde_json::json!({
            "severity": "error", "code": "FX0106", "message": "`memorySize` takes a whole number, not `x`",
            "help": "write digits only, without a unit", "file": "f.yml", "line": 2, "column": 25,
        })
    );
    assert_eq!(data[1]["severity"], "warning");
    Ok(())
}

#[test]
fn files_that_cannot_be_read_are_named() -> std::io::Result<()> {
    let dir = tempfile::tempdir()?;
    let read = |name: &str, bytes: &[u8]| -> std::io::Result<_> {
        let path = dir.path().join(name);
        fs::write(&path, bytes)?;
        let Err(failure) = Document::read(&path) else { panic!("{name} was read") };
        let text = failure.to_string();
        assert!(text.contains(&path.display().to_string()), "{text}");
        let problem = &failure.problems[0];
        assert_eq!(problem.severity, Severity::Error);
        Ok((problem.code, problem.line, problem.column))
    };
    assert_eq!(read("latin1.yml", b"service: ok\n# caf\xe9\n")?, (codes::NOT_UTF8, Some(2), Some(6)));
    assert_eq!(read("utf16.yml", b"\xff\xfes\0e\0")?, (codes::NOT_UTF8, Some(1), Some(1)));
    assert_eq!(read("long.yml", "# long\n".repeat(200_000).as_bytes())?.0, codes::TOO_LARGE);
    assert_eq!(read("syntax.yml", b"a: [\n")?.0, codes::YAML);
    let missing = Document::read(&dir.path().join("none.yml")).err().unwrap_or_else(|| panic!("read nothing"));
    assert_eq!(missing.problems[0].code, codes::UNREADABLE);
    assert!(missing.problems[0].message.ends_with("none.yml`: no such file"), "{}", missing.problems[0].message);
    let folder = Document::read(dir.path()).err().unwrap_or_else(|| panic!("read a folder"));
    assert_eq!(folder.problems[0].code, codes::UNREADABLE);
    Ok(())
}

#[test]
fn colour_changes_nothing_but_colour() {
    let text = "service: s\nprovider: { memorySize: x }\n";
    let document = Document::parse("f.yml", text, Path::new(".")).unwrap_or_else(|failure| panic!("{failure}"));
    let problem = &resolve(text).problems[0];
    let plain = render(problem, Some(document.source()), false);
    let colour = render(problem, Some(document.source()), true);
    assert!(colour.contains("\u{1b}[") && !plain.contains('\u{1b}'));
    // Without the text, the place is still there.
    assert!(render(problem, None, false).contains("--> f.yml:2:25"));
}
