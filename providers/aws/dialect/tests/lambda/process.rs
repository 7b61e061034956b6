//! The function as a process: this very executable, told by a variable to serve.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::api::Api;

pub const SERVE: &str = "FX_TEST_SERVE";

pub struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<Value>>>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    pub fn start(api: &Api) -> Self {
        Self::start_with(&api.address, &[("TEST_SETTING", "1")])
    }

    pub fn start_with(api: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "unit::serve", "--nocapture"])
            .env(SERVE, "1")
            .env("AWS_LAMBDA_RUNTIME_API", api)
            .env("AWS_REGION", "eu-west-1")
            .env_remove("FX_LOG")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let output = BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn({
            let lines = lines.clone();
            move || {
                // What does not begin like this is the test harness around the function.
                for line in output.lines().map_while(Result::ok).filter(|line| line.starts_with('{')) {
                    lines.lock().unwrap().push(serde_json::from_str(&line).unwrap());
                }
            }
        });
        Self { child, lines, reader: Some(reader) }
    }

    pub fn lines(&self) -> Vec<Value> {
        self.lines.lock().unwrap().clone()
    }

    /// Waits a moment: an answer may be here before the line that was written along with it has been read.
    pub fn says(&self, text: &str) -> bool {
        let deadline = Instant::now() + Duration::from_secs(10);
        let said = || self.lines().iter().any(|line| line["message"].as_str().is_some_and(|said| said.contains(text)));
        while !said() {
            if Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        true
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end; all its lines have been read then.
    pub fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + Duration::from_secs(20);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not end: {:#?}", self.lines());
            std::thread::sleep(Duration::from_millis(5));
        };
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
