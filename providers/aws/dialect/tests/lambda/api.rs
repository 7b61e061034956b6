//! A Runtime API that plays what a test writes down: one step for each invocation.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

/// How one invocation goes.
#[derive(Clone)]
pub struct Step {
    pub event: String,
    pub headers: Vec<(&'static str, String)>,
    /// Instead of an invocation, this status.
    pub refuse: Option<u16>,
    /// The event in chunks.
    pub chunked: bool,
    /// Closes the connection once in place of accepting the answer.
    pub reset_answer: bool,
    /// Status for the answer.
    pub accept: u16,
    pub deadline: Duration,
}

impl Step {
    pub fn of(event: &(impl ToString + ?Sized)) -> Self {
        Self {
            event: event.to_string(),
            headers: Vec::new(),
            refuse: None,
            chunked: false,
            reset_answer: false,
            accept: 202,
            deadline: Duration::from_secs(3),
        }
    }
}

/// What the function sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// `response`, `error`, `init`.
    pub kind: String,
    pub head: String,
    pub body: Vec<u8>,
    /// Behind the last chunk.
    pub trailers: String,
}

impl Sent {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

#[derive(Default)]
struct State {
    steps: VecDeque<Step>,
    current: Vec<(String, Step)>,
    sent: Vec<Sent>,
    connections: usize,
    waits: usize,
    extension_waits: bool,
    count: usize,
    /// How often it was asked to wake a copy of the process.
    restores: usize,
}

pub struct Api {
    pub address: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Api {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let state = shared.clone();
                state.0.lock().unwrap().connections += 1;
                thread::spawn(move || serve(&stream.unwrap(), &state));
            }
        });
        Self { address, state }
    }

    /// Lets the next invocation be this, and waits for what is sent about it.
    pub fn invoke(&self, step: Step) -> Sent {
        let before = self.push(step);
        self.wait(|state| state.sent.get(before).cloned())
    }

    pub fn push(&self, step: Step) -> usize {
        let mut state = self.state.0.lock().unwrap();
        state.steps.push_back(step);
        self.state.1.notify_all();
        state.sent.len()
    }

    pub fn sent(&self, count: usize) -> Vec<Sent> {
        self.wait(|state| (state.sent.len() >= count).then(|| state.sent.clone()))
    }

    /// Waits until somebody waits for an invocation, and an extension for its events.
    pub fn is_asked(&self) {
        self.wait(|state| (state.waits > 0 && state.extension_waits).then_some(()));
    }

    pub fn has_extension(&self) -> bool {
        self.state.0.lock().unwrap().extension_waits
    }

    pub fn restores(&self) -> usize {
        self.state.0.lock().unwrap().restores
    }

    pub fn connections(&self) -> usize {
        self.state.0.lock().unwrap().connections
    }

    fn wait<T>(&self, look: impl Fn(&State) -> Option<T>) -> T {
        let until = Instant::now() + Duration::from_secs(20);
        let mut state = self.state.0.lock().unwrap();
        loop {
            if let Some(found) = look(&state) {
                return found;
            }
            assert!(Instant::now() < until, "it does not come; sent: {:?}", state.sent);
            state = self.state.1.wait_timeout(state, Duration::from_millis(100)).unwrap().0;
        }
    }
}

fn serve(stream: &TcpStream, state: &(Mutex<State>, Condvar)) {
    let mut reader = BufReader::new(stream);
    while let Some((head, body, trailers)) = read(&mut reader) {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let Some(answer) = answer(&path, head, body, trailers, state) else { return };
        if (&*stream).write_all(&answer).is_err() {
            return;
        }
    }
}

