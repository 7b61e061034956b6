//! `cargo xtask audit`: licences, bans and sources, by cargo-deny and `deny.toml`.

use std::process::Command;

use anyhow::Result;

use crate::process::{cargo, exists, run};

/// Installs cargo-deny when it is missing, then checks. Advisories need a database from the network and are left out.
pub fn check_dependencies() -> Result<()> {
    if !exists("cargo-deny") {
        eprintln!("Installing cargo-deny from crates.io.");
        run(cargo().args(["install", "--locked", "cargo-deny"]))?;
    }
    run(Command::new("cargo-deny").current_dir(crate::root()).args(["check", "bans", "licenses", "sources"]))
}
