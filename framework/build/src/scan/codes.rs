//! The codes of problems in the code, and between the code and f.yml.

/// Cargo.toml: missing, not TOML, no package.
pub(crate) const MANIFEST: &str = "FX0200";
/// The library's root file is missing.
pub(crate) const NO_LIBRARY: &str = "FX0201";
/// fx is not among the dependencies.
pub(crate) const NO_FACADE: &str = "FX0202";
/// No program with the line `fx::entrypoint!();`.
pub(crate) const NO_ENTRYPOINT: &str = "FX0203";
/// A `mod` whose file is missing, or there twice, or that contains itself.
pub(crate) const MODULE_FILE: &str = "FX0204";
/// A source file that is not Rust.
pub(crate) const SYNTAX: &str = "FX0205";
/// A mistake inside `#[func(…)]` or `#[fx::app(…)]`.
pub(crate) const ATTRIBUTE: &str = "FX0206";
/// A function that cannot carry its attribute.
pub(crate) const SIGNATURE: &str = "FX0207";
/// An attribute where the scan and the entrypoint cannot reach.
pub(crate) const MISPLACED: &str = "FX0208";
/// A function, or a module around it, that is private.
pub(crate) const PRIVATE: &str = "FX0209";
/// Two functions with one handler name.
pub(crate) const DUPLICATE: &str = "FX0210";
/// Two `#[fx::app]`.
pub(crate) const TWO_APPS: &str = "FX0211";
/// A `handler:` that no function has.
pub(crate) const UNKNOWN_HANDLER: &str = "FX0212";
/// A function that nothing invokes.
pub(crate) const UNUSED_FUNCTION: &str = "FX0213";
/// A trigger that cannot call the function.
pub(crate) const MISFIT: &str = "FX0214";
/// Middleware on a function that only takes events.
pub(crate) const EVENT_MIDDLEWARE: &str = "FX0215";
