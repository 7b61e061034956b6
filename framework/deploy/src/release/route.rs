//! Where the requests of a function shall go.

use super::{Canary, Marker, Release, Traffic};
use crate::{CloudError, Fields, Kind, Value};

/// A version that requests shall go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// One that is published.
    Number(String),
    /// The one that this deploy is about to publish.
    New,
}

/// Where the requests of a function shall go; an alias makes it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The version that gets them.
    pub version: Pick,
    /// A second version, and its share.
    pub canary: Option<(Pick, Canary)>,
    /// The version that a rollback goes to.
    pub before: Option<String>,
}

/// Why requests cannot be sent where they were wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRoute {
    /// Nothing is deployed.
    #[error("nothing is deployed yet")]
    Nothing,
    /// There is no canary to promote.
    #[error("no canary is running: version {0} has all the traffic")]
    NoCanary(String),
    /// The alias remembers no earlier version.
    #[error("there is no version before {0} to go back to")]
    NoPast(String),
    /// It already has all the traffic.
    #[error("version {0} has all the traffic already")]
    Already(String),
    /// There is no such version.
    #[error("there is no version {version}: there are {}", known.join(", "))]
    Unknown {
        /// The version that was asked for.
        version: String,
        /// Those that exist.
        known: Vec<String>,
    },
}

impl Route {
    /// To what is being deployed: all requests, or a share of them if something else has them now.
    pub fn deploy(marker: &Marker, release: Option<&Release>, canary: Option<Canary>) -> Self {
        let published = release.and_then(|release| release.find(marker));
        let new = published.map_or(Pick::New, |version| Pick::Number(version.number.clone()));
        let Some(now) = release.and_then(|release| release.traffic.as_ref()) else {
            return Self { version: new, canary: None, before: None };
        };
        if new == Pick::Number(now.version.clone()) {
            return Self { version: new, canary: None, before: now.before.clone() };
        }
        match canary {
            Some(share) => Self {
                version: Pick::Number(now.version.clone()),
                canary: Some((new, share)),
                before: now.before.clone(),
            },
            None => Self { version: new, canary: None, before: Some(now.version.clone()) },
        }
    }

    /// All requests to the version that has a share of them.
    pub fn promote(release: &Release) -> Result<Self, NoRoute> {
        let now = release.traffic.as_ref().ok_or(NoRoute::Nothing)?;
        let (version, _) = now.canary.as_ref().ok_or_else(|| NoRoute::NoCanary(now.version.clone()))?;
        Ok(Self { version: Pick::Number(version.clone()), canary: None, before: Some(now.version.clone()) })
    }

    /// All requests back to where they went before; while a canary runs, away from it; or to the version that is named.
    pub fn rollback(release: &Release, to: Option<&str>) -> Result<Self, NoRoute> {
        let now = release.traffic.as_ref().ok_or(NoRoute::Nothing)?;
        let version = match (to, &now.canary, &now.before) {
            (Some(to), _, _) => to,
            (None, Some(_), _) => &now.version,
            (None, None, Some(before)) => before,
            (None, None, None) => return Err(NoRoute::NoPast(now.version.clone())),
        };
        if !release.versions.iter().any(|released| released.number == version) {
            let known = release.versions.iter().map(|released| released.number.clone()).collect();
            return Err(NoRoute::Unknown { version: version.to_owned(), known });
        }
        let before = match now.version == version {
            true if now.canary.is_none() => return Err(NoRoute::Already(version.to_owned())),
            true => now.before.clone(),
            false => Some(now.version.clone()),
        };
        Ok(Self { version: Pick::Number(version.to_owned()), canary: None, before })
    }

    /// The settings of the alias that makes it so.
    pub fn fields(&self) -> Fields {
        fields(&self.version, self.canary.as_ref().map(|(pick, share)| (pick, *share)))
    }

    /// The settings of the alias as it is. `new`: the number of the version that this deploy has published, once it has.
    pub fn actual(&self, traffic: &Traffic, new: Option<&str>) -> Fields {
        let pick = |number: &String| match new {
            Some(new) if new == number => Pick::New,
            _ => Pick::Number(number.clone()),
        };
        let canary = traffic.canary.as_ref().map(|(number, share)| (pick(number), *share));
        fields(&pick(&traffic.version), canary.as_ref().map(|(pick, share)| (pick, *share)))
    }

    /// In numbers, now that the new version has one.
    pub fn resolve(&self, new: Option<&str>) -> Result<Traffic, CloudError> {
        let number = |pick: &Pick| match pick {
            Pick::Number(number) => Ok(number.clone()),
            Pick::New => new.map(str::to_owned).ok_or_else(|| {
                CloudError::new(Kind::Failed, "deploy", "the platform has not said the number of the new version")
            }),
        };
        let canary =
            self.canary.as_ref().map(|(pick, share)| Ok::<_, CloudError>((number(pick)?, *share))).transpose()?;
        Ok(Traffic { version: number(&self.version)?, canary, before: self.before.clone() })
    }

