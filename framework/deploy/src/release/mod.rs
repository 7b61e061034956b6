//! Versions, and which of them traffic goes to.
//!
//! A version is found again by what it was made of: its description carries a fingerprint, so a publish whose answer got lost is
//! not repeated, and a deploy that changes nothing publishes nothing. Where traffic went before stands in the alias's description.

mod canary;
mod marker;
mod route;

use std::collections::BTreeSet;

use serde::Serialize;

pub use canary::{Canary, InvalidCanary};
pub use marker::Marker;
pub use route::{NoRoute, Pick, Route};

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Released {
    /// The platform's number for it.
    pub number: String,
    /// What it was made of; `None`: not made by fx.
    pub marker: Option<Marker>,
    /// When it was published, as the platform says it.
    pub created: Option<String>,
}

/// Where the requests of a function go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// The version that gets them.
    pub version: String,
    /// A second version, and its share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary: Option<(String, Canary)>,
    /// The version that got them before: where a rollback goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

impl Traffic {
    /// What an alias's description says about the past: `fx before 3`.
    pub fn description(&self) -> String {
        self.before.as_ref().map_or_else(|| "fx".to_owned(), |before| format!("fx before {before}"))
    }

    /// The past in an alias's description.
    pub fn past(description: &str) -> Option<String> {
        description.strip_prefix("fx before ").filter(|version| !version.is_empty()).map(str::to_owned)
    }

    /// The versions it speaks of: none of them may be deleted.
    pub fn in_use(&self) -> impl Iterator<Item = &str> {
        let canary = self.canary.as_ref().map(|(version, _)| version.as_str());
        std::iter::once(self.version.as_str()).chain(canary).chain(self.before.as_deref())
    }
}

/// What a function has published, and where its requests go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Release {
    /// From the newest to the oldest.
    pub versions: Vec<Released>,
    /// `None`: its alias does not exist yet, or points at what is not published.
    pub traffic: Option<Traffic>,
    /// Versions that aliases of somebody else point at.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub held: BTreeSet<String>,
}

impl Release {
    /// The version that was made of this.
    pub fn find(&self, marker: &Marker) -> Option<&Released> {
        self.versions.iter().find(|version| version.marker.as_ref() == Some(marker))
    }

    /// The versions that can go so that `keep` remain: the oldest ones made by fx, and none that another alias points at or that
    /// `route` speaks of. What traffic leaves by this very deploy counts as left: versions go after it has moved.
    pub fn surplus(&self, route: &Route, keep: u32) -> Vec<&Released> {
        let in_use: BTreeSet<&str> = self.held.iter().map(String::as_str).chain(route.in_use()).collect();
        let room = (keep.max(1) as usize).saturating_sub(usize::from(route.is_to_new()));
        let ours = self.versions.iter().filter(|version| version.marker.is_some());
        ours.skip(room).filter(|version| !in_use.contains(version.number.as_str())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fields;

    fn release(traffic: Option<Traffic>) -> Release {
        let version = |(number, ours): (&str, bool)| Released {
            number: number.into(),
            marker: ours.then(|| Marker::of(&Fields::new().plain("code", number))),
            created: None,
        };
        let versions = [("6", true), ("5", true), ("4", false), ("3", true), ("2", true), ("1", true)];
        Release { versions: versions.map(version).into(), traffic, held: BTreeSet::from(["1".to_owned()]) }
    }

    #[test]
    fn an_alias_remembers_what_was_before() {
        let traffic =
            |before: Option<&str>| Traffic { version: "4".into(), canary: None, before: before.map(Into::into) };
        assert_eq!(Traffic::past(&traffic(Some("3")).description()).as_deref(), Some("3"));
        assert_eq!(Traffic::past(&traffic(None).description()), None);
    }

    #[test]
    fn old_versions_go_but_none_in_use_and_none_of_somebody_elses() {
        let gone = |traffic: Option<(&str, &str)>, marker: &str, keep| -> Vec<String> {
            let traffic = traffic.map(|(version, before)| Traffic {
                version: version.into(),
                canary: None,
                before: Some(before.into()),
            });
            let release = release(traffic);
            let route = Route::deploy(&Marker::of(&Fields::new().plain("code", marker)), Some(&release), None);
            release.surplus(&route, keep).iter().map(|version| version.number.clone()).collect()
        };
        // Another alias points at 1.
        assert_eq!(gone(Some(("6", "5")), "6", 2), ["3", "2"]);
        assert_eq!(gone(Some(("6", "2")), "6", 2), ["3"]);
        // A seventh is about to come: a rollback will go to 6, and 5 is of no use any more.
        assert_eq!(gone(Some(("6", "5")), "7", 2), ["5", "3", "2"]);
        assert_eq!(gone(Some(("6", "5")), "7", 0), ["5", "3", "2"]);
        assert_eq!(gone(None, "7", 9), [""; 0]);
    }
}
