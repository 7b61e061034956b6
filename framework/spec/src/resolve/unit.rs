//! Units: what is deployed as one function.

use std::collections::BTreeMap;

use super::{function::Member, settings::Settings};
use crate::{
    route::{Route, dispatch_order, same_path},
    service::{Arch, Expression, Function, Link, Located, TriggerKind, Unit},
};

/// Values that hold when nobody wrote one; memory and timeout are Midway's.
const MEMORY_MB: u32 = 128;
const TIMEOUT_SECONDS: u32 = 3;

/// What all units of a file share.
pub(super) struct Shared {
    /// `provider`, with the overrides of the target.
    pub(super) provider: Settings,
    /// `UDEV_*`: these win over everything, on every target.
    pub(super) udev: BTreeMap<String, Located<Expression>>,
}

impl Shared {
    /// A function deployed on its own.
    pub(super) fn alone(&self, member: &Member) -> Unit {
        let settings = member.settings.clone();
        self.unit(member.function.name.clone(), member.description.clone(), settings, vec![member.function.clone()])
    }

    /// Several functions deployed as one.
    pub(super) fn unit(
        &self,
        name: Located<String>,
        description: Option<String>,
        settings: Settings,
        functions: Vec<Function>,
    ) -> Unit {
        let settings = settings.over(&self.provider);
        let mut environment = settings.environment;
        environment.extend(self.udev.clone());
        Unit {
            name,
            description,
            routes: routes(&functions),
            functions,
            memory_size: settings.memory_size.unwrap_or_else(|| Located::implied(MEMORY_MB)),
            timeout: settings.timeout.unwrap_or_else(|| Located::implied(TIMEOUT_SECONDS)),
            init_timeout: settings.init_timeout,
            concurrency: settings.concurrency.unwrap_or_else(|| Located::implied(1)),
            threads: settings.threads.unwrap_or_else(|| Located::implied(1)),
            arch: settings.arch.unwrap_or_else(|| Located::implied(Arch::X86_64)),
            link: settings.link.unwrap_or_else(|| Located::implied(Link::Static)),
            streaming: settings.streaming.unwrap_or_else(|| Located::implied(false)),
            kind: settings.kind,
            environment,
            layers: settings.layers,
            extra: settings.extra,
        }
    }
}

/// All routes of some functions in dispatch order; events of one function on one path become one route.
fn routes(functions: &[Function]) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    for function in functions {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for trigger in &function.triggers {
            let TriggerKind::Http(route) = &trigger.kind else { continue };
            match known.get(&same_path(&route.path)).and_then(|index| routes.get_mut(*index)) {
                Some(earlier) => earlier.methods = earlier.methods.and(&route.methods),
                None => {
                    known.insert(same_path(&route.path), routes.len());
                    routes.push(route.clone());
                }
            }
        }
    }
    dispatch_order(&mut routes);
    routes
}
