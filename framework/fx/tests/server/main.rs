//! The push runtime end to end: a real process, real sockets, hand-written requests.

mod client;
mod events;
mod http;
mod lifecycle;
mod process;
mod service;
