//! What a deploy makes on Function Compute.
//!
//! | what | where |
//! |---|---|
//! | a function, with its code, settings and tag | `function.rs` |
//! | the numbered versions of it | `version.rs` |
//! | the alias that its requests come through | `alias.rs` |
//! | everything that calls it | `trigger.rs` |
//! | how many of it run at once, and what becomes of its asynchronous calls | `limit.rs` |
//! | a domain, and which function answers on which path | `domain.rs` |
//! | JSON as settings that can be compared | `settings.rs` |

mod alias;
mod checksum;
mod domain;
mod function;
mod limit;
mod settings;
mod trigger;
mod version;

pub(crate) use alias::Alias;
pub(crate) use domain::{Domain, owned_domains};
pub(crate) use function::{Function, find_functions};
pub(crate) use limit::{Limit, found_limits};
pub(crate) use trigger::{Trigger, found_triggers};
pub(crate) use version::{OldVersion, Version, release};

use fx_deploy::{Owner, ResourceId};

/// The alias that all requests and events come through.
pub(crate) const ALIAS: &str = "live";

/// The key of the tag that functions carry.
pub(crate) const TAG: &str = "fx";

pub(crate) fn function_id(function: &str) -> ResourceId {
    ResourceId::new("function", function)
}

/// The version of a function that a deploy publishes.
pub(crate) fn version_id(function: &str) -> ResourceId {
    ResourceId::new("version", function)
}

pub(crate) fn alias_id(function: &str) -> ResourceId {
    ResourceId::new("alias", function)
}

/// Whose something is that carries this mark, if any.
fn owner(found: Option<&str>, mark: &str) -> Owner {
    match found {
        Some(found) if found == mark => Owner::Us,
        Some(found) => Owner::Foreign(format!("fx service {found}")),
        None => Owner::Foreign("no fx tag".into()),
    }
}
