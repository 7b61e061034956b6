//! The renamed facade does what the facade does.

use std::process::Command;

use cloud_functions::{__private::generated as __fx, Env, prelude::*};
use fx_renamed::{__fx_app_app, __fx_event_tick, __fx_http_greet, Greeting, app, greet, tick};

#[test]
fn functions_are_still_functions() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let greeting = app(Env::of([("GREETING", "moin")])).await.unwrap().state().clone();
        assert_eq!(greeting, Greeting("moin".into()));
        assert_eq!(greet(Path("ann".into()), State(greeting)).await, "moin, ann");
        assert_eq!(tick(Timer::default()).await.unwrap(), "");
    });
}

#[test]
fn companions_fit_a_unit() {
    let _unit = __fx::Unit::new("service", "unit")
        .app(__fx_app_app)
        .http("greet", "greet", &[(0, &["GET"], "/:name")], __fx_http_greet)
        .event("tick", "tick", __fx::TriggerKind::Timer, __fx_event_tick);
}

#[test]
fn a_binary_not_built_by_fx_says_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_fx-renamed")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "built by fx: run `fx dev`\n");
}
