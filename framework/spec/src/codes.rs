//! The stable codes of what can be wrong with f.yml itself (FX01xx). What a code means never changes once it is here.

/// The file cannot be read.
pub const UNREADABLE: &str = "FX0101";
/// The file is not UTF-8.
pub const NOT_UTF8: &str = "FX0102";
/// The file is not valid YAML.
pub const YAML: &str = "FX0103";
/// The file is longer, deeper or holds more values than fx reads.
pub const TOO_LARGE: &str = "FX0104";
/// A key stands twice in one map.
pub const DUPLICATE_KEY: &str = "FX0105";
/// A value has the wrong shape: a list where a number belongs.
pub const SHAPE: &str = "FX0106";
/// A value of the right shape that means nothing: an unknown word, a number out of range.
pub const VALUE: &str = "FX0107";
/// A key that cannot be left out is missing.
pub const MISSING: &str = "FX0108";
/// `${env.X}` of a variable that is not set.
pub const UNSET: &str = "FX0109";
/// `${…}` that fx does not know, or in a place where it cannot stand.
pub const EXPRESSION: &str = "FX0110";
/// A target that fx does not know.
pub const TARGET: &str = "FX0111";
/// A schedule that cannot be understood.
pub const SCHEDULE: &str = "FX0112";
/// An HTTP path that cannot be routed.
pub const PATH: &str = "FX0113";
/// An HTTP method that does not exist.
pub const METHOD: &str = "FX0114";
/// Two functions answer the same method and path.
pub const CLASH: &str = "FX0115";
/// An aggregation that does not find its functions.
pub const MEMBERS: &str = "FX0116";
/// Members of an aggregation that disagree on a setting they must share.
pub const CONFLICT: &str = "FX0117";
/// Two functions of one name.
pub const NAME: &str = "FX0118";

/// A key that fx does not know: a warning, or an error where the key it was probably meant to be cannot be missing.
pub const UNKNOWN_KEY: &str = "FX0150";
/// Warning: a key that only makes sense for Node.
pub const NODE_ONLY: &str = "FX0151";
/// Warning: `runtime`, which says nothing about a compiled binary.
pub const RUNTIME: &str = "FX0152";
/// Warning: understood by fx, but not by Midway.
pub const NOT_MIDWAY: &str = "FX0153";
/// Warning: a kind of trigger that no target has.
pub const NO_TRIGGER: &str = "FX0154";
/// Warning: a route that another one hides.
pub const SHADOWED: &str = "FX0156";
/// Warning: a value that is written down but has no effect.
pub const NO_EFFECT: &str = "FX0155";
