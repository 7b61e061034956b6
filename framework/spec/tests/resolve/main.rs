//! What f.yml means.

#[path = "../support/mod.rs"]
mod support;

mod aggregation;
mod code;
mod everything;
mod file;
mod http;
mod outline;
mod values;

use fx_spec::{Resolved, Service, Unit};

/// The service of a text without any problem.
fn clean(text: &str) -> Service {
    service(support::resolve(text))
}

fn service(resolved: Resolved) -> Service {
    assert_eq!(support::places(&resolved), Vec::<String>::new(), "{:#?}", resolved.problems);
    resolved.service.unwrap_or_else(|| panic!("no service"))
}

fn unit<'s>(service: &'s Service, name: &str) -> &'s Unit {
    service.units.iter().find(|unit| unit.name.value == name).unwrap_or_else(|| panic!("no unit {name}"))
}

fn unit_names(service: &Service) -> Vec<&str> {
    service.units.iter().map(|unit| unit.name.value.as_str()).collect()
}

fn routes(unit: &Unit) -> Vec<String> {
    unit.routes.iter().map(|route| format!("{} {} {}", route.methods, route.path, route.function)).collect()
}
