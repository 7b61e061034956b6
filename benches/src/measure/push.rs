//! A round of servers.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};

use super::{add_percentiles, add_starts, megabytes, microseconds};
use crate::{
    Options,
    client::{Client, free_address},
    process::Process,
    program::{Program, Programs},
    results::Results,
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
        ask(program, options, results).with_context(|| program.name.clone())?;
    }
    Ok(())
}

/// One start: CPU and wall time until the first right answer.
fn start(program: &Program) -> Result<(Duration, Duration)> {
    let Ready { process, answered, .. } = ready(program)?;
    Ok((process.cpu_at_rest()?, answered - process.started))
}

struct Ready {
    address: SocketAddr,
    process: Process,
    client: Client,
    answered: std::time::Instant,
}

fn ready(program: &Program) -> Result<Ready> {
    let address = free_address()?;
    let mut command = program.command();
    command.env("FX_LISTEN", address.to_string()).env("PEER_LISTEN", address.to_string());
    let mut process = Process::start(command)?;
    let (client, answered) = Client::first_answer(address, &mut process)?;
    Ok(Ready { address, process, client, answered })
}

fn ask(program: &Program, options: &Options, results: &mut Results) -> Result<()> {
    let Ready { address, process, mut client, .. } = ready(program)?;
    let name = program.name.as_str();
    for (metric, connections, count) in [("cpu 1", 1, options.invocations), ("cpu 32", 32, options.invocations * 3)] {
        client.grow(address, connections)?;
        client.run(Work::Small, count.div_ceil(20))?;
        let before = process.cpu_at_rest()?;
        let times = client.run(Work::Small, count)?;
        results.add(name, metric, microseconds(process.cpu_at_rest()? - before) / times.len() as f64);
        if connections == 1 {
            add_percentiles(name, &times, results);
        }
    }
    results.add(name, "memory", megabytes(process.peak_memory()?));
    results.add(name, "threads", process.threads()? as f64);
    // Bodies are not what servers differ in; that they come back as they went is.
    for work in [Work::Binary, Work::Text] {
        client.run(work, 1)?;
    }
    Ok(())
}