    /// Whether a version is still to be published for it.
    pub fn is_to_new(&self) -> bool {
        self.picks().any(|pick| *pick == Pick::New)
    }

    /// The published versions it speaks of.
    pub fn in_use(&self) -> impl Iterator<Item = &str> {
        let numbers = self.picks().filter_map(|pick| match pick {
            Pick::Number(number) => Some(number.as_str()),
            Pick::New => None,
        });
        numbers.chain(self.before.as_deref())
    }

    fn picks(&self) -> impl Iterator<Item = &Pick> {
        std::iter::once(&self.version).chain(self.canary.as_ref().map(|(pick, _)| pick))
    }
}

fn fields(version: &Pick, canary: Option<(&Pick, Canary)>) -> Fields {
    let text = |pick: &Pick| match pick {
        Pick::Number(number) => number.clone(),
        Pick::New => "new".to_owned(),
    };
    let fields = Fields::new().with("version", Value::plain(text(version)));
    match canary {
        Some((pick, share)) => fields.plain("canary", format!("{share} to {}", text(pick))),
        None => fields,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Released;

    fn marker(code: &str) -> Marker {
        Marker::of(&Fields::new().plain("code", code))
    }

    fn release(versions: &[&str], traffic: Option<Traffic>) -> Release {
        let released =
            |number: &&str| Released { number: (*number).to_owned(), marker: Some(marker(number)), created: None };
        Release { versions: versions.iter().map(released).collect(), traffic, ..Release::default() }
    }

    fn traffic(version: &str, canary: Option<&str>, before: Option<&str>) -> Traffic {
        let canary = canary.map(|version| (version.to_owned(), "10%".parse().unwrap()));
        Traffic { version: version.into(), canary, before: before.map(Into::into) }
    }

    #[test]
    fn a_deploy_sends_all_to_the_new_version_and_remembers_the_old_one() {
        let first = Route::deploy(&marker("1"), None, Some("10%".parse().unwrap()));
        assert_eq!(first, Route { version: Pick::New, canary: None, before: None });
        let old = release(&["1"], Some(traffic("1", None, None)));
        let route = Route::deploy(&marker("2"), Some(&old), None);
        assert_eq!(route.resolve(Some("2")).unwrap(), traffic("2", None, Some("1")));
        assert!(route.resolve(None).is_err());
    }

    #[test]
    fn deploying_what_is_there_changes_nothing() {
        let release = release(&["2", "1"], Some(traffic("2", None, Some("1"))));
        let route = Route::deploy(&marker("2"), Some(&release), None);
        let now = release.traffic.as_ref().unwrap();
        assert!(route.actual(now, None).changes_to(&route.fields()).is_empty());
        assert_eq!(route.resolve(None).unwrap(), *now);
    }

    #[test]
    fn a_canary_leaves_the_old_version_in_place_until_it_is_promoted() {
        let before = release(&["1"], Some(traffic("1", None, None)));
        let route = Route::deploy(&marker("2"), Some(&before), Some("10%".parse().unwrap()));
        assert_eq!(route.resolve(Some("2")).unwrap(), traffic("1", Some("2"), None));
        let running = release(&["2", "1"], Some(traffic("1", Some("2"), None)));
        let promoted = Route::promote(&running).unwrap();
        assert_eq!(promoted.resolve(None).unwrap(), traffic("2", None, Some("1")));
        let stopped = Route::rollback(&running, None).unwrap();
        assert_eq!(stopped.resolve(None).unwrap(), traffic("1", None, None));
        assert_eq!(Route::promote(&before), Err(NoRoute::NoCanary("1".into())));
    }

    #[test]
    fn a_rollback_goes_where_traffic_was_and_back_again() {
        let now = release(&["3", "2", "1"], Some(traffic("3", None, Some("2"))));
        let back = Route::rollback(&now, None).unwrap().resolve(None).unwrap();
        assert_eq!(back, traffic("2", None, Some("3")));
        assert_eq!(Route::rollback(&now, Some("1")).unwrap().resolve(None).unwrap(), traffic("1", None, Some("3")));
        let error = Route::rollback(&now, Some("9")).unwrap_err();
        assert_eq!(error.to_string(), "there is no version 9: there are 3, 2, 1");
        assert_eq!(Route::rollback(&now, Some("3")), Err(NoRoute::Already("3".into())));
        let first = release(&["1"], Some(traffic("1", None, None)));
        assert_eq!(Route::rollback(&first, None), Err(NoRoute::NoPast("1".into())));
        assert_eq!(Route::rollback(&release(&[], None), None), Err(NoRoute::Nothing));
    }

    #[test]
    fn an_alias_that_was_moved_although_the_answer_got_lost_is_as_it_shall_be() {
        let old = release(&["1"], Some(traffic("1", None, None)));
        let route = Route::deploy(&marker("2"), Some(&old), None);
        let moved = traffic("2", None, Some("1"));
        assert!(route.actual(&moved, Some("2")).changes_to(&route.fields()).is_empty());
        assert!(!route.actual(&moved, Some("3")).changes_to(&route.fields()).is_empty());
    }
}
