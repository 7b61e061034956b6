//! Installing what the tests need and a fresh machine lacks. Each step says what it does.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

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

/// What the tests of the targets hold manifests against, what AWS's Runtime Interface Emulator comes inside of, and the SDKs that platforms'
/// APIs, as the tests play them, are held against. Versions are fixed: a new release of a tool must not fail a test that passed yesterday.
const PYTHON_PACKAGES: [&str; 6] = [
    "alibabacloud-fc20230330==4.8.3",
    "aws-sam-cli==1.170.0",
    "cfn-lint==1.58.0",
    "jsonschema==4.26.0",
    "moto[server]==5.2.1",
    "tencentcloud-sdk-python-scf==3.1.100",
];
const NODE_PACKAGES: [&str; 1] = ["tencent-component-toolkit@2.27.6"];

/// The platforms' own tools, in `target/tools`, which is handed to the tests as FX_TOOLS. Done once; again when the list changes.
pub fn install_for_manifests() -> Result<PathBuf> {
    let folder = crate::root().join("target/tools");
    let done = folder.join("installed");
    let wanted = [PYTHON_PACKAGES.as_slice(), NODE_PACKAGES.as_slice()].concat().join("\n");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    if !has_venv() {
        install_packages(&["python3-venv"])?;
    }
    let python = folder.join("python");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&python))?;
    let mut pip = Command::new(python.join("bin/pip"));
    run(pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(PYTHON_PACKAGES))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"]).arg(&folder);
    run(npm.args(NODE_PACKAGES))?;
    std::fs::write(&done, wanted).with_context(|| format!("cannot write {}", done.display()))?;
    Ok(folder)
}

/// AWS's Runtime Interface Emulator, handed to the tests as FX_RIE: a file of one of the packages that [`install_for_manifests`] installs.
pub fn install_emulator() -> Result<PathBuf> {
    let folder = crate::root().join("target/tools");
    let emulator = folder.join("aws-lambda-rie");
    if emulator.exists() {
        return Ok(emulator);
    }
    let arch = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let file = format!("site-packages/samcli/local/rapid/aws-lambda-rie-{arch}");
    let pythons = std::fs::read_dir(folder.join("python/lib")).context("there is no Python in target/tools")?;
    let mut places = pythons.filter_map(|python| Some(python.ok()?.path().join(&file)));
    let installed = places.find(|place| place.exists()).with_context(|| format!("aws-sam-cli has no {file}"))?;
    run(Command::new("install").arg("-m755").arg(installed).arg(&emulator))?;
    Ok(emulator)
}

/// Debian's Python comes without what makes virtual environments.
fn has_venv() -> bool {
    let mut python = Command::new("python3");
    python.args(["-c", "import ensurepip, venv"]).output().is_ok_and(|output| output.status.success())
}

fn install_packages(packages: &[&str]) -> Result<()> {
    if !exists("apt-get") {
        bail!(
            "the tests need {}: install them with this system's package manager (CHROMIUM names the browser), then run again",
            packages.join(", ")
        );
    }
    eprintln!("\nInstalling {} with apt-get, for the tests.", packages.join(", "));
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
