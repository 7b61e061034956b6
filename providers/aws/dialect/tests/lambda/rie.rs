//! Against AWS's own Runtime Interface Emulator.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use fx_testing::SERVE;
use serde_json::{Value, json};

use crate::http::v2;

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
    lines: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Rie {
    fn start() -> Self {
        Self::start_with(10, &[])
    }

    fn start_with(timeout: u32, variables: &[(&str, &str)]) -> Self {
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let (address, api) = (free(), free());
        let mut child = Command::new(emulator())
            .args(["--runtime-interface-emulator-address", &address, "--runtime-api-address", &api])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "unit::serve", "--nocapture"])
            .env(SERVE, "1")
            .env("TEST_SETTING", "1")
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", timeout.to_string())
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        let read = |output| {
            let lines = lines.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    lines.lock().unwrap().push(line);
                }
            })
        };
        let readers = outputs.map(read).into();
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&address).is_err() {
            assert!(Instant::now() < until, "the emulator does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, address, lines, readers }
    }

    /// What the caller gets, as it comes.
    fn answer(&self, event: &Value, headers: &str) -> Vec<u8> {
        let event = event.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
            event.len()
        );
        stream.write_all((head + &event).as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let head = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        answer.split_off(head + 4)
    }

    fn invoke(&self, event: &Value) -> Value {
        let answer = self.answer(event, "");
        serde_json::from_slice(&answer)
            .unwrap_or_else(|error| panic!("{error}: {} {:#?}", String::from_utf8_lossy(&answer), self.lines.lock()))
    }

    fn is_served(&self, path: &str) {
        assert_eq!(self.invoke(&v2("GET", path, ""))["statusCode"], 200);
    }

    /// Ends it, and its function with it; all that both of them said.
    fn stopped(mut self) -> Vec<String> {
        self.end();
        self.readers.drain(..).for_each(|reader| reader.join().unwrap());
        std::mem::take(&mut *self.lines.lock().unwrap())
    }

    fn end(&mut self) {
        if self.child.try_wait().unwrap().is_some() {
            return;
        }
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

impl Drop for Rie {
    fn drop(&mut self) {
        self.end();
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

#[test]
fn a_stop_reaches_the_function_and_its_hooks() {
    let rie = Rie::start();
    rie.is_served("/hello/you");
    let lines = rie.stopped();
    for said in ["stopping", "goodbye"] {
        assert!(lines.iter().any(|line| line.contains(&format!("\"message\":\"{said}\""))), "{said}: {lines:#?}");
    }
}

#[test]
fn a_process_that_ends_or_hangs_is_replaced() {
    let rie = Rie::start_with(1, &[]);
    for (how, ended) in [("abort", "signal: aborted"), ("exit", "exit status 9")] {
        let failure = rie.invoke(&v2("GET", &format!("/ruin/{how}"), ""));
        assert_eq!(failure["errorType"], "Runtime.ExitError");
        assert!(failure["errorMessage"].as_str().unwrap().ends_with(ended), "{failure}");
        rie.is_served("/hello/again");
    }
    let answer = rie.answer(&v2("GET", "/ruin/hang", ""), "");
    assert_eq!(String::from_utf8_lossy(&answer), "Task timed out after 1.00 seconds");
    rie.is_served("/hello/again");
}

#[test]
fn the_timeout_that_the_platform_says_is_the_one_in_force() {
    let rie = Rie::start_with(1, &[]);
    rie.is_served("/hello/first");
    let late = rie.invoke(&v2("GET", "/slow", ""));
    assert_eq!(late["statusCode"], 504, "it was built with two seconds: {late}");
    assert!(late["body"].as_str().unwrap().contains("no answer within 1 s"), "{late}");
    rie.is_served("/hello/again");
}

#[test]
fn a_stream_arrives_with_its_head_in_front() {
    let rie = Rie::start_with(10, &[("TEST_STREAMING", "1")]);
    // This emulator passes on what a function URL would take apart.
    for (kind, text) in [("whole", "one,two,three"), ("broken", "one,two,three")] {
        let answer = rie.answer(&v2("GET", &format!("/stream/{kind}"), ""), "");
        let zeros = answer.windows(8).position(|window| window == [0; 8]).unwrap();
        let head: Value = serde_json::from_slice(&answer[..zeros]).unwrap();
        assert_eq!((&head["statusCode"], &answer[zeros + 8..]), (&200.into(), text.as_bytes()));
    }
}

#[test]
fn a_client_context_comes_through() {
    let rie = Rie::start();
    let who = json!({"source": "fx.timer", "name": "who"});
    // `{"custom":{"a":"1"}}`
    let answer = rie.answer(&who, "X-Amz-Client-Context: eyJjdXN0b20iOnsiYSI6IjEifX0=\r\n");
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer, r#"{"custom":{"a":"1"}} None None"#);
}
