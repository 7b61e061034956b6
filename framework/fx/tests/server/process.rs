//! The service as a process: this very executable, told by a variable to serve.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::client::{Answer, Connection};

pub const SERVE: &str = "FX_TEST_SERVE";

pub struct Server {
    child: Child,
    lines: Arc<Mutex<Vec<Value>>>,
    reader: Option<JoinHandle<()>>,
    pub http: String,
    pub control: String,
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(variables: &[(&str, &str)]) -> Self {
        let mut server = Self::spawn(variables);
        let listening = server.wait_for(|line| line["message"] == "listening");
        server.http = listening["http"].as_str().unwrap().to_owned();
        server.control = listening["control"].as_str().unwrap().to_owned();
        server
    }

    /// Without waiting until it listens: it may never.
    pub fn spawn(variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "service::serve", "--nocapture"])
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
        Self { child, lines, reader: Some(reader), http: String::new(), control: String::new() }
    }

    /// A log line, as soon as there is one like this.
    pub fn wait_for(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(line) = self.lines().into_iter().find(|line| wanted(line)) {
                return line;
            }
            assert!(Instant::now() < until, "no such line in {:#?}", self.lines());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn lines(&self) -> Vec<Value> {
        self.lines.lock().unwrap().clone()
    }

    pub fn request(&self, method: &str, path: &str) -> Answer {
        Connection::open(&self.http).request(method, path, &[], b"")
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path)
    }

    pub fn invoke(&self, function: &str, body: &Value) -> Answer {
        let path = format!("/__fx/invoke/{function}");
        Connection::open(&self.control).request("POST", &path, &[], body.to_string().as_bytes())
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
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

impl Drop for Server {
    fn drop(&mut self) {
        // Most have ended by themselves; the rest has nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: ChildStdout, lines: &Mutex<Vec<Value>>) {
    for line in BufReader::new(output).lines() {
        let line = line.unwrap();
        // What does not begin like this is the test harness around the service.
        if line.starts_with('{') {
            lines.lock().unwrap().push(serde_json::from_str(&line).unwrap());
        }
    }
}
