//! Triggers that stand in `#[func]` attributes.

use std::path::Path;

use fx_spec::{CodeFunction, CodeTrigger, Document, Request, Resolved, service::TriggerKind};

use crate::{routes, service, support::places, unit, unit_names};

fn found(handler: &str, triggers: &[CodeTrigger]) -> CodeFunction {
    CodeFunction { handler: handler.into(), triggers: triggers.into() }
}

fn http(text: &str) -> CodeTrigger {
    CodeTrigger::Http(text.into())
}

fn resolve(text: &str, code: &[CodeFunction]) -> Resolved {
    let document = Document::parse("f.yml", text, Path::new(".")).unwrap_or_else(|failure| panic!("{failure}"));
    let request = Request { target: None, targets: &[], variables: &|_: &str| None, udev: Default::default(), code };
    document.resolve(&request)
}

#[test]
fn functions_of_the_code_join_those_of_the_file() {
    let code = [
        found("user.get", &[http("GET /user/:id")]),
        found("job.tick", &[CodeTrigger::Timer("every 5m".into())]),
        found("silent.one", &[]),
    ];
    let service = service(resolve("service: s\n", &code));
    assert_eq!(unit_names(&service), ["user-get", "job-tick"]);
    let get = unit(&service, "user-get");
    assert_eq!(routes(get), ["GET /user/:id user-get"]);
    assert!(get.functions[0].from_code);
    assert_eq!(get.functions[0].handler.value, "user.get");
}

#[test]
fn what_the_file_says_wins() {
    let code = [found("user.get", &[http("GET /code")])];
    let with = |events: &str| {
        let service =
            service(resolve(&format!("service: s\nfunctions:\n  get:\n    handler: user.get\n{events}"), &code));
        assert_eq!(unit_names(&service), ["get"]);
        routes(unit(&service, "get"))
    };
    assert_eq!(with(""), ["GET /code get"]);
    assert_eq!(with("    events: [ { http: { path: /file } } ]\n"), ["ANY /file get"]);
    assert_eq!(with("    events:\n"), Vec::<String>::new());
}

#[test]
fn patterns_see_functions_of_the_code() {
    let code = [found("user.get", &[http("/user/:id")]), found("user.list", &[http("GET /users")])];
    let service = service(resolve("service: s\naggregation:\n  app: { functionsPattern: 'user-*' }\n", &code));
    assert_eq!(unit_names(&service), ["app"]);
    assert_eq!(routes(unit(&service, "app")), ["ANY /user/:id user-get", "GET /users user-list"]);
}

#[test]
fn all_kinds_of_triggers() {
    let code = [found(
        "job.all",
        &[
            CodeTrigger::Object { bucket: "b".into(), events: vec![], prefix: Some("p/".into()), suffix: None },
            CodeTrigger::Message { topic: "t".into(), tags: vec!["x".into()] },
            CodeTrigger::Log { source: "l".into(), project: None, log: None },
        ],
    )];
    let service = service(resolve("service: s\n", &code));
    let triggers = &unit(&service, "job-all").functions[0].triggers;
    assert!(matches!(&triggers[0].kind, TriggerKind::Object { events, .. } if events[0].value == "created"));
    assert!(matches!(&triggers[1].kind, TriggerKind::Message { topic, .. } if topic.value == "t"));
    assert!(matches!(&triggers[2].kind, TriggerKind::Log { source: Some(source), .. } if source.value == "l"));
}

#[test]
fn mistakes_in_attributes_have_no_place_in_the_file() {
    let code = [found("a.b", &[http("GTE /x"), http("GET x"), CodeTrigger::Timer("* *".into())])];
    assert_eq!(places(&resolve("service: s\n", &code)), ["FX0114 0:0", "FX0113 0:0", "FX0112 0:0"]);
}

#[test]
fn a_name_that_is_taken_is_an_error() {
    let code = [found("user.get", &[http("GET /x")])];
    let resolved = resolve("service: s\nfunctions:\n  user-get: { handler: other.thing }\n", &code);
    assert_eq!(places(&resolved), ["FX0118 3:3"]);
}

#[test]
fn a_route_of_the_code_clashes_with_one_of_the_file() {
    let code = [found("a.b", &[http("GET /x")])];
    let resolved = resolve("service: s\nfunctions:\n  f: { events: [ { http: { path: /x } } ] }\n", &code);
    assert_eq!(places(&resolved), ["FX0115 0:0"]);
}
