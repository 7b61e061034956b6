//! What can be counted exactly, by difference: N invocations and 2N; what a start takes falls out.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    measure::pull::ready,
    process::Process,
    program::{Program, Programs},
    results::Results,
    runtime_api::RuntimeApi,
    work::Work,
};

const COUNT: usize = 1000;

/// System calls and allocations of an invocation.
pub fn pull(programs: &Programs, results: &mut Results) -> Result<()> {
    for program in programs.serving().filter(|program| program.arguments.is_empty()) {
        let per_invocation = |few: f64, many: f64| (many - few) / COUNT as f64;
        let (few, many) = (calls(program, COUNT)?, calls(program, 2 * COUNT)?);
        results.add(&program.name, "calls", per_invocation(few, many));
        // In a static executable there is no library whose malloc valgrind could stand in for.
        if is_dynamic(&program.executable)? {
            let (few, many) = (allocations(program, COUNT)?, allocations(program, 2 * COUNT)?);
            results.add(&program.name, "allocations", per_invocation(few.1, many.1));
            results.add(&program.name, "allocated", per_invocation(few.0, many.0));
        }
    }
    Ok(())
}

fn calls(program: &Program, count: usize) -> Result<f64> {
    let report = under(program, count, &["strace", "-f", "-c", "-o"], str::to_owned, true)?;
    total_calls(&report).with_context(|| format!("strace does not say how many calls there were:\n{report}"))
}

fn allocations(program: &Program, count: usize) -> Result<(f64, f64)> {
    let tool = ["valgrind", "--tool=dhat", "--dhat-out-file=/dev/null"];
    let report = under(program, count, &tool, |path| format!("--log-file={path}"), false)?;
    total_allocations(&report).with_context(|| format!("valgrind does not say how much was allocated:\n{report}"))
}

/// Runs a function under a tool until it has answered `count` invocations; what the tool has written.
fn under(
    program: &Program,
    count: usize,
    tool: &[&str],
    output: impl Fn(&str) -> String,
    is_child: bool,
) -> Result<String> {
    let file = std::env::temp_dir().join(format!("fx-bench-{}.txt", std::process::id()));
    let path = file.display().to_string();
    let output = output(&path);
    let mut tool = tool.to_vec();
    tool.push(&output);
    let (api, mut process): (RuntimeApi, Process) = ready(program.command_under(&tool))?;
    if is_child {
        process.enter()?;
    }
    api.hand_out(Work::Small, count)?;
    process.stop(if is_child { "KILL" } else { "TERM" })?;
    let report = fs::read_to_string(&file)?;
    fs::remove_file(&file)?;
    Ok(report)
}

/// `100.00    0.012345          12      1034        13 total`
fn total_calls(report: &str) -> Option<f64> {
    let line = report.lines().find(|line| line.ends_with("total"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

/// `==7== Total:     12,345 bytes in 678 blocks`: bytes, blocks.
fn total_allocations(report: &str) -> Option<(f64, f64)> {
    let line = report.lines().find(|line| line.contains("Total:"))?.replace(',', "");
    let (_, numbers) = line.split_once("Total:")?;
    let mut words = numbers.split_whitespace();
    let bytes = words.next()?.parse().ok()?;
    Some((bytes, words.nth(2)?.parse().ok()?))
}

/// Whether a program names an interpreter that loads libraries: the ELF has a segment for it.
fn is_dynamic(executable: &Path) -> Result<bool> {
    let bytes = fs::read(executable)?;
    let head = &bytes[..bytes.len().min(4096)];
    Ok(head.windows(8).any(|window| window == b"/ld-linu"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_tools_write() {
        let strace = "% time     seconds  usecs/call     calls    errors syscall\n\
                      100.00    0.012345          12      1034        13 total\n";
        assert_eq!(total_calls(strace), Some(1034.0));
        let dhat = "==7== \n==7== Total:     12,345 bytes in 1,678 blocks\n==7== At t-gmax: 1 bytes in 1 blocks\n";
        assert_eq!(total_allocations(dhat), Some((12345.0, 1678.0)));
        assert_eq!(total_calls(""), None);
    }
}
