//! The deploy engine. It knows no cloud: a target lists what must exist as [`Resource`]s, and the engine reads, plans and
//! applies.
//!
//! | step | where |
//! |---|---|
//! | what must exist, and how to read, create, update and delete it | [`Resource`] |
//! | its settings, comparable and printable, secrets masked | [`Fields`] |
//! | what exists | [`observe`] |
//! | what has to change: a pure function of the two | [`plan`] |
//! | doing it, in order of dependencies, with retries, deadline and interruption | [`apply`] |
//! | what was done, and what was not | [`Outcome`] |
//! | versions, and which of them traffic goes to | [`Release`], [`Route`] |
//! | calls over HTTPS | [`Http`] |
//!
//! There is no state file. A resource is found by its name and told from somebody else's by its owner; a second run after a
//! success reads everything and writes nothing.

mod apply;
mod cancel;
mod error;
mod fields;
mod http;
mod observe;
mod order;
mod outcome;
mod plan;
mod progress;
mod release;
mod resource;
mod retry;
mod step;
mod upload;

pub use apply::apply;
pub use cancel::Cancel;
pub use error::{CloudError, Kind};
pub use fields::{FieldChange, Fields, Value};
pub use http::{Answer, Http};
pub use observe::{Observed, observe};
pub use order::CycleError;
pub use outcome::{Failure, Outcome};
pub use plan::{Action, Change, Foreign, Options, Plan, plan};
pub use progress::Progress;
pub use release::{Canary, InvalidCanary, Marker, NoRoute, Pick, Release, Released, Route, Traffic};
pub use resource::{Actual, Known, Outputs, Owner, Pending, Readiness, Resource, ResourceId};
pub use retry::{Patience, insist};
pub use upload::Upload;
