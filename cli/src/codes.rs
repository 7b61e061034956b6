//! The stable codes of what the command itself has to say (FX05xx). What a code means never changes once it is here.

/// A target that fx does not know.
pub const TARGET: &str = "FX0501";
/// There is no f.yml.
pub const NO_FILE: &str = "FX0502";
/// A verb that cannot work for this target.
pub const NOT_FOR_TARGET: &str = "FX0503";
/// The port is taken, or may not be opened.
pub const PORT: &str = "FX0504";
/// A unit that did not come up.
pub const NOT_STARTED: &str = "FX0505";
/// A function that f.yml does not have.
pub const FUNCTION: &str = "FX0506";
/// How to call the function is not clear, or not possible.
pub const INVOCATION: &str = "FX0507";
/// The data for a call cannot be read.
pub const DATA: &str = "FX0508";
/// A call without an answer.
pub const NO_ANSWER: &str = "FX0509";
/// `.env` cannot be read.
pub const DOTENV: &str = "FX0511";
/// A line of `.env` that means nothing.
pub const DOTENV_LINE: &str = "FX0512";
/// An environment value that needs a variable that is not set.
pub const UNSET: &str = "FX0513";
/// A secret that cannot be kept.
pub const SECRET: &str = "FX0514";
/// The operating system refuses something fx cannot do without.
pub const SYSTEM: &str = "FX0515";
/// Warning: there is no code to compare f.yml with.
pub const NO_CODE: &str = "FX0520";
/// A name no new project can have.
pub const PROJECT_NAME: &str = "FX0521";
/// A folder that cannot become a new project.
pub const PROJECT_FOLDER: &str = "FX0522";
/// The `fx` crate is not where `fx new` was told to take it from.
pub const FX_SOURCE: &str = "FX0523";
/// A package that cannot be written.
pub const PACKAGE: &str = "FX0540";
/// A package that is larger than the target takes.
pub const PACKAGE_SIZE: &str = "FX0541";
/// A package that is not there, or not what it is described as.
pub const NO_PACKAGE: &str = "FX0543";
/// A manifest that cannot be written.
pub const MANIFEST: &str = "FX0542";
/// A platform that refuses, or cannot be reached.
pub const CLOUD: &str = "FX0550";
/// Something on the platform that this service did not make.
pub const FOREIGN: &str = "FX0551";
/// A plan that nobody has confirmed.
pub const NOT_CONFIRMED: &str = "FX0552";
/// Traffic that cannot go where it was wanted.
pub const TRAFFIC: &str = "FX0553";
/// Warning: files that pages cannot load from where they were uploaded to.
pub const ASSETS: &str = "FX0556";
/// A service that is not deployed.
pub const NOT_DEPLOYED: &str = "FX0554";
/// Warning: a domain that is another copy's.
pub const DOMAIN: &str = "FX0555";
