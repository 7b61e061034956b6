//! Values from outside, and those that are kept for later.

use crate::{
    service,
    support::{places, resolve_with},
    unit,
};

#[test]
fn variables_keep_the_types_of_what_they_stand_for() {
    let text = "
service: s-${env.STAGE}
provider:
  memorySize: ${env.MEMORY}
  streaming: ${env.STREAM}
  timeout: ${env.NONE:-7}
functions:
  f: { concurrency: \"${env.MEMORY}\", streaming: \"${env.STREAM}\" }
";
    let service = service(resolve_with(text, None, &[("STAGE", "test"), ("MEMORY", "256"), ("STREAM", "true")]));
    let unit = unit(&service, "f");
    assert_eq!(service.name.value, "s-test");
    assert_eq!((unit.memory_size.value, unit.timeout.value, unit.concurrency.value), (256, 7, 256));
    assert!(unit.streaming.value);
}

#[test]
fn a_value_is_filled_in_once() {
    let resolved = resolve_with("service: ${env.A}\n", None, &[("A", "${env.B}"), ("B", "wrong")]);
    assert_eq!(service(resolved).name.value, "${env.B}");
}

#[test]
fn environment_waits_until_deploy() {
    let text = "
service: s
provider:
  environment:
    LATER: a-${env.UNSET}
    SECRET: ${secret.TOKEN}
    PORT: 8080
    VERSION: 1.10
    ON: true
    NOTHING:
functions:
  f:
";
    let service = service(resolve_with(text, None, &[]));
    let environment = &unit(&service, "f").environment;
    let show = |name: &str| environment[name].value.to_string();
    assert_eq!(show("LATER"), "a-${env.UNSET}");
    assert_eq!(show("SECRET"), "${secret.TOKEN}");
    assert_eq!(
        (show("PORT"), show("VERSION"), show("ON"), show("NOTHING")),
        ("8080".into(), "1.10".into(), "true".into(), String::new())
    );
    let evaluate = |name: &str| environment[name].value.evaluate(&|name| (name == "TOKEN").then(|| "hush".to_owned()));
    assert_eq!(evaluate("SECRET").as_deref(), Ok("hush"));
    assert_eq!(evaluate("LATER").map_err(|missing| missing.name), Err("UNSET".to_owned()));
    // Nothing that is evaluated stays anywhere.
    assert!(!format!("{service:?}").contains("hush"));
}

#[test]
fn variables_of_other_targets_are_not_missed() {
    let text = "service: s\nproviders:\n  aws: { region: \"${env.AWS_REGION}\" }\nfunctions:\n  f: { providers: { aws: { memorySize: \"${env.M}\" } } }\n";
    assert!(places(&resolve_with(text, Some("local"), &[])).is_empty());
    assert_eq!(places(&resolve_with(text, Some("aws"), &[])), ["FX0109 3:19", "FX0109 5:41"]);
}

#[test]
fn places_inside_values_are_exact() {
    let at = |line: &str| places(&resolve_with(&format!("service: s\nprovider:\n  {line}\n"), None, &[]));
    assert_eq!(at("region: ${env.A}"), ["FX0109 3:11"]);
    assert_eq!(at("region: 'x${env.A}'"), ["FX0109 3:13"]);
    assert_eq!(at("region: \"中文 ${env.A}\""), ["FX0109 3:15"]);
    assert_eq!(at("region: \"\\u4e2d${env.A}\""), ["FX0109 3:18"]);
    assert_eq!(at("region: >\n    folded\n    ${env.A}"), ["FX0109 5:5"]);
}
