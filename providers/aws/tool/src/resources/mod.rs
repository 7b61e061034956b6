//! What a deploy makes on AWS, one kind a file.
//!
//! | what | where |
//! |---|---|
//! | a role that a function works under, and what it may not do any more | `role.rs`, `policies.rs` |
//! | a function, with its code, settings and tag | `function.rs`, `function/settings.rs` |
//! | the numbered versions of it | `version.rs` |
//! | the alias that its requests come through | `alias.rs` |
//! | its address | `url.rs` |
//! | the address that several functions share, and which of them a request is for | `gateway.rs`, `routes.rs` |
//! | a domain that leads there | `domain.rs` |
//! | who may call it | `permission.rs` |
//! | schedules that call it | `timer.rs` |
//! | schedules in a time zone, and the role under which they call it | `schedule.rs`, `schedule_role.rs` |
//! | queues that feed it | `message.rs` |
//! | buckets that call it | `notification.rs`, `notification/document.rs` |
//! | logs that call it | `subscription.rs` |
//! | its own log | `log.rs` |

mod alias;
mod domain;
mod function;
mod gateway;
mod log;
mod message;
mod notification;
mod permission;
mod policies;
mod role;
mod routes;
mod schedule;
mod schedule_role;
mod subscription;
mod timer;
mod url;
mod version;

pub(crate) use alias::{Alias, release};
pub(crate) use domain::{Domain, Mapping, domain_addresses, found_domains};
pub(crate) use function::{Function, find_functions};
pub(crate) use gateway::{Gateway, found_gateways};
pub(crate) use log::{Log, log_id};
pub(crate) use message::{Message, found_messages};
pub(crate) use notification::{Notification, Wish, found_notifications};
pub(crate) use permission::{Permission, found_permissions};
pub(crate) use role::{Role, found_roles, given_role};
pub(crate) use routes::Routes;
pub(crate) use schedule::{Said, Schedule, found_schedules};
pub(crate) use schedule_role::ScheduleRole;
pub(crate) use subscription::{Subscription, found_subscriptions};
pub(crate) use timer::{Timer, found_timers, name_start};
pub(crate) use url::{ADDRESS, Url, found_url};
pub(crate) use version::{OldVersion, Version};

use fx_deploy::{Fields, Owner, ResourceId};

/// The alias that all requests and events come through.
pub(crate) const ALIAS: &str = "live";

/// The key of the tag that says whose something is.
pub(crate) const TAG: &str = "fx";

/// The setting that says whose something is, in plans.
const OWNER: &str = "owner";

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

/// A name with nothing in it that AWS does not take in the ids of statements.
fn plain(name: &str) -> String {
    let letter =
        |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' || letter == '_' { letter } else { '_' };
    name.chars().map(letter).collect()
}

/// What tells a text from others that look like it once they are cut or made plain.
fn digest(text: &str) -> String {
    Fields::new().plain("text", text).digest().chars().take(8).collect()
}