fn answer(
    path: &str,
    head: String,
    body: Vec<u8>,
    trailers: String,
    shared: &(Mutex<State>, Condvar),
) -> Option<Vec<u8>> {
    let ok =
        |status: u16| format!("HTTP/1.1 {status} X\r\nContent-Length: 15\r\n\r\n{{\"status\":\"OK\"}}").into_bytes();
    let mut state = shared.0.lock().unwrap();
    if path.ends_with("/extension/register") {
        return Some(b"HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: ext-1\r\nContent-Length: 2\r\n\r\n{}".to_vec());
    }
    if path.ends_with("/extension/event/next") {
        assert!(head.contains("Lambda-Extension-Identifier: ext-1\r\n"), "{head}");
        state.extension_waits = true;
        shared.1.notify_all();
        drop(state);
        // Never: whoever holds it waits.
        thread::sleep(Duration::from_secs(600));
        return None;
    }
    if path.ends_with("/runtime/restore/next") {
        assert_eq!((state.waits, state.count), (0, 0), "work was asked for before");
        state.restores += 1;
        return Some(ok(200));
    }
    if path.ends_with("/invocation/next") {
        state.waits += 1;
        shared.1.notify_all();
        let step = loop {
            if let Some(step) = state.steps.pop_front() {
                break step;
            }
            state = shared.1.wait(state).unwrap();
        };
        state.waits -= 1;
        if let Some(status) = step.refuse {
            return Some(ok(status));
        }
        state.count += 1;
        let id = format!("req-{}", state.count);
        state.current.push((id.clone(), step.clone()));
        return Some(invocation(&id, &step));
    }
    let kind = path.rsplit('/').next().unwrap_or_default();
    if path.ends_with("/init/error") {
        state.sent.push(Sent { kind: "init".to_owned(), head, body, trailers });
        shared.1.notify_all();
        return Some(ok(202));
    }
    let id = path.rsplit('/').nth(1).unwrap_or_default();
    let place = state.current.iter().position(|(current, _)| current == id);
    let (_, step) = &mut state.current[place.unwrap_or_else(|| panic!("nobody asked for {path}"))];
    if std::mem::take(&mut step.reset_answer) {
        return None;
    }
    let status = step.accept;
    state.sent.push(Sent { kind: kind.to_owned(), head, body, trailers });
    shared.1.notify_all();
    Some(ok(status))
}

fn invocation(id: &str, step: &Step) -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let deadline = if step.deadline.is_zero() { 600_000 } else { (now + step.deadline).as_millis() };
    let mut head = format!(
        "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: {id}\r\nlambda-runtime-deadline-ms: {deadline}\r\n\
         Lambda-Runtime-Trace-Id: Root=1-2-3\r\n\
         Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:shop:live\r\n"
    );
    for (name, value) in &step.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if step.chunked {
        head += "Transfer-Encoding: chunked\r\n\r\n";
        for piece in step.event.as_bytes().chunks(7) {
            head += &format!("{:x}\r\n{}\r\n", piece.len(), String::from_utf8_lossy(piece));
        }
        head += "0\r\n\r\n";
        head.into_bytes()
    } else {
        head += &format!("Content-Length: {}\r\n\r\n{}", step.event.len(), step.event);
        head.into_bytes()
    }
}

/// Head, body, trailers.
fn read(reader: &mut impl BufRead) -> Option<(String, Vec<u8>, String)> {
    let head = lines(reader)?;
    let value = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name))?;
        line.split(": ").nth(1).map(str::to_owned)
    };
    let (mut body, mut trailers) = (Vec::new(), String::new());
    if value("transfer-encoding: ").is_some() {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            if size == 0 {
                trailers = lines(reader)?;
                break;
            }
            let start = body.len();
            body.resize(start + size + 2, 0);
            reader.read_exact(&mut body[start..]).ok()?;
            body.truncate(start + size);
        }
    } else if let Some(length) = value("content-length: ") {
        body.resize(length.parse().ok()?, 0);
        reader.read_exact(&mut body).ok()?;
    }
    Some((head, body, trailers))
}

fn lines(reader: &mut impl BufRead) -> Option<String> {
    let mut text = String::new();
    loop {
        let start = text.len();
        if reader.read_line(&mut text).ok()? == 0 {
            return None;
        }
        if text[start..].trim().is_empty() {
            return Some(text);
        }
    }
}
