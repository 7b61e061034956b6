//! The `fx` command, as a library so that tests can reach every part.
//!
//! | step | module |
//! |---|---|
//! | what was typed | [`args`] |
//! | one file per verb | [`commands`] |
//! | the user's f.yml and code | [`project`] |
//! | which targets there are | [`targets`] |
//! | units as processes on this machine | [`local`] |
//! | the supervising proxy behind `fx dev` | [`dev`] |
//! | the same questions on every platform | [`conformance`] |
//! | units as zips for a platform | [`package`] |
//! | a service on its platforms | [`deploy`] |
//! | what people and programs get to see | [`output`] |
//! | the codes of its own problems | [`codes`] |

pub mod args;
pub mod codes;
pub mod commands;
pub mod conformance;
pub mod deploy;
pub mod dev;
pub mod local;
pub mod output;
pub mod package;
pub mod project;
pub mod targets;
