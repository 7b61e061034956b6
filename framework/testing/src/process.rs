//! The tested function as a process: the test executable itself, told by a variable to serve.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::Value;

/// The variable that tells a test executable to serve, for those who start it in another way than [`Process::spawn`].
pub const SERVE: &str = "FX_TEST_SERVE";
/// For what takes milliseconds, on a machine that has much else to do.
const LIMIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(5);

/// A running process, its output read along. It is gone when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    /// Whether this is the process that is to serve, and not the one that tests it.
    pub fn is_wanted() -> bool {
        std::env::var_os(SERVE).is_some()
    }

    /// Starts this executable again, with only the test of this name and these variables. Ports are the system's choice unless
    /// a variable says otherwise.
    pub fn spawn(serve: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", serve, "--nocapture"])
            .env(SERVE, "1")
            .env("FX_LISTEN", "127.0.0.1:0")
            .env("FX_CONTROL", "127.0.0.1:0")
            .env_remove("FX_LOG")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let output = child.stdout.take().unwrap();
        let reader = std::thread::spawn({
            let lines = lines.clone();
            move || read(output, &lines)
        });
        Self { child, lines, reader: Some(reader) }
    }

    /// All it has printed so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// The lines of its log so far. What does not begin as they do is of the test harness around it.
    pub fn log(&self) -> Vec<Value> {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// A line with this text, as soon as there is one: an answer may be here before the line that was written along with it.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, || self.lines().into_iter().find(|line| line.contains(text)))
    }

    /// A line of the log, as soon as there is one like this.
    pub fn wait_for_record(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        self.wait_until("what was wanted", || self.log().into_iter().find(|record| wanted(record)))
    }

    fn wait_until<T>(&self, what: &str, found: impl Fn() -> Option<T>) -> T {
        let until = Instant::now() + LIMIT;
        loop {
            if let Some(found) = found() {
                return found;
            }
            assert!(Instant::now() < until, "no line with {what} in {:#?}", self.lines());
            std::thread::sleep(PAUSE);
        }
    }

    /// Sends a signal: `TERM`, `INT`, `KILL`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Whether it has not ended.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end; all its lines have been read then.
    pub fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not end: {:#?}", self.lines());
            std::thread::sleep(PAUSE);
        };
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Most have ended by themselves; the rest has nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: ChildStdout, lines: &Mutex<Vec<String>>) {
    for line in BufReader::new(output).lines() {
        lines.lock().unwrap().push(line.unwrap());
    }
}
