//! A service on its platforms: what `fx deploy`, `promote`, `rollback`, `info`, `logs` and `remove` share.
//!
//! | what | module |
//! |---|---|
//! | which service, and where | [`target`] |
//! | an open platform | [`session`] |
//! | values of the environment, read now | [`environment`] |
//! | read, plan, ask, apply | [`rollout`] |
//! | the plan for people | [`table`] |
//! | how far it is | [`bars`] |
//! | the result for people and programs | [`result`] |
//! | one request to what was deployed | [`smoke`] |
//! | files that browsers load from a bucket | [`site`] |
//! | traffic between versions that are there | [`traffic`] |
//! | stopping it, and going on later | [`run`] |

mod ask;
pub mod bars;
pub mod environment;
pub mod result;
pub mod rollout;
pub mod run;
pub mod session;
pub mod site;
pub mod smoke;
pub mod table;
pub mod target;
pub mod traffic;
