//! A running `fx dev`, and requests to it. Every wait has an end.

use std::{
    cell::RefCell,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::fx;

/// A first build compiles all dependencies, on a machine that may be busy.
pub const BUILD: Duration = Duration::from_secs(600);
/// Everything else.
pub const SOON: Duration = Duration::from_secs(60);

/// Where projects made by tests are compiled: one place, so that their dependencies are compiled once.
pub fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects")
}

/// `fx dev --json` in a folder.
pub struct Dev {
    pub child: Child,
    pub url: String,
    lines: Receiver<String>,
    seen: RefCell<Vec<String>>,
}

impl Dev {
    /// Starts it on a free port; it is not ready yet.
    pub fn start(folder: &Path) -> Self {
        let mut command = fx(folder);
        command.args(["dev", "--json", "--port", "0"]).env("CARGO_TARGET_DIR", target());
        Self::run(command)
    }

    /// Runs a `fx dev --json --port 0`.
    pub fn run(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (send, lines) = channel();
        let stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        Self { child, url: String::new(), lines, seen: RefCell::default() }
    }

    /// Starts it and waits until it serves.
    pub fn ready(folder: &Path) -> Self {
        let mut dev = Self::start(folder);
        dev.url = dev.event("ready", BUILD)["url"].as_str().unwrap().replace("localhost", "127.0.0.1");
        dev
    }

    /// Waits for an event of `fx dev` itself.
    pub fn event(&self, name: &str, patience: Duration) -> Value {
        self.line(patience, |line| line["event"] == name)
    }

    /// Waits for a log line of a function.
    pub fn logged(&self, message: &str) -> Value {
        self.line(SOON, |line| line["message"] == message)
    }

    /// Waits for the log line of the request with this id.
    pub fn logged_request(&self, id: &str) -> Value {
        self.line(SOON, |line| line["message"] == "request" && line["requestId"] == id)
    }

    fn line(&self, patience: Duration, fits: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).expect("fx dev did not say what was expected");
            self.seen.borrow_mut().push(line.clone());
            let line: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if fits(&line) {
                return line;
            }
        }
    }

    /// All lines that have come.
    pub fn lines(&self) -> Vec<String> {
        let mut seen = self.seen.borrow_mut();
        seen.extend(self.lines.try_iter());
        seen.clone()
    }

    /// Waits until a path is answered like this: whatever the editor's way of saving, in the end the newest version serves.
    pub fn answers(&self, path: &str, body: &str) {
        let deadline = Instant::now() + BUILD;
        loop {
            let answer = self.get(path);
            if answer.body == body {
                return;
            }
            assert!(Instant::now() < deadline, "{path} is still answered with {answer:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Sends a signal to it alone.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for its end.
    pub fn end(mut self, patience: Duration) -> Option<i32> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "fx dev does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// One request, read to its end.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        request(&self.url, method, path, headers, body)
    }

    /// A plain GET.
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path, "", "")
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // After a failed assertion: what fx dev has started ends with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Sends one request to a `http://localhost:PORT` and reads the answer to its end.
pub fn request(url: &str, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(BUILD)).unwrap();
    let length = body.len();
    let text = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// Processes that run in a folder, fx itself not counted.
pub fn processes_in(folder: &Path) -> Vec<u32> {
    let folder = folder.canonicalize().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let runs_here = fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&folder));
        let program = fs::read_link(entry.path().join("exe")).unwrap_or_default();
        if runs_here && program != Path::new(env!("CARGO_BIN_EXE_fx")) {
            found.push(id);
        }
    }
    found
}

/// Waits until something is so.
pub fn until(what: &str, fits: impl Fn() -> bool) {
    let deadline = Instant::now() + SOON;
    while !fits() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
