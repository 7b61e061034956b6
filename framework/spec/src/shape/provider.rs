//! `provider` and `providers.<target>`.

use super::{
    Effect, Key, Shape, Table,
    function::{LAYERS, SETTINGS},
    key, without_effect,
};

static OWN: &[Key] = &[
    key("region", Shape::Text, "Where to deploy."),
    key("timezone", Shape::Text, "IANA name of the time zone of all timers. UTC when absent."),
    key("keep", Shape::Number, "How many old versions a deploy keeps. 5 when absent."),
    key("namespace", Shape::Text, "What the platform groups functions in, where it does: names are unique within it."),
    key("role", Shape::Text, "Role of the service or its functions, in the target's own words."),
    key("policies", Shape::Any, "Policies of the role, in the target's own words."),
    key("credentials", Shape::Text, "Path of a credentials file."),
    key("access", Shape::Text, "Name of the credentials to use."),
    key("serviceId", Shape::Text, "Id of an API gateway service."),
    key("vpcConfig", Shape::Any, "Private network."),
    key("logConfig", Shape::Any, "Where logs go."),
    key("nasConfig", Shape::Any, "Network file system."),
    key("internetAccess", Shape::Flag, "Whether functions reach the internet."),
    key("tracingConfig", Shape::Any, "Tracing."),
    key("asyncConfiguration", Shape::Any, "Retries and destinations of asynchronous invocations."),
    key(
        "reservedConcurrency",
        Shape::Number,
        "How many instances a function has at most, kept free for it, where a target has that.",
    ),
    key("layers", LAYERS, "Layers of every function."),
    without_effect("description", "For people.", Effect::Quiet),
    without_effect("starter", "Another Node starter package.", Effect::Node),
    without_effect("specificStarterName", "Another Node starter package.", Effect::Node),
];

static NAME: &[Key] = &[key("name", Shape::Text, "The target, when --provider names none.")];

/// `providers.<target>`.
pub(super) static OVERRIDE: Table = Table { title: "a provider", groups: &[OWN, SETTINGS] };

/// `provider`.
pub(super) static PROVIDER: Table = Table { title: "a provider", groups: &[NAME, OWN, SETTINGS] };
