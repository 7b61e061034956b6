//! The values that `${env.X}` and `${secret.X}` take on this machine.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use fx_spec::{Problem, SourceFile, Unit};

use super::{dotenv, secrets::Secrets};
use crate::{codes, output::Report};

/// The process environment, with `.env` behind it: what the shell says wins.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    dotenv: BTreeMap<String, String>,
}

impl Variables {
    /// Only the process environment.
    pub fn of_process() -> Self {
        Self::default()
    }

    /// With the `.env` in `root`.
    pub fn with_dotenv(root: &Path) -> Result<Self, Report> {
        let dotenv = dotenv::load(root, ".env").map_err(|(source, problems)| {
            let mut report = Report::default();
            report.source(source);
            report.extend(problems);
            report
        })?;
        Ok(Self { dotenv })
    }

    /// A variable; an empty one counts as unset.
    pub fn get(&self, name: &str) -> Option<String> {
        let set = std::env::var(name).ok().filter(|value| !value.is_empty());
        set.or_else(|| self.dotenv.get(name).filter(|value| !value.is_empty()).cloned())
    }

    /// Variables that a deploying shell passes on to all functions: names of `UDEV_NAME`, without the prefix.
    pub fn passed_on(&self) -> BTreeSet<String> {
        let named =
            self.dotenv.keys().cloned().chain(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()));
        named
            .filter_map(|name| self.get(&name).and(name.strip_prefix("UDEV_").map(str::to_owned)))
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// What a unit finds in its environment: `.env`, and f.yml's values over it. Secrets that nobody set are made.
    pub fn environment(
        &self,
        unit: &Unit,
        source: &SourceFile,
        secrets: &mut Secrets<'_>,
    ) -> Result<BTreeMap<String, String>, Vec<Problem>> {
        let mut made = BTreeMap::new();
        let names: BTreeSet<&str> = unit.environment.values().flat_map(|value| value.secrets()).collect();
        for name in names {
            if self.get(name).is_none() {
                let value = secrets.get(name).map_err(|error| {
                    let message = format!("cannot keep a value for ${{secret.{name}}}: {error}");
                    vec![
                        Problem::error(codes::SECRET, message)
                            .help(format!("or set {name} in the environment or in .env")),
                    ]
                })?;
                made.insert(name, value);
            }
        }
        let lookup = |name: &str| self.get(name).or_else(|| made.get(name).cloned());
        let mut environment: BTreeMap<String, String> = self
            .dotenv
            .iter()
            .filter(|(name, _)| std::env::var_os(name).is_none())
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        let mut problems = Vec::new();
        for (name, value) in &unit.environment {
            match value.evaluate(&lookup) {
                Ok(text) => {
                    environment.insert(name.clone(), text);
                }
                Err(missing) => {
                    let problem =
                        Problem::error(codes::UNSET, format!("`{name}` needs {}, which is not set", missing.name))
                            .help(format!(
                                "set it in the shell or in .env, or give it a default: ${{env.{}:-value}}",
                                missing.name
                            ));
                    problems.push(match &value.span {
                        Some(span) => problem.at(source, span.clone()),
                        None => problem,
                    });
                }
            }
        }
        if problems.is_empty() { Ok(environment) } else { Err(problems) }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn udev_variables_and_dotenv_values_are_found_and_empty_counts_as_unset() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(".env"), "FX_TEST_A=1\nFX_TEST_EMPTY=\nUDEV_TOKEN=x\n").unwrap();
        let variables = Variables::with_dotenv(root.path()).unwrap();
        assert_eq!(variables.get("FX_TEST_A").as_deref(), Some("1"));
        assert_eq!(variables.get("FX_TEST_EMPTY"), None);
        assert!(variables.passed_on().contains("TOKEN"));
        assert_eq!(variables.get("UDEV_TOKEN").as_deref(), Some("x"));
    }
}
