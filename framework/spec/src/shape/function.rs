//! `functions.<name>`, `aggregation.<name>`, and the settings both share with `provider`.

use super::{Effect, Key, Need, Shape, Table, event::EVENTS, expected, key, without_effect};

/// Settings of a deployed function. `provider` holds the defaults for all of them.
pub(super) static SETTINGS: &[Key] = &[
    key("memorySize", Shape::Number, "Memory in MB. 128 when absent."),
    key("timeout", Shape::Number, "Seconds one invocation may take. 3 when absent."),
    key("initTimeout", Shape::Number, "Seconds a cold start may take, on targets that have such a limit."),
    key("concurrency", Shape::Number, "Requests one instance takes at once. 1 when absent."),
    key(
        "environment",
        Shape::Environment,
        "Environment variables. Values may hold ${env.X}, ${env.X:-default} and ${secret.X}; they are looked up at deploy.",
    ),
    key("threads", Shape::Number, "Worker threads. 1, the default, starts fastest."),
    key("arch", Shape::Word(&["x86_64", "aarch64", "amd64", "arm64"]), "CPU architecture. x86_64 when absent."),
    key(
        "link",
        Shape::Word(&["static", "dynamic"]),
        "How the binary is linked. static, the default, needs no C library on the target.",
    ),
    key("streaming", Shape::Flag, "Send an answer while it is still being made, where the target can."),
    key("type", Shape::Word(&["event", "web"]), "Kind of function, on targets that have both."),
    key("stage", Shape::Text, "Stage: prod, test, …"),
    key("authType", Shape::Text, "Who may call the HTTP trigger, in the target's own words."),
    Key {
        name: "runtime",
        shape: Shape::Text,
        about: "A Node version in old files. A compiled binary brings its own runtime.",
        effect: Effect::Runtime,
        need: Need::Optional,
    },
];

static LAYER: Table = Table {
    title: "a layer",
    groups: &[&[key("path", Shape::Text, "The layer's ARN."), key("name", Shape::Text, "Its name, for people.")]],
};

/// `layers`: ARNs by name, or simply a list of them.
pub(super) const LAYERS: Shape =
    Shape::Either(&[Shape::Named(&Shape::Either(&[Shape::Fields(&LAYER), Shape::Text])), Shape::List(&Shape::Text)]);

static COMMON: &[Key] = &[
    key("name", Shape::Text, "Name of the deployed function, when it is not the key."),
    key("description", Shape::Text, "For people."),
    key("layers", LAYERS, "Layers, added to those of the whole file."),
];

static OWN: &[Key] = &[
    expected(
        "handler",
        Shape::Text,
        "The name in #[func(\"…\")], or module path and function joined by dots. index.handler when absent.",
    ),
    key("events", EVENTS, "What invokes the function."),
    without_effect("codeUri", "Folder of the code, for Node. fx: `crate` at the top.", Effect::Node),
    without_effect("initializer", "Node's initializer. fx: #[fx::app].", Effect::Node),
    without_effect("isFunctional", "Written by Midway's tools.", Effect::Node),
    without_effect("exportFunction", "Written by Midway's tools.", Effect::Node),
    key("role", Shape::Text, "The function's role, in the target's own words."),
];

/// `functions.<name>.providers.<target>`.
static OVERRIDE: Table = Table { title: "a function", groups: &[OWN, COMMON, SETTINGS] };

/// `functions.<name>`.
pub(super) static FUNCTION: Table = Table { title: "a function", groups: &[OWN, COMMON, SETTINGS, PROVIDERS] };

static PROVIDERS: &[Key] =
    &[key("providers", Shape::Targets(&OVERRIDE), "Settings for one target, laid over those beside it.")];

static MEMBERS: &[Key] = &[
    key("functions", Shape::List(&Shape::Text), "Names of the functions that are deployed together."),
    key(
        "functionsPattern",
        Shape::Texts,
        "Patterns of names; all must hold, `!` negates. HTTP functions only, unless eventTrigger says otherwise.",
    ),
    key("deployOrigin", Shape::Flag, "Deploy the members on their own as well."),
    key(
        "eventTrigger",
        Shape::Flag,
        "Let the pattern choose the functions without an http event instead of those with one.",
    ),
    key("role", Shape::Text, "The function's role, in the target's own words."),
    without_effect("handler", "Chosen by fx.", Effect::None("an aggregation's handlers are those of its members")),
    without_effect("events", "Those of the members.", Effect::None("an aggregation's events are those of its members")),
];

static AGGREGATION_OVERRIDE: Table = Table { title: "an aggregation", groups: &[COMMON, SETTINGS] };

static AGGREGATION_PROVIDERS: &[Key] =
    &[key("providers", Shape::Targets(&AGGREGATION_OVERRIDE), "Settings for one target, laid over those beside it.")];

/// `aggregation.<name>`.
pub(super) static AGGREGATION: Table =
    Table { title: "an aggregation", groups: &[MEMBERS, COMMON, SETTINGS, AGGREGATION_PROVIDERS] };
