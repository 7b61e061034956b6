//! From a request to the function that answers it.
//!
//! Routes are tried in the order f.yml gives them (literal before parameter before wildcard, deeper first): the first that has both the
//! path and the method answers. axum's router cannot say that (it decides by path alone), so [`table`] does the deciding, and then every
//! route has an axum router of its own with this one path in it, so that `Path`, `MatchedPath` and all other extractors just work.

mod decode;
mod dispatch;
mod pattern;
pub mod table;

pub(crate) use decode::decode;
pub(crate) use dispatch::{Dispatch, RouteError};
