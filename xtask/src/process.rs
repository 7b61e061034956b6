//! Running other programs: said out loud, and a failure names the command.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// The Cargo that runs us.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::root());
    command
}

/// Runs a command with our own input and output.
pub fn run(command: &mut Command) -> Result<()> {
    announce(command);
    let status = command.status().with_context(|| format!("cannot start `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs a command, showing its standard output line by line while `read` looks at each.
pub fn run_reading(command: &mut Command, mut read: impl FnMut(&str)) -> Result<()> {
    announce(command);
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start `{}`", line(command)))?;
    let output = child.stdout.take().context("the child has no standard output")?;
    for text in BufReader::new(output).lines() {
        let text = text.context("reading what the command prints")?;
        println!("{text}");
        read(&text);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Whether a program answers to `--version`.
pub fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Shows the command before its output, in the order people read them.
fn announce(command: &Command) {
    let _ = std::io::stdout().flush();
    eprintln!("\n$ {}", line(command));
}

fn line(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    if let Some(name) = std::path::Path::new(&line).file_name() {
        line = name.to_string_lossy().into_owned();
    }
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
