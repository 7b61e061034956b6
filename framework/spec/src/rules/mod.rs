//! What a target cannot do with a service: FX03xx, one small rule a file.
//!
//! Every rule reads [`Capabilities`] alone, so that a new target brings data and no rule. Each names the target, what it allows, and points at
//! the value that is in the way; a default nobody wrote is shown at the unit's name. One mistake is one problem, however many units it
//! reaches.

pub mod codes;

mod choice;
mod environment;
mod findings;
mod http;
mod ignored;
mod message;
mod name;
mod number;
mod object;
mod retired;
mod timer;
mod trigger;

use crate::{Problem, Service, SourceFile, capabilities::Capabilities};
use findings::{Findings, Subject};

/// The rules for one unit.
const RULES: &[fn(&Subject<'_>, &mut Findings<'_>)] = &[
    number::memory,
    number::timeout,
    number::init_timeout,
    number::concurrency,
    number::threads,
    number::layers,
    choice::arch,
    choice::link,
    choice::streaming,
    environment::names,
    environment::size,
    name::unit,
    name::functions,
    name::timers,
    trigger::kinds,
    trigger::count,
    trigger::web,
    http::methods,
    http::auth,
    http::front_door,
    timer::schedules,
    object::events,
    object::demands,
    message::tags,
    retired::unit,
    ignored::unit,
];

/// All that `capabilities` forbids in `service`, by place.
pub fn check(service: &Service, capabilities: &Capabilities, source: &SourceFile) -> Vec<Problem> {
    let mut findings = Findings::new(source);
    name::service(service, capabilities, &mut findings);
    retired::provider(service, capabilities, &mut findings);
    ignored::provider(service, capabilities, &mut findings);
    choice::region(service, capabilities, &mut findings);
    for unit in &service.units {
        let subject = Subject { service, unit, target: capabilities };
        for rule in RULES {
            rule(&subject, &mut findings);
        }
    }
    findings.into_problems()
}
