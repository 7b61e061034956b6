//! The stable codes of what a target cannot do (FX03xx). What a code means never changes once it is here.

/// `memorySize` out of range.
pub const MEMORY: &str = "FX0301";
/// `timeout` out of range.
pub const TIMEOUT: &str = "FX0302";
/// `initTimeout` out of range, or (warning) without effect.
pub const INIT_TIMEOUT: &str = "FX0303";
/// `concurrency` out of range, or (warning) without effect.
pub const CONCURRENCY: &str = "FX0304";
/// `threads` out of range.
pub const THREADS: &str = "FX0305";
/// A processor the target does not have.
pub const ARCH: &str = "FX0306";
/// A way of linking the target cannot run.
pub const LINK: &str = "FX0307";
/// Warning: answers cannot be streamed.
pub const STREAMING: &str = "FX0308";
/// Too many layers.
pub const LAYERS: &str = "FX0309";
/// Warning: a region the target is not known to have.
pub const REGION: &str = "FX0310";
/// The name of an environment variable is not allowed.
pub const ENVIRONMENT_NAME: &str = "FX0311";
/// The platform keeps the environment variable for itself.
pub const ENVIRONMENT_RESERVED: &str = "FX0312";
/// The environment variables are too large together.
pub const ENVIRONMENT_SIZE: &str = "FX0313";
/// The name of a service, unit, function or trigger is not allowed.
pub const NAME: &str = "FX0314";
/// Names are too long together.
pub const JOINED_NAME: &str = "FX0315";
/// A kind of trigger the target does not have.
pub const TRIGGER: &str = "FX0316";
/// More triggers than a function may have.
pub const TRIGGER_COUNT: &str = "FX0317";
/// A function that is an HTTP server cannot be invoked by events.
pub const WEB_EVENTS: &str = "FX0318";
/// HTTP methods that do not reach a function.
pub const METHOD: &str = "FX0319";
/// Warning: the front door gives up before the function does.
pub const FRONT_DOOR: &str = "FX0320";
/// A schedule the target cannot say.
pub const SCHEDULE: &str = "FX0321";
/// A time zone that does not exist.
pub const TIMEZONE: &str = "FX0322";
/// An event of object storage the target does not know.
pub const OBJECT_EVENT: &str = "FX0323";
/// A bucket, suffix or trigger name the target's object storage refuses.
pub const OBJECT: &str = "FX0324";
/// Messages cannot be filtered by tags.
pub const TAGS: &str = "FX0325";
/// Warning: a key that meant something on the target once.
pub const RETIRED: &str = "FX0326";
/// Warning: a key that the target makes nothing of.
pub const IGNORED: &str = "FX0327";
/// Who may call cannot be said so on the target.
pub const AUTH: &str = "FX0328";
