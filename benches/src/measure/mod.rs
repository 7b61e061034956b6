//! Taking turns: in each round every program does everything once.

pub mod pull;
pub mod push;

use std::{fs, io::Cursor, io::Write, time::Duration};

use anyhow::Result;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    program::Programs,
    results::{Results, Spread, quantile},
};

/// Sizes of the executables; of programs that need another to run them, there is none.
pub fn sizes(programs: &Programs, results: &mut Results) -> Result<()> {
    for program in programs.0.iter().filter(|program| program.arguments.is_empty()) {
        let bytes = fs::read(&program.executable)?;
        results.add(&program.name, "size", megabytes(bytes.len() as u64));
        results.add(&program.name, "deflated", megabytes(deflated(&bytes)?));
    }
    Ok(())
}

fn deflated(bytes: &[u8]) -> Result<u64> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap", SimpleFileOptions::default().compression_level(Some(9)))?;
    zip.write_all(bytes)?;
    Ok(zip.finish()?.into_inner().len() as u64)
}

/// CPU and wall time of several starts. A round counts with its median: one start alone hits or misses the clock's ticks.
fn add_starts(program: &str, starts: &[(Duration, Duration)], results: &mut Results) {
    let middle = |values: Vec<f64>| Spread::of(&values).map_or(f64::NAN, |spread| spread.median);
    let (cpu, wall) = starts.iter().map(|(cpu, wall)| (milliseconds(*cpu), milliseconds(*wall))).unzip();
    results.add(program, "cold cpu", middle(cpu));
    results.add(program, "cold wall", middle(wall));
}

fn add_percentiles(program: &str, times: &[Duration], results: &mut Results) {
    let mut sorted: Vec<f64> = times.iter().map(|time| microseconds(*time)).collect();
    sorted.sort_by(f64::total_cmp);
    results.add(program, "p50", quantile(&sorted, 0.5));
    results.add(program, "p99", quantile(&sorted, 0.99));
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
