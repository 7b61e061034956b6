//! Values of the environment, read when a service is deployed and at no other time.

use std::collections::BTreeMap;

use fx_build::artifact::Document;
use fx_deploy::Value;
use fx_spec::{Problem, service::Expression};

use crate::{codes, output::Report};

/// The values by unit and variable. Everything that is missing is reported at once.
pub fn evaluate(
    document: &Document,
    variables: &dyn Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, BTreeMap<String, Value>>, Report> {
    let mut problems = Vec::new();
    let mut values: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for unit in &document.units {
        let of_unit = values.entry(unit.name.clone()).or_default();
        for (name, text) in &unit.environment {
            let value = Expression::parse(text)
                .map_err(|error| unreadable(&unit.name, name, &error.message))
                .and_then(|expression| expression.evaluate(variables).map_err(|missing| unset(name, &missing.name)));
            match value {
                Ok(value) => {
                    of_unit.insert(name.clone(), Value::secret(value));
                }
                Err(problem) if problems.contains(&problem) => {}
                Err(problem) => problems.push(problem),
            }
        }
    }
    if problems.is_empty() {
        return Ok(values);
    }
    let mut report = Report::default();
    report.extend(problems);
    Err(report)
}

fn unset(variable: &str, missing: &str) -> Problem {
    Problem::error(codes::UNSET, format!("`{variable}` needs {missing}, which is not set"))
        .help(format!("set {missing} in the environment of this command; `.env` and `.fx/` are for `fx dev` alone"))
}

fn unreadable(unit: &str, variable: &str, reason: &str) -> Problem {
    Problem::error(codes::PACKAGE, format!("`{variable}` of {unit} in artifact.json cannot be understood: {reason}"))
        .help("make the package again with `fx package`")
}
