//! Aliyun Function Compute: a custom runtime of FC 3.0.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `FC_SERVER_PORT`, `FC_CUSTOM_LISTEN_PORT` | port to listen on; the platform sets it | 9000 |
//! | `FX_LISTEN` | address to listen on, in place of that port | |
//! | `FX_LOG` | how much is logged: `info`, `debug,my_crate::db=trace`, `off` | `info` |
//! | `FX_BLOCKING_THREADS` | size of the pool behind [`blocking`](crate::blocking) | two per processor, at least 4 |

pub use fx_aliyun::{run, run as run_with_events};
