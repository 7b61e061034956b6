//! `cargo xtask bench`: everything docs/performance.md has figures of, measured by `benches/`.

use anyhow::Result;

use crate::process::{cargo, run};

/// Builds and measures servers, then functions that ask for work. The tables are printed; what was measured stays in files.
pub fn measure() -> Result<()> {
    for arguments in [["push", "--express"], ["pull", "--todo"]] {
        run(cargo().args(["run", "--release", "--package", "fx-bench", "--"]).args(arguments))?;
    }
    println!("\nEvery round's values and the plots: target/bench/performance-{{push,pull}}.{{json,svg}}");
    Ok(())
}
