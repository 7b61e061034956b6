//! What goes into a zip for a platform, and the platform's own description of the service.

use fx_build::artifact::{
    Document,
    document::{TriggerArtifact, TriggerSettings},
};
use fx_spec::{
    Unit,
    capabilities::Translate,
    schedule::{CloudSchedule, Schedule},
};
use fx_templates::TemplateError;
use serde_json::{Map, Value};

/// How a target wants its units packed.
pub trait Package: Sync {
    /// The executable's place in a unit's zip, and what the platform is told about it.
    fn bundle(&self, unit: &Unit) -> Bundle;

    /// The service in the words of the platform's own tool, as files beside the zips: for those who deploy without fx.
    fn manifests(&self, document: &Document) -> Result<Vec<Manifest>, ManifestError>;
}

/// The executable's place in a zip, and what the platform is told about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bundle {
    /// Name of the executable in the zip.
    pub program: &'static str,
    /// The platform's runtime.
    pub runtime: &'static str,
    /// What the platform is told to call.
    pub handler: &'static str,
}

/// A file for the platform's own tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its name, relative to the zips, with `/`.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// Why a manifest could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// A timer that the platform cannot express.
    #[error("the schedule `{schedule}` of {trigger}: {reason}")]
    Schedule {
        /// The schedule in fx's words.
        schedule: String,
        /// Name of the timer.
        trigger: String,
        /// Why not.
        reason: String,
    },
    /// An environment value that is not an expression: the document was not written by fx.
    #[error("the value of {variable}: {reason}")]
    Environment {
        /// Name of the variable.
        variable: String,
        /// What is wrong with the value.
        reason: String,
    },
    /// A mistake in fx's own template.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// A timer of a document in a platform's words.
pub fn cloud_schedule(
    translate: Translate,
    trigger: &str,
    schedule: &str,
    timezone: Option<&str>,
) -> Result<CloudSchedule, ManifestError> {
    let failed =
        |reason: String| ManifestError::Schedule { schedule: schedule.into(), trigger: trigger.into(), reason };
    let parsed = Schedule::parse(schedule).map_err(|error| failed(error.to_string()))?;
    translate(&parsed, timezone).map_err(|error| failed(format!("the platform {}", error.message)))
}

/// What all of these routes say about `cors`, where a platform has one door for them: `true` is `everybody`, a map is in the platform's own
/// words, and the lists of several are joined.
pub fn joint_cors<'a>(
    triggers: impl IntoIterator<Item = &'a TriggerArtifact>,
    everybody: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let is_route = |trigger: &&TriggerArtifact| matches!(trigger.kind, TriggerSettings::Http { .. });
    let mut joint = None;
    for trigger in triggers.into_iter().filter(is_route) {
        let said = match trigger.extra.get("cors") {
            Some(Value::Object(said)) => said,
            Some(Value::Bool(true)) => everybody,
            _ => continue,
        };
        let joint: &mut Map<String, Value> = joint.get_or_insert_default();
        for (name, value) in said {
            match (joint.get_mut(name), value) {
                (None, value) => drop(joint.insert(name.clone(), value.clone())),
                (Some(Value::Array(known)), Value::Array(more)) => {
                    let new: Vec<Value> = more.iter().filter(|one| !known.contains(one)).cloned().collect();
                    known.extend(new);
                }
                // The first that says something else than a list has it.
                (Some(_), _) => {}
            }
        }
    }
    joint
}

#[cfg(test)]
mod tests {
    use fx_spec::schedule::verbatim;

    use super::*;

    #[test]
    fn a_schedule_goes_through_the_platforms_own_words() {
        let said = cloud_schedule(verbatim, "t", "every 5m", None).unwrap();
        assert_eq!(said.text, "every 5m");
        let error = cloud_schedule(verbatim, "nightly", "every now and then", None).unwrap_err();
        assert!(error.to_string().starts_with("the schedule `every now and then` of nightly: "), "{error}");
    }
}
