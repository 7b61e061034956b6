//! What AWS Lambda can do.
//!
//! Figures: the developer guide's "Lambda quotas" and "Using environment variables", and the ranges and patterns of the API models in
//! botocore (`lambda/2015-03-31`, `scheduler/2021-06-30`). Where the model is wider than the guide (memory to 32,768 MB, timeout to 5,400 s:
//! managed instances), the guide's figure for ordinary functions stands here.

use fx_spec::{
    capabilities::{
        Amount, Capabilities, Charset, Concurrency, EmptyValues, EnvironmentRules, HttpTrigger, Keys, Limit,
        LogTrigger, MessageTrigger, NameRule, NameRules, ObjectTrigger, PackageLimits, Streaming, TimerTrigger,
        TriggerName, Triggers,
    },
    service::Arch,
};

use crate::{regions::REGIONS, translate};

/// Function names: model pattern `[a-zA-Z0-9-_]+`, 64 characters in the guide.
const NAME: NameRule = NameRule::of(Charset::LETTERS_DIGITS.and("-_"), 64);

/// What AWS Lambda can do.
pub static LIMITS: Capabilities = Capabilities {
    name: "aws",
    aliases: &["lambda"],
    title: "AWS Lambda",
    runtime: Some("provided.al2023"),
    memory: Limit::between(128, 10_240),
    timeout: Limit::between(1, 900),
    // On-demand initialisation always has 10 s; there is no setting.
    init_timeout: None,
    // One event at a time in one sandbox.
    concurrency: Concurrency { event: Limit::only(1), web: Limit::only(1) },
    threads: Limit::between(1, 1024),
    architectures: &[Arch::X86_64, Arch::Aarch64],
    // Amazon Linux 2023.
    glibc: Some((2, 34)),
    streaming: Streaming::Always,
    environment: EnvironmentRules {
        bytes: Some(Amount::kib(4)),
        // Model pattern `[a-zA-Z]([a-zA-Z0-9_])+`: at least two characters.
        name: NameRule::of(Charset::LETTERS_DIGITS.and("_"), 1024).starting_with(Charset::LETTERS).at_least(2),
        // "Reserved environment variables" of the guide; those it lists as overridable (PATH, TZ, LANG …) are not here.
        reserved: &[
            "_HANDLER",
            "_X_AMZN_TRACE_ID",
            "AWS_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "AWS_DEFAULT_REGION",
            "AWS_REGION",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "LAMBDA_RUNTIME_DIR",
            "LAMBDA_TASK_ROOT",
        ],
        reserved_prefixes: &["AWS_LAMBDA_"],
        except: &["AWS_LAMBDA_EXEC_WRAPPER"],
        empty_values: EmptyValues::Kept,
    },
    names: NameRules { service: NAME, unit: NAME, function: NAME, ..NameRules::FREE },
    triggers: Triggers {
        http: Some(HttpTrigger {
            // Payloads are 6 MB each way. A function URL waits as long as the function; the HTTP API that joins several units 30 s.
            shared_timeout: Some(30),
            shared_streaming: false,
            request: Some(Amount::mib(6)),
            response: Some(Amount::mib(6)),
            ..HttpTrigger::FREE
        }),
        timer: Some(TimerTrigger {
            translate,
            payload: true,
            // Model of schedules and rules: `[0-9a-zA-Z-_.]+`, 64 characters.
            name: Some(NameRule::of(Charset::LETTERS_DIGITS.and("-_."), 64)),
        }),
        object: Some(ObjectTrigger {
            service: "S3",
            created: "s3:ObjectCreated:*",
            removed: "s3:ObjectRemoved:*",
            native: &["s3:"],
            name: TriggerName::Free,
            suffix_begins_with: None,
        }),
        message: Some(MessageTrigger { service: "SQS", tags: false }),
        log: Some(LogTrigger { service: "CloudWatch Logs" }),
        ..Triggers::ALL
    },
    package: PackageLimits {
        in_request: Some(Amount::mib(50)),
        in_storage: Some(Amount::mib(250)),
        unpacked: Some(Amount::mib(250)),
        layers: Some(5),
    },
    // What package.rs and package/events.rs write into template.yaml.
    keys: Some(Keys {
        settings: &["policies", "role", "vpcConfig"],
        http: &["cors"],
        timer: &["enable"],
        message: &["enable"],
        log: &["log"],
        domain: true,
        certificate: true,
        ..Keys::NONE
    }),
    regions: Some(REGIONS),
    ..Capabilities::UNLIMITED
};
