//! One process in the platform's environment.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, ChildStdin, Command},
    sync::{mpsc, watch},
    task::JoinHandle,
};

use super::{Lines, StartError};

/// A process. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    signals: mpsc::UnboundedSender<Signal>,
    ended: watch::Receiver<Option<Option<ExitStatus>>>,
    owner: JoinHandle<()>,
}

/// How a process ended, in words.
pub fn ending(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "for an unknown reason".to_owned(), |status| status.to_string())
}

impl Process {
    /// Starts a program with these variables and no others, in this folder. What it writes goes to `lines`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn spawn(
        executable: &Path,
        folder: &Path,
        environment: &BTreeMap<String, String>,
        lines: &Lines,
    ) -> Result<Self, StartError> {
        Self::spawn_with(executable, &[], folder, environment, lines)
    }

    fn spawn_with(
        executable: &Path,
        arguments: &[&OsStr],
        folder: &Path,
        environment: &BTreeMap<String, String>,
        lines: &Lines,
    ) -> Result<Self, StartError> {
        let mut command = Command::new(executable);
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal is for fx alone.
            .process_group(0)
            .kill_on_drop(true);
        let spawned = command.spawn();
        let mut child = spawned.map_err(|error| StartError::Spawn { executable: executable.to_owned(), error })?;
        let lifeline = child.stdin.take();
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(relay(stdout, lines.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(relay(stderr, lines.clone()));
        }
        let (signals, asked) = mpsc::unbounded_channel();
        let (end, ended) = watch::channel(None);
        let owner = tokio::spawn(own(child, lifeline, asked, end));
        Ok(Self { signals, ended, owner })
    }

    /// Waits for it to end.
    pub async fn ended(&self) -> Option<ExitStatus> {
        let mut ended = self.ended.clone();
        let status = ended.wait_for(Option::is_some).await;
        status.ok().and_then(|status| status.flatten())
    }

    /// Whether it still runs.
    pub fn is_running(&self) -> bool {
        self.ended.borrow().is_none()
    }

    /// Sends SIGTERM, and SIGKILL after `grace` if it is still there; without grace SIGKILL at once. Returns when it is gone.
    pub async fn end(&self, grace: Option<Duration>) -> Option<ExitStatus> {
        if let Some(grace) = grace {
            let _ = self.signals.send(Signal::TERM);
            if let Ok(status) = tokio::time::timeout(grace, self.ended()).await {
                return status;
            }
        }
        let _ = self.signals.send(Signal::KILL);
        self.ended().await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.owner.abort();
    }
}

/// Owns the process for all of its life, so that a signal can never reach a stranger with the same number.
async fn own(
    mut child: Child,
    lifeline: Option<ChildStdin>,
    mut asked: mpsc::UnboundedReceiver<Signal>,
    end: watch::Sender<Option<Option<ExitStatus>>>,
) {
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            Some(signal) = asked.recv() => {
                let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
                if let Some(group) = group {
                    // It may have ended in this very moment; then there is nothing to signal.
                    let _ = kill_process_group(group, signal);
                }
            }
        }
    };
    drop(lifeline);
    let _ = end.send(Some(status.ok()));
}

/// Passes a stream on line by line. Output that is not UTF-8 is shown as well as it can be.
async fn relay(stream: impl AsyncRead + Unpin, lines: Lines) {
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while let Ok(1..) = reader.read_until(b'\n', &mut bytes).await {
        // If nobody listens any more, keep reading, so that the process is not stopped by a full pipe.
        let _ = lines.send(String::from_utf8_lossy(&bytes).trim_end().to_owned());
        bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> (Process, mpsc::UnboundedReceiver<String>) {
        let folder =
            std::env::temp_dir().join(format!("fx-process-{}-{:?}", std::process::id(), std::thread::current().id()));
        std::fs::create_dir_all(&folder).unwrap();
        let program = folder.join("program");
        // `sh FILE` instead of an executable script: a file that another thread has open for writing cannot be executed.
        std::fs::write(&program, script).unwrap();
        let (lines, said) = mpsc::unbounded_channel();
        let environment = BTreeMap::from([("ENV".to_owned(), "x".to_owned())]);
        let mut command = std::path::PathBuf::from("/bin/sh");
        if !command.exists() {
            command = "/usr/bin/sh".into();
        }
        let process = Process::spawn_with(&command, &[program.as_os_str()], &folder, &environment, &lines).unwrap();
        (process, said)
    }

    #[tokio::test]
    async fn it_has_only_the_variables_it_is_given() {
        let (process, mut said) = shell("echo \"${ENV-unset} ${CARGO_MANIFEST_DIR-unset}\"");
        assert_eq!(said.recv().await.unwrap(), "x unset");
        assert!(process.ended().await.unwrap().success());
        assert!(!process.is_running());
    }

    #[tokio::test]
    async fn it_may_end_in_peace_or_is_killed() {
        let (process, mut said) = shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.02; done");
        said.recv().await.unwrap();
        assert_eq!(process.end(Some(Duration::from_secs(20))).await.unwrap().code(), Some(7));
        let (process, mut said) = shell("trap '' TERM; echo ready; while :; do sleep 0.02; done");
        said.recv().await.unwrap();
        assert_eq!(process.end(Some(Duration::from_millis(50))).await.unwrap().code(), None);
    }
}
