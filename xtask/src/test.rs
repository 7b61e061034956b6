//! `cargo xtask test`: all that CI holds a change against, with the counts at the end.

use anyhow::{Result, bail};

use crate::{
    browser,
    process::{cargo, run, run_reading},
    readme, schema, tools,
};

/// Installs what is missing, then runs every check; stops at the first that fails.
pub fn test_everything() -> Result<()> {
    tools::install_for_browser()?;
    let tools = tools::install_for_manifests()?;
    let emulator = tools::install_emulator()?;
    readme::check()?;
    run_cargo_checks()?;
    let mut counts = Counts::default();
    let mut test = cargo();
    test.args(["test", "--workspace", "--locked", "--no-fail-fast"]).env("FX_TOOLS", &tools).env("FX_RIE", &emulator);
    let tested = run_reading(&mut test, |line| counts.read_cargo(line));
    if let Err(error) = tested {
        println!("\n{} passed, {} failed", counts.passed, counts.failed.max(1));
        return Err(error);
    }
    schema::check()?;
    browser::test(|line| counts.read_node(line))?;
    if counts.ignored > 0 {
        bail!("{} tests were ignored or skipped: a test that cannot run must fail, or go", counts.ignored);
    }
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    Ok(())
}

fn run_cargo_checks() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    run(cargo().args(["doc", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings"))
}

/// What all the runners together counted.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    /// `test result: ok. 12 passed; 0 failed; 0 ignored; …`, the closing line of each test binary.
    fn read_cargo(&mut self, line: &str) {
        let Some((_, counts)) = line.trim_start().strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in counts.split(';') {
            let Some((number, what)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// `# pass 9` or `ℹ pass 9`, as node's runner closes, depending on whether it writes to a terminal.
    fn read_node(&mut self, line: &str) {
        let mut words = line.split_whitespace();
        let (Some("#" | "ℹ"), Some(what), Some(number), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return;
        };
        let Ok(number) = number.parse::<u64>() else { return };
        match what {
            "pass" => self.passed += number,
            "fail" => self.failed += number,
            "skipped" | "todo" | "cancelled" => self.ignored += number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn adds_up_cargo_and_node() {
        let mut counts = Counts::default();
        counts.read_cargo(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s",
        );
        counts.read_cargo("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        counts.read_cargo("running 5 tests");
        counts.read_node("# pass 9");
        counts.read_node("ℹ skipped 1");
        counts.read_node("# duration_ms 12.5");
        assert_eq!(counts, Counts { passed: 22, failed: 2, ignored: 2 });
    }
}
