//! Find the functions, compare them with f.yml, write entrypoints, drive cargo.
//!
//! | step | module |
//! |---|---|
//! | the functions in the code, found without compiling | [`scan`](mod@scan) |
//! | f.yml and the code, each against the other | [`compare`](mod@compare) |
//! | the `main` of a unit, written from the service and its code | [`entrypoint`] |
//! | one executable per unit, remade only when something changed | [`build`] |
//! | a zip per unit, and what it needs of its platform | [`artifact`] |

pub mod artifact;
mod build;
mod cancel;
mod cargo;
pub mod compare;
mod dep_info;
mod diagnostic;
pub mod entrypoint;
mod error;
mod layout;
mod progress;
pub mod scan;
mod settings;
mod stamp;

pub use build::{BuildRequest, BuiltUnit, build};
pub use cancel::Cancel;
pub use compare::compare;
pub use diagnostic::Diagnostic;
pub use error::BuildError;
pub use progress::Progress;
pub use scan::{Scan, scan};
pub use settings::rustc;
