//! What Aliyun Function Compute 3.0 can do.
//!
//! Figures: Aliyun's help pages "Limits", "Custom runtime", "Environment variables" and "Time triggers" of Function Compute 3.0, and
//! the ranges in the JSON schema of Serverless Devs' component (devsapp/fc3, `src/schema.json`).

use fx_spec::{
    capabilities::{
        Amount, Capabilities, Charset, Concurrency, EmptyValues, EnvironmentRules, HttpTrigger, Keys, Limit,
        LogTrigger, MessageTrigger, NameRule, NameRules, ObjectTrigger, PackageLimits, Streaming, TimerTrigger,
        TriggerName, Triggers,
    },
    service::Arch,
};

use crate::{regions::REGIONS, translate};

/// Names of functions: `[A-Za-z_][A-Za-z0-9_-]{0,63}`.
const NAME: NameRule = NameRule::of(Charset::LETTERS_DIGITS.and("-_"), 64).starting_with(Charset::LETTERS.and("_"));

/// What Aliyun Function Compute can do.
pub static LIMITS: Capabilities = Capabilities {
    name: "aliyun",
    aliases: &["fc"],
    title: "Aliyun Function Compute",
    runtime: Some("custom.debian12"),
    // fc3's schema: 128 to 32768, multipleOf 64.
    memory: Limit::between(128, 32_768).in_steps_of(64),
    timeout: Limit::between(1, 86_400),
    // The initializer hook: at most 300 s.
    init_timeout: Some(Limit::between(1, 300)),
    // instanceConcurrency.
    concurrency: Concurrency { event: Limit::between(1, 200), web: Limit::between(1, 200) },
    threads: Limit::between(1, 1024),
    architectures: &[Arch::X86_64],
    // Debian 12.
    glibc: Some((2, 36)),
    // A custom runtime is an HTTP server whose answer is passed on as it comes.
    streaming: Streaming::Always,
    environment: EnvironmentRules {
        bytes: Some(Amount::kib(4)),
        name: NameRule::of(Charset::LETTERS_DIGITS.and("_"), 1024).starting_with(Charset::LETTERS),
        reserved: &[],
        reserved_prefixes: &["FC_"],
        except: &[],
        empty_values: EmptyValues::Kept,
    },
    names: NameRules { service: NAME, unit: NAME, function: NAME, ..NameRules::FREE },
    triggers: Triggers {
        // Request bodies up to 32 MB; OPTIONS is in the trigger's list of methods.
        http: Some(HttpTrigger {
            // `jwt` needs keys that f.yml has no place for.
            auth: &["anonymous", "function"],
            request: Some(Amount::mib(32)),
            response: Some(Amount::mib(32)),
            ..HttpTrigger::FREE
        }),
        timer: Some(TimerTrigger { translate, payload: true, name: Some(NameRule { max: 128, ..NAME }) }),
        object: Some(ObjectTrigger {
            service: "OSS",
            created: "oss:ObjectCreated:*",
            // What package/triggers.rs sends: fc3 knows no word for every way to remove an object.
            removed: "oss:ObjectRemoved:DeleteObject, oss:ObjectRemoved:DeleteObjects",
            native: &["oss:"],
            name: TriggerName::Free,
            suffix_begins_with: None,
        }),
        message: Some(MessageTrigger { service: "MNS", tags: true }),
        log: Some(LogTrigger { service: "SLS" }),
        per_unit: Some(50),
        ..Triggers::ALL
    },
    package: PackageLimits {
        in_request: Some(Amount::mib(100)),
        in_storage: Some(Amount::mib(500)),
        unpacked: None,
        layers: Some(5),
    },
    // What package.rs and package/triggers.rs write into s.yaml.
    keys: Some(Keys {
        settings: &[
            "asyncConfiguration",
            "authType",
            "internetAccess",
            "logConfig",
            "nasConfig",
            "reservedConcurrency",
            "role",
            "tracingConfig",
            "vpcConfig",
        ],
        http: &["cors"],
        timer: &["enable"],
        object: &["role"],
        message: &["role", "strategy"],
        log: &["enable", "interval", "log", "project", "retryTime", "role"],
        domain: true,
        ..Keys::NONE
    }),
    regions: Some(REGIONS),
    ..Capabilities::UNLIMITED
};
