//! http events in all their forms.

use crate::{clean, routes, support, unit};

fn read(event: &str) -> Vec<String> {
    routes(unit(&clean(&format!("service: s\nfunctions:\n  f:\n    events:\n      - {event}\n")), "f"))
}

#[test]
fn everything_that_means_all_methods() {
    for written in
        ["", "method: any,", "method: all,", "method: ANY,", "method: [any],", "method: [],", "method: [get, ALL],"]
    {
        assert_eq!(read(&format!("http: {{ {written} path: /a }}")), ["ANY /a f"], "{written}");
    }
    for written in ["http: true", "http: {}", "apigw: true", "http: { path: }"] {
        assert_eq!(read(written), ["ANY /* f"], "{written}");
    }
}

#[test]
fn no_route_at_all() {
    for written in ["http: false", "http:", "http: ~"] {
        assert_eq!(read(written), Vec::<String>::new(), "{written}");
    }
}

#[test]
fn methods_in_any_case_and_form() {
    assert_eq!(read("http: { path: /a, method: get }"), ["GET /a f"]);
    assert_eq!(read("http: { path: /a, method: [post, GET, post] }"), ["GET, POST /a f"]);
    assert_eq!(read("http: { path: /a, method: options }"), ["OPTIONS /a f"]);
}

#[test]
fn short_forms_are_understood_with_a_warning() {
    for (event, route) in [
        ("http: GET /words", "GET /words f"),
        ("http: 'get,post /words/:id'", "GET, POST /words/:id f"),
        ("http: /words", "ANY /words f"),
        ("http: { path: /words, method: 'get,post' }", "GET, POST /words f"),
    ] {
        let resolved = support::resolve(&format!("service: s\nfunctions:\n  f:\n    events:\n      - {event}\n"));
        assert_eq!(resolved.problems.len(), 1, "{event}");
        assert_eq!(resolved.problems[0].code, "FX0153");
        assert_eq!(resolved.service.map(|service| routes(unit(&service, "f"))), Some(vec![route.to_owned()]));
    }
}

#[test]
fn several_kinds_in_one_item_and_equal_paths_together() {
    let text = "
service: s
functions:
  f:
    events:
      - http: { path: /a, method: get }
        timer: { type: cron, value: '0 3 * * *' }
      - http: { path: /a, method: post }
      - apigw: { path: /b }
";
    let service = clean(text);
    let unit = unit(&service, "f");
    assert_eq!(routes(unit), ["GET, POST /a f", "ANY /b f"]);
    assert_eq!(unit.functions[0].triggers.len(), 4);
}

#[test]
fn methods_on_one_path_may_be_shared_out() {
    let text = "
service: s
functions:
  list: { events: [ { http: { path: /item, method: get } } ] }
  make: { events: [ { http: { path: /item, method: post } } ] }
  look: { events: [ { http: { path: /item, method: head } } ] }
";
    assert_eq!(clean(text).units.len(), 3);
}
