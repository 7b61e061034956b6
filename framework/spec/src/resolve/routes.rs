//! Two functions must not answer the same request.

use std::collections::{HashMap, HashSet};

use super::Context;
use crate::{
    codes,
    problem::{Problem, Span},
    route::{Method, Methods, same_path, segments},
    service::{TriggerKind, Unit},
    shape::clip,
};

/// Who answers a method of a path.
struct Owner<'a> {
    function: &'a str,
    methods: &'a Methods,
    path: &'a str,
    span: Option<Span>,
}

/// Reports parameters that a function's own other route has named differently: only the first names count.
pub(super) fn check_names(context: &mut Context<'_>, units: &[Unit]) {
    for function in units.iter().flat_map(|unit| &unit.functions) {
        let mut first: HashMap<String, &str> = HashMap::new();
        for trigger in &function.triggers {
            let TriggerKind::Http(route) = &trigger.kind else { continue };
            let same = same_path(&route.path);
            let earlier = *first.entry(same).or_insert(&route.path);
            if segments(earlier).eq(segments(&route.path)) || context.problems.is_full() {
                continue;
            }
            let message = format!(
                "`{}` is the same path as `{}`, whose names its parameters keep",
                clip(&route.path),
                clip(earlier)
            );
            let problem = Problem::warning(codes::SHADOWED, message).help("call the parameters the same");
            context.report(problem, route.span.clone());
        }
    }
}

/// Reports every route that another function has already taken, across all units: they share one domain.
pub(super) fn check(context: &mut Context<'_>, units: &[Unit]) {
    let mut taken: HashMap<String, Vec<Owner<'_>>> = HashMap::new();
    // With `deployOrigin` a function is deployed twice, which is meant.
    let mut seen: HashSet<(&str, usize)> = HashSet::new();
    let mut routes: Vec<_> = units.iter().flat_map(|unit| &unit.routes).collect();
    routes.sort_by_key(|route| route.span.as_ref().map_or(usize::MAX, |span| span.start));
    for route in routes {
        let start = route.span.as_ref().map_or(usize::MAX, |span| span.start);
        if context.problems.is_full() || !seen.insert((&route.function, start)) {
            continue;
        }
        let owners = taken.entry(same_path(&route.path)).or_default();
        let clash = owners
            .iter()
            .filter(|owner| owner.function != route.function)
            .find_map(|owner| Some((owner, owner.methods.overlap(&route.methods)?)));
        match clash {
            Some((owner, method)) => {
                let problem = clashing(context.source, owner, method, &route.methods, &route.function);
                context.report(problem, route.span.clone());
            }
            None => owners.push(Owner {
                function: &route.function,
                methods: &route.methods,
                path: &route.path,
                span: route.span.clone(),
            }),
        }
    }
}

fn clashing(source: &str, owner: &Owner<'_>, method: Method, methods: &Methods, function: &str) -> Problem {
    let all = *owner.methods == Methods::Any && *methods == Methods::Any;
    let what =
        if all { format!("every method of {}", owner.path) } else { format!("{} {}", method.as_str(), owner.path) };
    let line =
        owner.span.as_ref().and_then(|span| source.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    let place = line.map_or_else(String::new, |line| format!("`{}` does on line {line}: ", owner.function));
    Problem::error(codes::CLASH, format!("`{}` and `{function}` both answer {what}", owner.function))
        .help(format!("{place}give one of the two another path or other methods"))
}
