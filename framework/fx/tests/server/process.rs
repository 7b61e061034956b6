//! The service as a process, and how to talk to it.

use std::ops::{Deref, DerefMut};

use fx_testing::{Answer, Connection, Process};
use serde_json::Value;

/// A process that listens on a port for requests and on one for events.
pub struct Server {
    process: Process,
    pub http: String,
    pub control: String,
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(variables: &[(&str, &str)]) -> Self {
        let process = spawn(variables);
        let listening = process.wait_for_record(|line| line["message"] == "listening");
        let address = |key: &str| listening[key].as_str().unwrap().to_owned();
        Self { http: address("http"), control: address("control"), process }
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
}

impl Deref for Server {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

impl DerefMut for Server {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// Without waiting until it listens: it may never.
pub fn spawn(variables: &[(&str, &str)]) -> Process {
    Process::spawn("service::serve", variables)
}

/// The message of fx's error body.
pub fn message(answer: &Answer) -> String {
    let body = answer.json();
    assert_eq!(body["success"], false);
    body["message"].as_str().unwrap().to_owned()
}
