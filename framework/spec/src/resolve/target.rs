//! Which target this is about.

use super::{Context, text};
use crate::{capabilities::Capabilities, codes, document::Request, nearest::nearest, problem::Problem, yaml::Node};

/// The target when neither the command line nor the file names one.
const DEFAULT: &str = "local";

/// Canonical name behind a name or alias.
pub(super) fn canonical(targets: &[&Capabilities], name: &str) -> Option<String> {
    if targets.is_empty() {
        return Some(name.to_owned());
    }
    targets.iter().find(|target| target.answers_to(name)).map(|target| target.name.to_owned())
}

/// Every name a target answers to.
pub(super) fn names<'a>(targets: &[&'a Capabilities]) -> Vec<&'a str> {
    targets.iter().flat_map(|target| std::iter::once(target.name).chain(target.aliases.iter().copied())).collect()
}

/// The target of this run, by its canonical name.
pub(super) fn choose(context: &mut Context<'_>, root: &Node, request: &Request<'_>) -> String {
    let written = root.get("provider").and_then(|provider| text(provider, "name"));
    let written = written.map(|name| match crate::service::Expression::parse(&name.value) {
        Ok(expression) => match expression.evaluate(request.variables) {
            Ok(value) => crate::Located { value, span: name.span },
            Err(_) => name,
        },
        Err(_) => name,
    });
    let asked = request.target.map(|name| canonical(request.targets, name).unwrap_or_else(|| name.to_owned()));
    let Some(written) = written else { return asked.unwrap_or_else(|| DEFAULT.to_owned()) };
    let known = canonical(request.targets, &written.value);
    // An expression that could not be filled in is reported where all others are.
    if known.is_none() && !written.value.contains("${") {
        let names = names(request.targets);
        let help = match nearest(&written.value, names.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("fx knows: {}", names.join(", ")),
        };
        let message = format!("there is no target `{}`", crate::shape::clip(&written.value));
        let problem = match asked {
            Some(_) => Problem::warning(codes::TARGET, message),
            None => Problem::error(codes::TARGET, message),
        };
        context.report(problem.help(help), written.span.clone());
    }
    asked.or(known).unwrap_or_else(|| DEFAULT.to_owned())
}
