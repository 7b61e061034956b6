//! HTTP as an event: from a function URL, or in the shape of an API gateway's integrated request.

mod answer;
mod request;

pub use answer::write;
pub use request::{Http, read, trace_id};
