//! YAML as a tree that remembers where everything stood.
//!
//! The tree keeps scalars as they were written: what type a plain `256` has is decided late, because a value such as
//! `${env.MEMORY}` is only known after interpolation.

mod node;
mod parse;

pub(crate) use node::{Entry, Form, Node, Scalar, Value};
pub(crate) use parse::{MAX_BYTES, parse};
