//! What a deploy makes, one kind a file.

mod alias;
mod function;
mod message;
mod namespace;
mod object;
mod timer;
mod trigger;
mod url;
mod version;

pub(crate) use alias::{DefaultAlias, traffic};
pub(crate) use function::{Code, Function, behaviour, desired};
pub(crate) use message::Message;
pub(crate) use namespace::{COMMON, Namespace};
pub(crate) use object::{Bucket, add};
pub(crate) use timer::Timer;
pub(crate) use trigger::{Trigger, is_ours};
pub(crate) use url::{URL, Url};
pub(crate) use version::{NewVersion, OldVersion};

use fx_deploy::ResourceId;

/// The tag of everything that a service owns. Its value is the service's mark.
pub(crate) const TAG: &str = "fx";

/// The id of a function.
pub(crate) fn function_id(function: &str) -> ResourceId {
    ResourceId::new("function", function)
}

/// The id of what a deploy publishes of a function.
pub(crate) fn version_id(function: &str) -> ResourceId {
    ResourceId::new("version", function)
}

/// The id of the alias that a function's traffic comes through.
pub(crate) fn alias_id(function: &str) -> ResourceId {
    ResourceId::new("alias", function)
}
