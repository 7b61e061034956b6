//! `kill -9` while people write: whatever was answered with yes is there afterwards.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support;

const SERVE: &str = "TODO_TEST_SERVE";

/// Not a test by itself: `start` runs this very file again with only this function, as a process that can be killed.
#[test]
fn serve() {
    if std::env::var_os(SERVE).is_some() {
        let _ = fx::http::run(support::unit());
    }
}

struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["crash::serve", "--exact", "--nocapture"])
            .env(SERVE, "1")
            .env("FX_LISTEN", "127.0.0.1:0")
            .env("FX_ASSETS", env!("CARGO_MANIFEST_DIR"))
            .env("FX_LOG", "info")
            .env("TODO_DB_PATH", folder.join("todo.db"))
            .env("TODO_JWT_SECRET", "only for tests: 0123456789 abcdefghij")
            .env("TODO_GUEST", "on")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server ended").unwrap();
            let Some(json) = line.find('{') else { continue };
            let Ok(log) = serde_json::from_str::<Value>(&line[json..]) else { continue };
            if log["message"] == "listening" {
                break log["http"].as_str().unwrap().to_owned();
            }
        };
        // Somebody has to read on, or the server's log would block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    /// One request on a connection of its own; `None`: no complete answer came back.
    fn ask(address: &str, method: &str, path: &str, cookie: &str, body: &str) -> Option<(String, String)> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncookie: {cookie}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.to_ascii_lowercase(), body.to_owned()))
    }

    fn guest(&self) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(b"GET /api/currentUser HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let cookie = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie:")).unwrap();
        cookie["set-cookie:".len()..].trim().split(';').next().unwrap().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_killed_process_loses_nothing_it_had_said_yes_to() {
    let folder = tempfile::tempdir().unwrap();
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    for round in 0..3 {
        let mut server = Server::start(folder.path());
        let cookie = server.guest();
        let before = acknowledged.lock().unwrap().len();
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (address, cookie, acknowledged) =
                    (server.address.clone(), cookie.clone(), Arc::clone(&acknowledged));
                std::thread::spawn(move || {
                    for number in 0.. {
                        let body = format!(r#"{{"name":"{round} {writer} {number}"}}"#);
                        let Some((head, body)) = Server::ask(&address, "POST", "/api/rule", &cookie, &body) else {
                            return;
                        };
                        let Ok(item) = serde_json::from_str::<Value>(&body) else { return };
                        assert!(head.starts_with("http/1.1 200"), "{head} {body}");
                        acknowledged.lock().unwrap().insert(item["key"].as_str().unwrap().to_owned());
                    }
                })
            })
            .collect();
        let patience = Instant::now() + Duration::from_secs(20);
        while acknowledged.lock().unwrap().len() < before + 100 {
            assert!(Instant::now() < patience, "the writers are stuck");
            std::thread::sleep(Duration::from_millis(5));
        }
        // SIGKILL: the process gets no chance to do anything.
        server.process.kill().unwrap();
        server.process.wait().unwrap();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
    }

    let server = Server::start(folder.path());
    let mut found = BTreeSet::new();
    for page in 1.. {
        let path = format!("/api/rule?pageSize=100&current={page}");
        let (_, body) = Server::ask(&server.address, "GET", &path, "", "").unwrap();
        let listed: Value = serde_json::from_str(&body).unwrap();
        let data = listed["data"].as_array().unwrap();
        if data.is_empty() {
            break;
        }
        found.extend(data.iter().map(|item| item["key"].as_str().unwrap().to_owned()));
    }
    let lost: Vec<_> = acknowledged.lock().unwrap().difference(&found).cloned().collect();
    assert_eq!(lost, [""; 0], "of {} acknowledged", acknowledged.lock().unwrap().len());
}
