//! The one table of targets. A new target is a line here; nothing else in the command knows their names.

use std::ffi::OsStr;

use clap::{
    Arg, Command,
    builder::{PossibleValue, StringValueParser, TypedValueParser},
};
use fx_provider::Provider;
use fx_spec::{Problem, capabilities::Capabilities, nearest::nearest};

use crate::codes;

/// The target that `fx dev` serves.
pub const LOCAL: &Capabilities = &fx_provider::LOCAL;

/// The module of `fx` that runs units on this machine.
pub const LOCAL_DIALECT: &str = "http";

/// All targets, in the order in which people are told about them.
pub fn all() -> [&'static dyn Provider; 7] {
    [
        &fx_provider::Local,
        fx_aliyun_tool::provider(),
        fx_tencent_tool::provider(),
        fx_aws_tool::provider(),
        fx_container_tool::container(),
        fx_container_tool::kubernetes(),
        fx_container_tool::knative(),
    ]
}

/// What each of them can do.
pub fn capabilities() -> Vec<&'static Capabilities> {
    all().into_iter().map(Provider::capabilities).collect()
}

/// The target that answers to a name.
pub fn find(name: &str) -> Option<&'static Capabilities> {
    capabilities().into_iter().find(|target| target.answers_to(name))
}

/// The target of this canonical name.
pub fn provider(name: &str) -> Option<&'static dyn Provider> {
    all().into_iter().find(|provider| provider.capabilities().name == name)
}

/// The targets that `--provider` names: one, several with commas between them, or `all`.
pub fn select(names: &str) -> Result<Vec<&'static Capabilities>, Problem> {
    if names.trim() == "all" {
        return Ok(capabilities());
    }
    let mut selected: Vec<&Capabilities> = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let target = one(name).map_err(or_all)?;
        if !selected.iter().any(|known| known.name == target.name) {
            selected.push(target);
        }
    }
    if selected.is_empty() { Err(or_all(unknown(""))) } else { Ok(selected) }
}

/// The one target that a name means.
pub fn one(name: &str) -> Result<&'static Capabilities, Problem> {
    find(name.trim()).ok_or_else(|| unknown(name))
}

/// What `--provider` takes, for help and completion. What is typed is judged by [`one`] and [`select`], which also know
/// aliases, lists, and what was probably meant.
#[derive(Debug, Clone)]
pub struct Names(Vec<&'static str>);

impl Names {
    /// One target.
    pub fn one() -> Self {
        Self(capabilities().into_iter().map(|target| target.name).collect())
    }

    /// Several targets, or `all`.
    pub fn several() -> Self {
        let mut names = Self::one();
        names.0.push("all");
        names
    }

    /// Several targets that fx makes packages for, or `all`.
    pub fn packed() -> Self {
        let packed = all().into_iter().filter(|provider| provider.package().is_some());
        Self(packed.map(|provider| provider.capabilities().name).chain(["all"]).collect())
    }

    /// Several targets that fx deploys to, or `all`.
    pub fn deployed() -> Self {
        let deployed = all().into_iter().filter(|provider| provider.deploy().is_some());
        Self(deployed.map(|provider| provider.capabilities().name).chain(["all"]).collect())
    }
}

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}

/// Where several targets can be named, so can all of them at once.
fn or_all(mut problem: Problem) -> Problem {
    if let Some(help) = &mut problem.help {
        help.push_str(", and `all`");
    }
    problem
}

fn unknown(name: &str) -> Problem {
    let known = capabilities();
    let known: Vec<&str> = known.iter().map(|target| target.name).collect();
    let list = known.join(", ");
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? fx knows {list}"),
        None => format!("fx knows {list}"),
    };
    Problem::error(codes::TARGET, format!("there is no target `{name}`")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(typed: &str) -> Vec<&'static str> {
        select(typed).unwrap().into_iter().map(|target| target.name).collect()
    }

    #[test]
    fn names_aliases_lists_and_all() {
        assert_eq!(names("k8s"), ["kubernetes"]);
        assert_eq!(names("aws, tencent,aws"), ["aws", "tencent"]);
        assert_eq!(names("all").len(), all().len());
    }

    #[test]
    fn an_unknown_name_is_told_the_nearest_one() {
        let problem = select("aliyum").unwrap_err();
        assert!(problem.help.unwrap().starts_with("did you mean `aliyun`?"));
        assert!(select(" , ").is_err());
    }

    #[test]
    fn all_is_offered_only_where_it_is_taken() {
        assert!(select("x").unwrap_err().help.unwrap().ends_with(", and `all`"));
        assert!(!one("all").unwrap_err().help.unwrap().contains("`all`"));
    }

    #[test]
    fn no_two_targets_answer_to_the_same_name() {
        let mut seen = std::collections::BTreeSet::new();
        for target in capabilities() {
            for name in std::iter::once(&target.name).chain(target.aliases) {
                assert!(seen.insert(*name), "{name} is taken twice");
            }
        }
    }
}
