//! Functions that are deployed as one.

use crate::{
    clean, routes,
    support::{places, resolve},
    unit, unit_names,
};

const FUNCTIONS: &str = "
service: s
functions:
  home: { handler: web.home, events: [ { http: { path: '/*' } } ] }
  one: { handler: item.one, events: [ { http: { path: '/item/:id', method: get } } ] }
  tick: { handler: job.tick, events: [ { timer: { type: cron, value: '0 0 * * * *' } } ] }
  both: { handler: job.both, events: [ { timer: { type: every, value: 5m } }, { http: { path: /both } } ] }
";

fn units(aggregation: &str) -> Vec<(String, Vec<String>)> {
    let service = clean(&format!("{FUNCTIONS}aggregation:\n{aggregation}"));
    let functions = |unit: &fx_spec::Unit| unit.functions.iter().map(|function| function.name.value.clone()).collect();
    service.units.iter().map(|unit| (unit.name.value.clone(), functions(unit))).collect()
}

fn expect(units: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    units.iter().map(|(name, functions)| ((*name).to_owned(), owned(functions))).collect()
}

#[test]
fn a_pattern_takes_http_functions_and_leaves_the_rest_apart() {
    assert_eq!(
        units("  app: { functionsPattern: ['*'], memorySize: 256 }\n"),
        expect(&[("tick", &["tick"]), ("app", &["home", "one", "both"])])
    );
}

#[test]
fn every_pattern_must_hold_and_an_exclamation_mark_negates() {
    assert_eq!(
        units("  app: { functionsPattern: ['*o*', '!one'] }\n"),
        expect(&[("one", &["one"]), ("tick", &["tick"]), ("app", &["home", "both"])])
    );
    assert_eq!(
        units("  app: { functionsPattern: home }\n"),
        expect(&[("one", &["one"]), ("tick", &["tick"]), ("both", &["both"]), ("app", &["home"])])
    );
}

#[test]
fn event_trigger_takes_the_others() {
    assert_eq!(
        units("  jobs: { functionsPattern: '*', eventTrigger: true }\n  web: { functionsPattern: '*' }\n"),
        expect(&[("jobs", &["tick"]), ("web", &["home", "one", "both"])])
    );
}

#[test]
fn names_take_any_function_and_the_first_aggregation_wins() {
    assert_eq!(
        units("  all: { functions: [tick, home], name: everything }\n  rest: { functionsPattern: '*' }\n"),
        expect(&[("everything", &["home", "tick"]), ("rest", &["one", "both"])])
    );
}

#[test]
fn members_can_be_deployed_apart_as_well() {
    assert_eq!(
        units("  app: { functions: [home], deployOrigin: true }\n"),
        expect(&[("home", &["home"]), ("one", &["one"]), ("tick", &["tick"]), ("both", &["both"]), ("app", &["home"])])
    );
}

#[test]
fn routes_and_other_events_of_all_members_come_along() {
    let service = clean(&format!("{FUNCTIONS}aggregation:\n  app: {{ functionsPattern: '*' }}\n"));
    let app = unit(&service, "app");
    assert_eq!(routes(app), ["GET /item/:id one", "ANY /both both", "ANY /* home"]);
    assert_eq!(app.functions[2].triggers.len(), 2);
}

#[test]
fn settings_of_members_are_merged() {
    let text = "
service: s
provider: { timeout: 4, environment: { P: provider, X: provider } }
functions:
  a: { memorySize: 256, environment: { A: a, X: same }, layers: [one] }
  b: { initTimeout: 8, environment: { B: b, X: same }, layers: [two, one] }
  c: { memorySize: 256, streaming: true }
aggregation:
  app: { functions: [a, b, c], environment: { G: group } }
";
    let service = clean(text);
    let app = unit(&service, "app");
    assert_eq!((app.memory_size.value, app.timeout.value), (256, 4));
    assert_eq!(app.init_timeout.as_ref().map(|value| value.value), Some(8));
    assert!(app.streaming.value);
    let environment: Vec<String> =
        app.environment.iter().map(|(name, value)| format!("{name}={}", value.value)).collect();
    assert_eq!(environment, ["A=a", "B=b", "G=group", "P=provider", "X=same"]);
    let layers: Vec<&str> = app.layers.iter().map(|layer| layer.value.as_str()).collect();
    assert_eq!(layers, ["one", "two"]);
}

#[test]
fn members_that_disagree_are_an_error_unless_the_aggregation_decides() {
    let text = |own: &str| {
        format!(
            "service: s\nfunctions:\n  a: {{ memorySize: 128 }}\n  b: {{ memorySize: 256 }}\naggregation:\n  app: {{ functions: [a, b]{own} }}\n"
        )
    };
    assert_eq!(places(&resolve(&text(""))), ["FX0117 4:20"]);
    assert_eq!(unit(&clean(&text(", memorySize: 512")), "app").memory_size.value, 512);
}

#[test]
fn a_member_deployed_twice_does_not_clash_with_itself() {
    let service = clean(&format!("{FUNCTIONS}aggregation:\n  app: {{ functions: [home, one], deployOrigin: true }}\n"));
    assert_eq!(unit_names(&service), ["home", "one", "tick", "both", "app"]);
}

#[test]
fn functions_of_different_units_clash() {
    let text = "
service: s
functions:
  a: { events: [ { http: { path: /x } } ] }
  b: { events: [ { http: { path: /x/, method: get } } ] }
aggregation:
  app: { functions: [a] }
";
    assert_eq!(places(&resolve(text)), ["FX0115 5:34"]);
}
