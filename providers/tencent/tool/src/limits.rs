//! What Tencent Cloud SCF can do.
//!
//! Figures: Tencent's documents 583/11637 (quotas), 583/30228 (environment variables), 583/9708 (timer trigger), 583/9707 (COS trigger), and
//! the field descriptions of the official SDK (tencentcloud-sdk-python-scf, `CreateFunctionRequest`, `CreateTriggerRequest`).

use fx_spec::{
    capabilities::{
        Amount, Capabilities, Charset, Concurrency, EmptyValues, EnvironmentRules, HttpTrigger, Keys, Limit,
        LogTrigger, MessageTrigger, NameRule, NameRules, ObjectTrigger, PackageLimits, Streaming, TimerTrigger,
        TriggerName, Triggers,
    },
    service::{Arch, FunctionKind},
};

use crate::{regions::REGIONS, translate};

/// Names of functions: 2 to 60 characters, a letter first, a letter or digit last.
const NAME: NameRule = NameRule::of(Charset::LETTERS_DIGITS.and("-_"), 60)
    .starting_with(Charset::LETTERS)
    .ending_with(Charset::LETTERS_DIGITS)
    .at_least(2);

/// What Tencent Cloud SCF can do.
pub static LIMITS: Capabilities = Capabilities {
    name: "tencent",
    aliases: &["scf"],
    title: "Tencent SCF",
    runtime: Some("CustomRuntime"),
    kinds: &[FunctionKind::Event, FunctionKind::Web],
    // SDK: 64, or 128 to 3072 in steps of 128.
    memory: Limit::between(128, 3072).in_steps_of(128).or(&[64]),
    timeout: Limit::between(1, 900),
    init_timeout: Some(Limit::between(3, 300)),
    // Event functions take one event at a time; web functions up to InstanceConcurrencyConfig.MaxConcurrency.
    concurrency: Concurrency { event: Limit::only(1), web: Limit::between(1, 100) },
    threads: Limit::between(1, 1024),
    architectures: &[Arch::X86_64],
    // CentOS 7.6.
    glibc: Some((2, 17)),
    // An event function hands its answer over whole.
    streaming: Streaming::Web,
    environment: EnvironmentRules {
        bytes: Some(Amount::kib(4)),
        name: NameRule::of(Charset::LETTERS_DIGITS.and("_"), 1024).starting_with(Charset::LETTERS),
        reserved: &[],
        // The fourth is the misspelling the document itself refuses.
        reserved_prefixes: &["SCF_", "QCLOUD_", "TENCENTCLOUD_", "TECENTCLOUD_"],
        except: &[],
        empty_values: EmptyValues::LeftOut,
    },
    names: NameRules { service: NAME, unit: NAME, function: NAME, ..NameRules::FREE },
    triggers: Triggers {
        // A function URL; 6 MB each way.
        http: Some(HttpTrigger {
            auth: &["NONE", "CAM"],
            request: Some(Amount::mib(6)),
            response: Some(Amount::mib(6)),
            ..HttpTrigger::FREE
        }),
        timer: Some(TimerTrigger {
            translate,
            payload: true,
            name: Some(NameRule::of(Charset::LETTERS_DIGITS.and("-_"), 60).starting_with(Charset::LETTERS)),
        }),
        object: Some(ObjectTrigger {
            service: "COS",
            created: "cos:ObjectCreated:*",
            removed: "cos:ObjectRemove:*",
            native: &["cos:"],
            name: TriggerName::BucketAddress { ends_with: ".myqcloud.com" },
            suffix_begins_with: Some('.'),
        }),
        message: Some(MessageTrigger { service: "CMQ", tags: true }),
        // Set up in CLS itself, which Tencent's own component does.
        log: Some(LogTrigger { service: "CLS" }),
        // Web functions cannot be called with Invoke, which is what timers and queues do.
        events_reach_web: false,
        per_unit: None,
        per_kind: Some(10),
    },
    package: PackageLimits {
        // The zip may have 50 MB by the field's description, but the signed request around it 10 MB, and base64 makes 4 of 3.
        in_request: Some(Amount::mib(7)),
        in_storage: Some(Amount::mib(500)),
        unpacked: Some(Amount::mib(500)),
        layers: Some(5),
    },
    retired: &[(
        "serviceId",
        "API Gateway triggers ended on 2025-06-30; HTTP functions get a function URL instead, so leave the key out",
    )],
    // What package.rs and package/events.rs write into serverless.yml, and a deploy makes.
    keys: Some(Keys {
        settings: &["authType", "internetAccess", "namespace", "role", "vpcConfig"],
        http: &["cors"],
        timer: &["enable"],
        object: &["enable"],
        message: &["enable"],
        log: &["enable", "interval"],
        // The component knows domains of API Gateway alone, which is gone.
        domain: false,
        ..Keys::NONE
    }),
    regions: Some(REGIONS),
    ..Capabilities::UNLIMITED
};
