//! The function as a process: this very executable, told by a variable to serve.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

pub const SERVE: &str = "FX_TEST_SERVE";

/// What the platform sets.
pub const PLATFORM: &[(&str, &str)] = &[
    ("TENCENTCLOUD_RUNENV", "SCF"),
    ("TENCENTCLOUD_REGION", "ap-guangzhou"),
    ("TENCENTCLOUD_APPID", "1250000000"),
    ("SCF_FUNCTIONNAME", "shop"),
    ("USER_CODE_ROOT", "/var/user/"),
];

pub struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    pub fn spawn(variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "unit::serve", "--nocapture"])
            .env(SERVE, "1")
            .env("FX_LISTEN", "127.0.0.1:0")
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

    /// A line of the log, as soon as there is one with this text.
    pub fn wait_for(&self, text: &str) -> String {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let lines = self.lines.lock().unwrap().clone();
            if let Some(line) = lines.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            assert!(Instant::now() < until, "no line with {text} in {lines:#?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end; all its lines have been read then.
    pub fn ended(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
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
