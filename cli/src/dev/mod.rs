//! `fx dev`: one supervising proxy in front of the service's processes.
//!
//! ```text
//! browser ──> proxy ──> unit (a process)        watch ──change──┐
//!               │  reads                                        v
//!             board <──posts── supervisor: load f.yml, build, start the new, let the old one finish
//!               ^
//! fx invoke ──> control (own port, token)
//! ```
//!
//! | what | module |
//! |---|---|
//! | what the service is right now: building, ready, broken | [`board`] |
//! | the processes that answer, and who of them takes a request | [`generation`], [`dispatch`] |
//! | requests in, answers out | [`listener`], [`proxy`] |
//! | the way in for `fx invoke` | [`control`] |
//! | what browsers see while there is nothing to answer | [`page`] |
//! | which files matter, and when they changed | [`scope`], [`watch`] |
//! | what is served: a project or a package | [`origin`] |
//! | the loop that brings it all about | [`supervisor`] |
//! | what the terminal shows | [`console`], [`steps`], [`greeting`] |

pub mod board;
pub mod console;
pub mod control;
pub mod dispatch;
pub mod generation;
pub mod greeting;
pub mod listener;
pub mod origin;
pub mod page;
pub mod proxy;
pub mod scope;
pub mod steps;
pub mod supervisor;
pub mod watch;
