//! What holds for every file.

mod support;

use std::fmt::Write;

use fx_spec::{Document, SourceFile, render, service::TriggerKind};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};

/// Reads, resolves and draws; every place must be one of the text.
fn survive(text: &str) {
    let resolved = support::resolve_with(text, None, &[("A", "1")]);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = SourceFile { name: "f.yml".into(), text: text.into() };
    for problem in &resolved.problems {
        let drawn = render(problem, Some(&source), true);
        assert!(drawn.contains(problem.code));
        let Some(line) = problem.line else { continue };
        let line = text.split('\n').nth(line - 1).unwrap_or_else(|| panic!("line {line} of {text:?}"));
        let column = problem.column.unwrap_or_default();
        assert!((1..=line.chars().count() + 1).contains(&column), "column {column} of {line:?}");
        assert!(problem.span.clone().is_some_and(|span| span.end >= span.start));
    }
}

/// Pieces of real files, so that chance gets past the first line.
const WORDS: &[&str] = &[
    "service",
    "provider",
    "providers",
    "functions",
    "aggregation",
    "events",
    "http",
    "timer",
    "os",
    "mq",
    "log",
    "path",
    "method",
    "handler",
    "environment",
    "memorySize",
    "custom",
    "customDomain",
    "package",
    "include",
    "layers",
    "aws",
    "local",
    "type",
    "value",
    "every",
    "5m",
    "0 0 3 * * *",
    "/a/:b",
    "/*",
    "get",
    "[",
    "]",
    "{",
    "}",
    ": ",
    ":\n",
    ":\n  ",
    ":\n    ",
    "- ",
    "\n- ",
    ", ",
    "\n",
    "\n  ",
    "\n    ",
    "\n      ",
    "&a ",
    "*a",
    "<<: *a",
    "${env.A}",
    "${env.B}",
    "${secret.C}",
    "${x.y}",
    "${",
    "}",
    "'",
    "\"",
    "|\n",
    ">\n",
    "#",
    "~",
    "0",
    "-1",
    "256",
    "1e9",
    "true",
    "中文",
    "é",
    "\u{feff}",
    "\r\n",
    "\t",
    "!!str ",
    "---\n",
    "%YAML 1.2\n",
    "\u{85}",
    "\u{2028}",
    "\\u0061",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200)) {
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,100}") {
        survive(&text);
    }

    #[test]
    fn no_soup_makes_it_panic(words in vec(select(WORDS), 0..60)) {
        survive(&words.concat());
    }

    #[test]
    fn no_value_in_a_place_makes_it_panic(place in select(PLACES), words in vec(select(WORDS), 0..8)) {
        survive(&place.replace("@@", &words.concat()));
        survive(&place.replace("@@", &format!("'{}'", words.concat().replace('\'', "''"))));
    }
}

/// Real places with a hole.
const PLACES: &[&str] = &[
    "service: @@\n",
    "service: s\nprovider: { name: @@ }\n",
    "service: s\nprovider:\n  memorySize: @@\n  region: @@\n",
    "service: s\nprovider:\n  environment:\n    A: @@\n    @@: b\n",
    "service: s\nproviders:\n  local:\n    timeout: @@\n  @@: {}\n",
    "service: s\nfunctions:\n  f:\n    handler: @@\n    events:\n      - http: { path: @@, method: @@ }\n",
    "service: s\nfunctions:\n  f:\n    events:\n      - http: @@\n      - timer: @@\n      - mq: @@\n      - os: @@\n",
    "service: s\nfunctions:\n  f:\n    events:\n      - timer:\n          type: @@\n          value: @@\n          payload: @@\n",
    "service: s\nfunctions:\n  f: {}\naggregation:\n  a:\n    functionsPattern: @@\n    functions: [@@]\n",
    "service: s\npackage:\n  include: @@\nlayers: @@\ncustom: @@\nstatic: @@\ndeployType: @@\n",
];

#[derive(Debug, Clone)]
struct Written {
    memory: Option<u32>,
    timeout: Option<u32>,
    environment: std::collections::BTreeMap<String, String>,
    path: Option<Vec<String>>,
    methods: Vec<&'static str>,
    every: Option<u32>,
}

fn written() -> impl Strategy<Value = Written> {
    let segment = prop_oneof!["[a-z]{1,6}", "[\u{4e00}-\u{4e10}]{1,3}"];
    (
        option::of(1_u32..100_000),
        option::of(1_u32..100_000),
        btree_map("[A-Z_]{1,6}", "[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u{feff}\u{fffe}\u{ffff}$]{0,12}", 0..4),
        option::of(vec(segment, 0..4)),
        vec(select(&["get", "POST", "put", "Delete", "head", "patch", "options"][..]), 0..4),
        option::of(1_u32..60),
    )
        .prop_map(|(memory, timeout, environment, path, methods, every)| Written {
            memory,
            timeout,
            environment,
            path,
            methods,
            every,
        })
}

