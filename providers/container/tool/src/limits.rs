//! What containers, Kubernetes and Knative can do.
//!
//! Figures: the Kubernetes pages "Object Names and IDs" and "CronJob", Knative's runtime contract, and the validation code of
//! knative/serving (`pkg/apis/serving`, `pkg/apis/config/defaults.go`) and knative/eventing (`pkg/apis/sources/v1/ping_validation.go`).

use fx_spec::capabilities::{
    Capabilities, Charset, Concurrency, EnvironmentRules, HttpTrigger, Limit, MessageTrigger, NameRule, NameRules,
    PackageLimits, Streaming, TimerTrigger, Triggers,
};

use crate::{translate_cron_job, translate_ping_source};

/// Labels of RFC 1123, begun by a letter: Services are named after RFC 1035.
const LABEL: NameRule =
    NameRule::of(Charset::LOWER_DIGITS.and("-"), 63).starting_with(Charset::LOWER).ending_with(Charset::LOWER_DIGITS);

/// Images have no layers of a platform, and registries no limit that matters here.
const PACKAGE: PackageLimits = PackageLimits { layers: Some(0), ..PackageLimits::NONE };

/// A plain container: an HTTP server, and nothing around it that could call it.
pub static CONTAINER: Capabilities = Capabilities {
    name: "container",
    title: "a plain container",
    init_timeout: None,
    streaming: Streaming::Always,
    // Image names: small letters.
    names: NameRules { service: LABEL, unit: LABEL, ..NameRules::FREE },
    triggers: Triggers::HTTP_ONLY,
    package: PACKAGE,
    ..Capabilities::UNLIMITED
};

/// Kubernetes.
pub static KUBERNETES: Capabilities = Capabilities {
    name: "kubernetes",
    aliases: &["k8s"],
    title: "Kubernetes",
    init_timeout: None,
    // The manifest states the port itself.
    environment: EnvironmentRules { reserved: &["PORT"], ..EnvironmentRules::FREE },
    // Objects are called `<service>-<unit>`, 63 characters; CronJobs 52, because their pods add a suffix.
    names: NameRules { service: LABEL, unit: LABEL, joined: Some(63), timer: Some(52), ..NameRules::FREE },
    triggers: Triggers {
        timer: Some(TimerTrigger {
            translate: translate_cron_job,
            payload: true,
            name: Some(NameRule { max: 52, ..LABEL }),
        }),
        ..Triggers::HTTP_ONLY
    },
    package: PACKAGE,
    ..Capabilities::UNLIMITED
};

/// Knative Serving and Eventing.
pub static KNATIVE: Capabilities = Capabilities {
    name: "knative",
    title: "Knative",
    init_timeout: None,
    // config-defaults: max-revision-timeout-seconds is 600.
    timeout: Limit::between(1, 600),
    // container-concurrency-max-limit is 1000.
    concurrency: Concurrency { event: Limit::between(1, 1000), web: Limit::between(1, 1000) },
    // Stating what the platform sets is refused.
    environment: EnvironmentRules {
        reserved: &["PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"],
        ..EnvironmentRules::FREE
    },
    names: NameRules { service: LABEL, unit: LABEL, joined: Some(63), ..NameRules::FREE },
    triggers: Triggers {
        http: Some(HttpTrigger::FREE),
        timer: Some(TimerTrigger { translate: translate_ping_source, payload: true, name: Some(LABEL) }),
        message: Some(MessageTrigger { service: "Kafka", tags: false }),
        ..Triggers::HTTP_ONLY
    },
    package: PACKAGE,
    ..Capabilities::UNLIMITED
};
