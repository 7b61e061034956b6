//! A running program, and what the system knows about it.

use std::{
    fs,
    io::Read,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A program that ends when this is dropped.
pub struct Process {
    child: Child,
    /// Where it is measured: the child, or what runs inside it.
    pid: u32,
    /// Just before it was started.
    pub started: Instant,
}

impl Process {
    /// Starts a program. What it prints is read and thrown away, as a platform's log collector would take it.
    pub fn start(mut command: Command) -> Result<Self> {
        let started = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        if let Some(mut output) = child.stdout.take() {
            thread::spawn(move || {
                let mut buffer = vec![0; 64 * 1024];
                while output.read(&mut buffer).is_ok_and(|count| count > 0) {}
            });
        }
        Ok(Self { pid: child.id(), child, started })
    }

    /// Measures the only child of the started program instead: what strace runs.
    pub fn enter(&mut self) -> Result<()> {
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.child.id()))?;
        self.pid = children.split_whitespace().next().context("no child process")?.parse()?;
        Ok(())
    }

    /// CPU time so far, user and system, of all threads that still live. Exact when it sleeps.
    pub fn cpu(&self) -> Result<Duration> {
        let mut total = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let text = fs::read_to_string(thread?.path().join("schedstat"))?;
            total += first_number(&text).context("schedstat is empty")?;
        }
        Ok(Duration::from_nanos(total))
    }

    /// CPU time, once it stays the same: the program has gone to sleep.
    pub fn cpu_at_rest(&self) -> Result<Duration> {
        let mut last = self.cpu()?;
        for _ in 0..200 {
            thread::sleep(Duration::from_millis(2));
            let now = self.cpu()?;
            if now == last {
                return Ok(now);
            }
            last = now;
        }
        bail!("a program does not come to rest")
    }

    /// Most memory it ever had resident, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        Ok(self.status("VmHWM:")? * 1024)
    }

    /// How many threads it has.
    pub fn threads(&self) -> Result<u64> {
        self.status("Threads:")
    }

    fn status(&self, field: &str) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let value = text.lines().find_map(|line| line.strip_prefix(field)).with_context(|| format!("no {field}"))?;
        first_number(value).with_context(|| format!("no number in {field}"))
    }

    /// Ends it with a signal that programs can take, and waits until it is gone.
    pub fn stop(mut self, signal: &str) -> Result<()> {
        let killed = Command::new("kill").args(["-s", signal, &self.pid.to_string()]).status()?;
        if !killed.success() {
            bail!("cannot stop process {}", self.pid);
        }
        self.child.wait()?;
        Ok(())
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_sleeping_program() {
        let mut command = Command::new("sleep");
        command.arg("20");
        let mut process = Process::start(command).unwrap();
        let cpu = process.cpu_at_rest().unwrap();
        assert!(cpu > Duration::ZERO && cpu < Duration::from_secs(1));
        assert!(process.peak_memory().unwrap() > 100_000);
        assert_eq!(process.threads().unwrap(), 1);
        assert!(!process.has_ended());
        process.stop("TERM").unwrap();
    }
}
