//! Against AWS's own Runtime Interface Emulator.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{http::v2, process::SERVE};

/// Where `cargo xtask test` puts it.
fn emulator() -> PathBuf {
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../target/tools/aws-lambda-rie");
    let path = std::env::var_os("FX_RIE").map_or_else(|| PathBuf::from(installed), PathBuf::from);
    assert!(
        path.exists(),
        "{} is not there: `cargo xtask test` installs AWS's Runtime Interface Emulator, and FX_RIE names another place",
        path.display()
    );
    path
}

struct Rie {
    child: Child,
    address: String,
}

impl Rie {
    fn start() -> Self {
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let (address, api) = (free(), free());
        let child = Command::new(emulator())
            .args(["--runtime-interface-emulator-address", &address, "--runtime-api-address", &api])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "unit::serve", "--nocapture"])
            .env(SERVE, "1")
            .env("TEST_SETTING", "1")
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "10")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&address).is_err() {
            assert!(Instant::now() < until, "the emulator does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, address }
    }

    fn invoke(&self, event: &Value) -> Value {
        let event = event.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            event.len()
        );
        stream.write_all((head + &event).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }
}

impl Drop for Rie {
    fn drop(&mut self) {
        // It ends its function itself.
        let _ = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status();
        let until = Instant::now() + Duration::from_secs(5);
        while self.child.try_wait().unwrap().is_none() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn requests_events_and_failures_pass_through_the_real_emulator() {
    let rie = Rie::start();
    for name in ["one", "two", "three"] {
        let answer = rie.invoke(&v2("GET", &format!("/hello/{name}"), ""));
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["hello"], name);
    }
    assert_eq!(rie.invoke(&v2("GET", "/boom", ""))["statusCode"], 500);
    assert_eq!(rie.invoke(&json!({"source": "fx.timer", "name": "nightly"})), "nightly None");
    let failure = rie.invoke(&json!({"source": "fx.timer", "name": "fail"}));
    assert_eq!((&failure["errorType"], &failure["errorMessage"]), (&"Function.Error".into(), &"not today".into()));
    assert_eq!(rie.invoke(&v2("GET", "/hello/still", ""))["statusCode"], 200);
}
