//! A round of functions that ask for work.

use std::{process::Command, time::Duration};

use anyhow::{Context, Result};

use super::{add_percentiles, add_starts, megabytes, microseconds};
use crate::{
    Options,
    process::Process,
    program::{Program, Programs},
    results::Results,
    runtime_api::RuntimeApi,
    work::Work,
};

/// Everything once, of every program.
pub fn round(programs: &Programs, options: &Options, results: &mut Results) -> Result<()> {
    let mut starts = vec![Vec::new(); programs.0.len()];
    for _ in 0..options.starts {
        for (program, starts) in programs.0.iter().zip(&mut starts) {
            starts.push(start(program).with_context(|| program.name.clone())?);
        }
    }
    for (program, starts) in programs.0.iter().zip(&starts) {
        add_starts(&program.name, starts, results);
    }
    for program in &programs.0 {
        invoke(program, options, results).with_context(|| program.name.clone())?;
    }
    Ok(())
}

/// One start: CPU and wall time until the function asks for work.
fn start(program: &Program) -> Result<(Duration, Duration)> {
    let (api, process) = ready(program.command())?;
    let wall = api.wait_until_asked()? - process.started;
    Ok((process.cpu_at_rest()?, wall))
}

/// Starts a function with a Runtime API of its own and waits until it asks for work.
pub fn ready(mut command: Command) -> Result<(RuntimeApi, Process)> {
    let api = RuntimeApi::listen()?;
    command
        .env("AWS_LAMBDA_RUNTIME_API", api.address())
        .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0123456789abcdef")
        .env("AWS_REGION", "eu-central-1")
        .env("LAMBDA_TASK_ROOT", "/tmp");
    let process = Process::start(command)?;
    api.wait_until_asked()?;
    Ok((api, process))
}

fn invoke(program: &Program, options: &Options, results: &mut Results) -> Result<()> {
    let (api, process) = ready(program.command())?;
    let name = program.name.as_str();
    if !program.serves {
        process.cpu_at_rest()?;
        results.add(name, "memory", megabytes(process.peak_memory()?));
        results.add(name, "threads", process.threads()? as f64);
        return Ok(());
    }
    for work in Work::ALL {
        let count = work.count(options.invocations);
        // The first ones fill caches and open what stays open.
        api.hand_out(work, count.div_ceil(20))?;
        let before = process.cpu_at_rest()?;
        let done = api.hand_out(work, count)?;
        let cpu = microseconds(process.cpu_at_rest()? - before) / count as f64;
        match work {
            Work::Small => {
                results.add(name, "cpu small", cpu);
                add_percentiles(name, &done.times, results);
                results.add(name, "connections", done.connections as f64 * 1000.0 / count as f64);
                results.add(name, "memory", megabytes(process.peak_memory()?));
                results.add(name, "threads", process.threads()? as f64);
            }
            Work::Binary => results.add(name, "cpu bin64", cpu),
            Work::Text => results.add(name, "cpu echo256k", cpu),
        }
    }
    Ok(())
}
