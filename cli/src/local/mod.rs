//! Running a service's units as processes on this machine.
//!
//! | what | module |
//! |---|---|
//! | `.env` | [`dotenv`] |
//! | what `${env.X}` and `${secret.X}` are here | [`variables`] |
//! | secrets nobody set: made once, kept in `.fx/` | [`secrets`] |
//! | fx's own folder beside f.yml | [`folder`] |
//! | from f.yml to something that can be started | [`prepare`] |
//! | from a package to something that can be started | [`artifact`] |
//! | one process: start, find its addresses, stop | [`process`] |
//! | its log lines | [`log`] |
//! | one request to it | [`request`], [`call`] |

pub mod artifact;
pub mod call;
pub mod dotenv;
pub mod folder;
pub mod log;
pub mod prepare;
pub mod process;
pub mod request;
pub mod secrets;
pub mod variables;