/// JSON is YAML: a quoting nobody here wrote.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

fn file(functions: &[Written], line_end: &str) -> String {
    let mut text = String::from("service: generated\nfunctions:\n");
    for (index, function) in functions.iter().enumerate() {
        write_function(&mut text, index, function).unwrap_or_else(|error| panic!("{error}"));
    }
    text.replace('\n', line_end)
}

fn write_function(text: &mut String, index: usize, function: &Written) -> std::fmt::Result {
    writeln!(text, "  f{index}:\n    handler: module.f{index}")?;
    if let Some(memory) = function.memory {
        writeln!(text, "    memorySize: {memory}")?;
    }
    if let Some(timeout) = function.timeout {
        writeln!(text, "    timeout: '{timeout}'")?;
    }
    if !function.environment.is_empty() {
        writeln!(text, "    environment:")?;
        for (name, value) in &function.environment {
            writeln!(text, "      {}: {}", quoted(name), quoted(value))?;
        }
    }
    writeln!(text, "    events:")?;
    if let Some(path) = &function.path {
        // The function's own segment keeps routes of different functions apart.
        let path: String = path.iter().map(|segment| format!("/{segment}")).collect();
        writeln!(text, "      - http:\n          path: {}", quoted(&format!("/f{index}{path}")))?;
        writeln!(text, "          method: [{}]", function.methods.join(", "))?;
    }
    if let Some(minutes) = function.every {
        writeln!(text, "      - timer: {{ type: every, value: {minutes}m }}")?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_service_means_what_was_written(functions in vec(written(), 0..6), line_end in select(&["\n", "\r\n"][..])) {
        let text = file(&functions, line_end);
        let resolved = support::resolve(&text);
        prop_assert!(resolved.problems.is_empty(), "{:?}\n{text}", resolved.problems);
        let Some(service) = resolved.service else { return Err(TestCaseError::fail("no service")) };
        prop_assert_eq!(service.units.len(), functions.len());
        for (index, (unit, function)) in service.units.iter().zip(&functions).enumerate() {
            prop_assert_eq!(&unit.name.value, &format!("f{index}"));
            prop_assert_eq!(&unit.functions[0].handler.value, &format!("module.f{index}"));
            prop_assert_eq!(unit.memory_size.value, function.memory.unwrap_or(128));
            prop_assert_eq!(unit.timeout.value, function.timeout.unwrap_or(3));
            let environment: Vec<(String, String)> =
                unit.environment.iter().map(|(name, value)| (name.clone(), value.value.to_string())).collect();
            let expected: Vec<(String, String)> = function.environment.clone().into_iter().collect();
            prop_assert_eq!(environment, expected);
            prop_assert_eq!(unit.routes.len(), usize::from(function.path.is_some()));
            for route in &unit.routes {
                let methods: Vec<String> = route.methods.clone().into();
                let mut wanted: Vec<String> = function.methods.iter().map(|method| method.to_uppercase()).collect();
                if wanted.is_empty() {
                    wanted.push("ANY".into());
                }
                prop_assert!(wanted.iter().all(|method| methods.contains(method)), "{methods:?} {wanted:?}");
                prop_assert!(methods.iter().all(|method| wanted.contains(method)), "{methods:?} {wanted:?}");
            }
            let every = unit.functions[0].triggers.iter().find_map(|trigger| match &trigger.kind {
                TriggerKind::Timer { schedule, .. } => Some(schedule.value.to_string()),
                _ => None,
            });
            prop_assert_eq!(every, function.every.map(|minutes| format!("every {minutes}m")));
        }
    }

    #[test]
    fn places_are_those_of_the_mistake(before in "[^\\x00-\\x1f\\x7f-\\x9f\u{feff}\u{fffe}\u{ffff}\u{2028}\u{2029}]{0,12}", mark in any::<bool>()) {
        // A mistake behind any text: line 3, and as many characters as there are before it.
        let comment = before.replace('\'', "''");
        let line = format!("provider: {{ region: '{comment}', memorySize: ");
        let text = format!("{}service: s\n# {before}\n{line}lots }}\n", if mark { "\u{feff}" } else { "" });
        let resolved = support::resolve(&text);
        let place = resolved.problems.iter().find(|problem| problem.code == "FX0106");
        prop_assert_eq!(place.map(|problem| (problem.line, problem.column)), Some((Some(3), Some(line.chars().count() + 1))), "{:?}", resolved.problems);
    }
}

#[test]
fn documents_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Document>();
}
