//! Tencent Serverless Cloud Function: event functions on the custom runtime, and web functions.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SCF_RUNTIME_API`, `SCF_RUNTIME_API_PORT` | where an event function asks for events; the platform sets it | |
//! | `FX_LISTEN` | address a web function listens on | `0.0.0.0:9000` |
//! | `FX_LOG` | how much is logged: `info`, `debug,my_crate::db=trace`, `off` | `info` |
//! | `FX_BLOCKING_THREADS` | size of the pool behind [`blocking`](crate::blocking) | two per processor, at least 4 |

pub use fx_tencent::{run, run as run_with_events};
