//! One `cargo build`, from start to end.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

use cargo_metadata::Message;
use fx_spec::Severity;
use rustix::process::Pid;

use super::bar::{self, Piece};
use crate::{BuildError, Cancel, Diagnostic, Progress, cancel::terminate};

/// What came out of a build.
pub(crate) struct Artifact {
    /// The executable.
    pub executable: PathBuf,
    /// Files of dep-info that the compiler wrote for crates on this machine; they name the environment variables read.
    pub dep_info: Vec<PathBuf>,
}

/// Runs `command`, a `cargo build` with JSON messages on stdout and its progress bar on stderr, for the executable `bin`.
pub(crate) fn run(
    mut command: Command,
    unit: &str,
    bin: &str,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Artifact, BuildError> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // The bar is the only place where cargo says how much there is to do. It draws it when told to, terminal or not.
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "200")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("CARGO_TERM_QUIET")
        // A group of its own, so that its compilers can be ended with it.
        .process_group(0);
    let mut cargo = Running::start(&mut command, cancel)?;
    let stdout = cargo.child.stdout.take();
    let stderr = cargo.child.stderr.take();

    let (messages, text) = thread::scope(|scope| {
        let text = scope.spawn(|| stderr.map(|pipe| follow_stderr(pipe, unit, progress)).unwrap_or_default());
        let messages = stdout.map(|pipe| follow_stdout(pipe, unit, bin, progress)).unwrap_or_default();
        (messages, text.join().unwrap_or_default())
    });

    let status = cargo.wait()?;
    if cancel.is_cancelled() {
        return Err(BuildError::Cancelled);
    }
    if !status.success() {
        return Err(if messages.errors.is_empty() {
            BuildError::cargo(text)
        } else {
            BuildError::Compile { unit: unit.into(), diagnostics: messages.errors }
        });
    }
    match messages.executable {
        Some(executable) => Ok(Artifact { executable, dep_info: messages.dep_info }),
        None => Err(BuildError::cargo(format!("cargo made no executable called `{bin}`\n{text}"))),
    }
}

#[derive(Default)]
struct Messages {
    errors: Vec<Diagnostic>,
    executable: Option<PathBuf>,
    dep_info: Vec<PathBuf>,
}

impl Messages {
    fn take(&mut self, diagnostic: Option<Diagnostic>, unit: &str, progress: &dyn Progress) {
        let Some(diagnostic) = diagnostic else { return };
        if diagnostic.severity == Severity::Warning {
            progress.warning(unit, &diagnostic);
        } else if !self.errors.contains(&diagnostic) {
            self.errors.push(diagnostic);
        }
    }
}

fn follow_stdout(pipe: impl Read, unit: &str, bin: &str, progress: &dyn Progress) -> Messages {
    let mut seen = Messages::default();
    for message in Message::parse_stream(BufReader::new(pipe)) {
        // A pipe that breaks has nothing more to say; cargo's exit status tells the rest.
        let Ok(message) = message else { break };
        match message {
            Message::CompilerMessage(message) => seen.take(Diagnostic::from_compiler(&message.message), unit, progress),
            Message::CompilerArtifact(artifact) => {
                if artifact.target.name == bin && artifact.target.is_bin() {
                    seen.executable = artifact.executable.map(Into::into);
                }
                // `path+file:///…#name@version`: a package on this machine.
                if artifact.package_id.repr.starts_with("path+") {
                    seen.dep_info.extend(artifact.filenames.iter().filter_map(|file| dep_info_of(file.as_std_path())));
                }
            }
            _ => {}
        }
    }
    seen
}

/// `deps/libtodo-0a1b.rlib` → `deps/todo-0a1b.d`.
fn dep_info_of(file: &std::path::Path) -> Option<PathBuf> {
    let stem = file.file_stem()?.to_str()?;
    Some(file.with_file_name(format!("{}.d", stem.strip_prefix("lib").unwrap_or(stem))))
}

fn follow_stderr(pipe: impl Read, unit: &str, progress: &dyn Progress) -> String {
    let mut reader = BufReader::new(pipe);
    let mut kept = String::new();
    let mut line = Vec::new();
    // The bar is redrawn with carriage returns: a line may hold many pieces, and must be shown before it ends.
    while next_piece(&mut reader, &mut line) {
        let piece = String::from_utf8_lossy(&line);
        match bar::read(&piece) {
            Piece::Bar { done, total, crate_name } => progress.compiling(unit, crate_name, done, Some(total)),
            Piece::Waiting => progress.waiting(unit),
            Piece::Status => {}
            Piece::Text(text) => {
                kept.push_str(text);
                kept.push('\n');
            }
        }
    }
    kept
}

/// Reads up to the next `\n` or `\r` into `piece`, without it. `false` at the end.
fn next_piece(reader: &mut impl BufRead, piece: &mut Vec<u8>) -> bool {
    piece.clear();
    loop {
        let Ok(buffer) = reader.fill_buf() else { return !piece.is_empty() };
        if buffer.is_empty() {
            return !piece.is_empty();
        }
        let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        piece.extend_from_slice(&buffer[..end.unwrap_or(buffer.len())]);
        let used = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            return true;
        }
    }
}

/// A child in its own process group, which ends with this value.
struct Running<'a> {
    child: Child,
    group: Option<Pid>,
    cancel: &'a Cancel,
}

impl<'a> Running<'a> {
    fn start(command: &mut Command, cancel: &'a Cancel) -> Result<Self, BuildError> {
        if cancel.is_cancelled() {
            return Err(BuildError::Cancelled);
        }
        let child = command.spawn().map_err(BuildError::no_cargo)?;
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            cancel.watch(group);
        }
        Ok(Self { child, group, cancel })
    }

    fn wait(&mut self) -> Result<std::process::ExitStatus, BuildError> {
        let status = self.child.wait().map_err(BuildError::no_cargo);
        self.group = None;
        self.cancel.forget();
        status
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            terminate(group);
            let _ = self.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_at_returns_and_newlines() {
        let mut reader = BufReader::with_capacity(3, &b"ab\rcdef\n\nlast"[..]);
        let mut piece = Vec::new();
        let mut pieces = Vec::new();
        while next_piece(&mut reader, &mut piece) {
            pieces.push(String::from_utf8(piece.clone()).unwrap());
        }
        assert_eq!(pieces, ["ab", "cdef", "", "last"]);
    }

    #[test]
    fn a_cancelled_handle_starts_nothing() {
        let cancel = Cancel::new();
        cancel.cancel();
        let result = run(Command::new("sleep"), "unit", "bin", &cancel, &());
        assert!(matches!(result, Err(BuildError::Cancelled)));
    }

    #[test]
    fn cancelling_ends_grandchildren_too() {
        let cancel = Cancel::new();
        let mut command = Command::new("sh");
        // The pipe stays open until the last process of the group is gone, so `run` returns early only if all are.
        command.args(["-c", "sleep 60 & sleep 60"]);
        let started = std::time::Instant::now();
        let result = thread::scope(|scope| {
            let build = scope.spawn(|| run(command, "unit", "bin", &cancel, &()));
            thread::sleep(std::time::Duration::from_millis(200));
            cancel.cancel();
            build.join().unwrap()
        });
        assert!(matches!(result, Err(BuildError::Cancelled)));
        assert!(started.elapsed() < std::time::Duration::from_secs(30));
    }
}
