//! Running a service's units as processes on this machine.
//!
//! | what | module |
//! |---|---|
//! | `.env` | [`dotenv`] |
//! | secrets nobody set: made once, kept in `.fx/` | [`secrets`] |
//! | fx's own folder beside f.yml | [`folder`] |
//! | one process: start, find its addresses, stop | [`process`] |
//! | its log lines | [`log`] |
//! | one request to it | [`call`] |

pub mod call;
pub mod dotenv;
pub mod folder;
pub mod log;
pub mod process;
pub mod secrets;
