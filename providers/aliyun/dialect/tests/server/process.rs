//! The function as a process, with what the platform sets, and the platform's calls.

use std::{
    net::{TcpListener, TcpStream},
    ops::{Deref, DerefMut},
    time::{Duration, Instant},
};

use fx_testing::{Answer, Connection, Process};

/// What the platform sets.
const PLATFORM: &[(&str, &str)] = &[
    ("FC_FUNC_CODE_PATH", "/code"),
    ("FC_FUNCTION_NAME", "shop"),
    ("FC_REGION", "cn-hangzhou"),
    ("FC_ACCOUNT_ID", "1234567890123456"),
];

pub struct Function {
    process: Process,
    address: String,
}

impl Function {
    /// On the platform.
    pub fn start() -> Self {
        Self::start_with(PLATFORM)
    }

    pub fn start_with(variables: &[(&str, &str)]) -> Self {
        let process = Process::spawn("unit::serve", variables);
        let listening = process.wait_for_record(|line| line["message"] == "listening");
        Self { process, address: listening["http"].as_str().unwrap().to_owned() }
    }

    /// On the platform, with an app that cannot be built; waits until that is known.
    pub fn start_broken() -> Self {
        // Nobody says where such a process listens, so a free port has to be found first.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let variables = [PLATFORM, &[("TEST_BROKEN", "1"), ("FX_LISTEN", &address)]].concat();
        let process = Process::spawn("unit::serve", &variables);
        process.wait_for("does not start");
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&address).is_err() {
            assert!(Instant::now() < until, "nobody listens");
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { process, address }
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
}

impl Deref for Function {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

impl DerefMut for Function {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// The platform is told that the invocation failed, and why.
pub fn failure(answer: &Answer) -> (String, String) {
    assert_eq!(answer.header("x-fc-status"), "404", "{answer:?}");
    let error = answer.json();
    assert!(error["stackTrace"].is_array(), "{error}");
    let text = |member: &str| error[member].as_str().unwrap().to_owned();
    (text("errorType"), text("errorMessage"))
}
