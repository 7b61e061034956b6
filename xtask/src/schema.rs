//! `f.schema.json`, which editors read while f.yml is typed: the output of `fx schema`, kept in the repository.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::process::cargo;

/// Writes the file anew.
pub fn write() -> Result<()> {
    std::fs::write(path(), current()?).context("cannot write f.schema.json")
}

/// Fails when the file is not what `fx schema` prints.
pub fn check() -> Result<()> {
    let committed = std::fs::read_to_string(path()).context("cannot read f.schema.json")?;
    if committed != current()? {
        bail!("f.schema.json is stale: run `cargo xtask schema` and commit it");
    }
    Ok(())
}

fn current() -> Result<String> {
    let output = cargo()
        .args(["run", "--quiet", "--package", "fx-cli", "--", "schema"])
        .output()
        .context("cannot run `fx schema`")?;
    if !output.status.success() {
        bail!("`fx schema` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("`fx schema` printed something that is not text")
}

fn path() -> PathBuf {
    crate::root().join("f.schema.json")
}
