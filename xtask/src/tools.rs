//! Installing what the tests need and a fresh machine lacks. Each step says what it does.

use std::{path::PathBuf, process::Command};

use anyhow::{Result, bail};

use crate::process::{exists, run};

/// Where the browser tests live.
pub fn browser_folder() -> PathBuf {
    crate::root().join("todo-app/browser")
}

/// Node.js with npm, Chromium, and the npm packages of the browser tests.
pub fn install_for_browser() -> Result<()> {
    let mut missing = Vec::new();
    if !exists("node") {
        missing.push("nodejs");
    }
    if !exists("npm") {
        missing.push("npm");
    }
    if chromium().is_none() {
        missing.push("chromium");
    }
    if !missing.is_empty() {
        install_packages(&missing)?;
    }
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(browser_folder()))
}

/// The Chromium that the tests drive: `CHROMIUM`, else the first that is installed.
pub fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(named));
    }
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
}

fn install_packages(packages: &[&str]) -> Result<()> {
    if !exists("apt-get") {
        bail!(
            "the browser tests need {}: install them with this system's package manager (CHROMIUM names the browser), then run again",
            packages.join(", ")
        );
    }
    eprintln!("\nInstalling {} with apt-get, for the browser tests.", packages.join(", "));
    let mut update = privileged();
    run(update.args(["apt-get", "update", "--quiet=2"]))?;
    let mut install = privileged();
    run(install.args(["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends"]).args(packages))
}

/// `env` for root, `sudo` for everybody else; the program to run comes as the first argument.
fn privileged() -> Command {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let mut command = Command::new(if is_root { "env" } else { "sudo" });
    if is_root {
        command.arg("DEBIAN_FRONTEND=noninteractive");
    }
    command
}
