//! The function as a process: this very executable, told by a variable to serve.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crate::client::{Answer, Connection};

pub const SERVE: &str = "FX_TEST_SERVE";

/// What the platform sets.
const PLATFORM: &[(&str, &str)] = &[
    ("FC_FUNC_CODE_PATH", "/code"),
    ("FC_FUNCTION_NAME", "shop"),
    ("FC_REGION", "cn-hangzhou"),
    ("FC_ACCOUNT_ID", "1234567890123456"),
];

pub struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
    pub address: String,
}

impl Process {
    /// On the platform.
    pub fn start() -> Self {
        Self::start_with(PLATFORM)
    }

    pub fn start_with(variables: &[(&str, &str)]) -> Self {
        let mut process = Self::spawn(variables);
        let listening = process.wait_for("\"message\":\"listening\"");
        let listening: serde_json::Value = serde_json::from_str(&listening).unwrap();
        process.address = listening["http"].as_str().unwrap().to_owned();
        process
    }

    /// On the platform, with an app that cannot be built; waits until that is known.
    pub fn start_broken() -> Self {
        // Nobody says where such a process listens, so a free port has to be found first.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let variables = [PLATFORM, &[("TEST_BROKEN", "1"), ("FX_LISTEN", &address)]].concat();
        let mut process = Self::spawn(&variables);
        process.address = address;
        process.wait_for("does not start");
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(&process.address).is_err() {
            assert!(Instant::now() < until, "nobody listens");
            std::thread::sleep(Duration::from_millis(5));
        }
        process
    }

    fn spawn(variables: &[(&str, &str)]) -> Self {
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
        Self { child, lines, reader: Some(reader), address: String::new() }
    }

    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// A line of the log, as soon as there is one with this text.
    pub fn wait_for(&self, text: &str) -> String {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(line) = self.lines().into_iter().find(|line| line.contains(text)) {
                return line;
            }
            assert!(Instant::now() < until, "no line with {text} in {:#?}", self.lines());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn connect(&self) -> Connection {
        Connection::open(&self.address)
    }

    /// A call of the platform: its control path is the path.
    pub fn call(&self, method: &str, control: &str, id: &str, body: &[u8]) -> Answer {
        let headers = [("x-fc-control-path", control), ("x-fc-request-id", id), ("x-fc-function-timeout", "5")];
        self.connect().request(method, control, &headers, body)
    }

    pub fn event(&self, id: &str, body: impl AsRef<[u8]>) -> Answer {
        self.call("POST", "/invoke", id, body.as_ref())
    }

    /// A request that came by an HTTP trigger.
    pub fn get(&self, path: &str, id: &str) -> Answer {
        let headers = [("x-fc-control-path", "/http-invoke"), ("x-fc-request-id", id), ("x-fc-function-timeout", "1")];
        self.connect().request("GET", path, &headers, b"")
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
