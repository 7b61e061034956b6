//! The platform's side of a pull runtime: AWS Lambda's Runtime API, as far as a function needs it.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow, bail};

use crate::{
    wire::{Message, Wire},
    work::Work,
};

const BASE: &str = "/2018-06-01/runtime/";

/// A listener that one function is told to ask for work.
pub struct RuntimeApi {
    address: SocketAddr,
    desk: Arc<Desk>,
}

/// What happened while work was done.
#[derive(Debug, Default)]
pub struct Done {
    /// From the event's first byte sent to the reply's last byte read, of every piece.
    pub times: Vec<Duration>,
    /// Connections the function opened meanwhile.
    pub connections: u64,
}

#[derive(Default)]
struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    job: Option<Job>,
    /// When the function last began to wait for work, while it waits.
    waiting: Option<Instant>,
    connections: u64,
    /// Goes up with every job, so that no piece has the number of another.
    number: usize,
    failure: Option<String>,
}

struct Job {
    work: Work,
    left: usize,
    out: Option<(usize, Instant)>,
    times: Vec<Duration>,
}

impl RuntimeApi {
    /// Listens at a free port.
    pub fn listen() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk::default());
        let shared = Arc::clone(&desk);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                shared.lock().connections += 1;
                let desk = Arc::clone(&shared);
                thread::spawn(move || {
                    let Ok(wire) = Wire::new(stream) else { return };
                    if let Err(error) = desk.serve(wire) {
                        desk.lock().failure.get_or_insert(format!("{error:#}"));
                        desk.changed.notify_all();
                    }
                });
            }
        });
        Ok(Self { address, desk })
    }

    /// For `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits until the function asks for work; when it did.
    pub fn wait_until_asked(&self) -> Result<Instant> {
        self.wait(|state| state.waiting)
    }

    /// Hands out work, one piece after the other, and checks every answer. The function waits for more when this returns.
    pub fn hand_out(&self, work: Work, count: usize) -> Result<Done> {
        self.wait_until_asked()?;
        let before = {
            let mut state = self.desk.lock();
            state.job = Some(Job { work, left: count, out: None, times: Vec::with_capacity(count) });
            state.connections
        };
        self.desk.changed.notify_all();
        let times = self.wait(|state| match &state.job {
            Some(job) if job.left == 0 && job.out.is_none() && state.waiting.is_some() => {
                state.job.take().map(|job| job.times)
            }
            _ => None,
        })?;
        let connections = self.desk.lock().connections - before;
        Ok(Done { times, connections })
    }

    fn wait<T>(&self, mut done: impl FnMut(&mut State) -> Option<T>) -> Result<T> {
        let until = Instant::now() + Duration::from_secs(120);
        let mut state = self.desk.lock();
        loop {
            if let Some(failure) = state.failure.take() {
                bail!("the function and its Runtime API disagree: {failure}");
            }
            if let Some(value) = done(&mut state) {
                return Ok(value);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                bail!("the function does nothing");
            }
            (state, _) = self.desk.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        // Lets go of the connections that wait for work.
        self.desk.lock().failure = Some("the work is over".into());
        self.desk.changed.notify_all();
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when the function closes the connection; some drop theirs in the middle, and ask again on another.
    fn serve(&self, mut wire: Wire) -> Result<()> {
        while let Ok(Some(message)) = wire.receive() {
            let (method, path) = message.request();
            if let ("GET", Some("invocation/next")) = (method, path.strip_prefix(BASE)) {
                let Some((number, event)) = self.next() else { return Ok(()) };
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: {number}\r\n\
                     Lambda-Runtime-Deadline-Ms: {}\r\n\
                     Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:bench\r\n\
                     Lambda-Runtime-Trace-Id: Root=1-5e9f0c65-1de4d666d4dd26aced652b6c;Parent=1de4d666d4dd26ac;Sampled=0\r\n\
                     Content-Length: {}\r\n\r\n",
                    jiff::Timestamp::now().as_millisecond() + 10_000,
                    event.len(),
                );
                let reply = [head.as_bytes(), &event].concat();
                if let Some(out) = self.lock().job.as_mut().and_then(|job| job.out.as_mut()) {
                    out.1 = Instant::now();
                }
                if wire.send(&reply).is_err() {
                    bail!("the connection was closed while the function waited for work");
                }
            } else if path.starts_with(BASE) && path.ends_with("/response") {
                let now = Instant::now();
                self.take(path, &message, now)?;
                let taken = "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n\
                             {\"status\":\"OK\"}\n";
                if wire.send(taken.as_bytes()).is_err() {
                    break;
                }
            } else if path.ends_with("/extension/register") {
                wire.send(
                    b"HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: 7c9b\r\nContent-Type: application/json\r\n\
                      Content-Length: 2\r\n\r\n{}",
                )?;
            } else if path.ends_with("/extension/event/next") {
                // Nothing is to be said to extensions; the connection stays open until the function goes.
                wire.receive()?;
            } else {
                bail!("{method} {path}: {}", String::from_utf8_lossy(&message.body));
            }
        }
        Ok(())
    }

    /// Waits for the next piece of work; nothing when there will be none.
    fn next(&self) -> Option<(usize, Vec<u8>)> {
        let mut state = self.lock();
        state.waiting = Some(Instant::now());
        self.changed.notify_all();
        loop {
            let number = state.number + 1;
            if let Some(job) = state.job.as_mut().filter(|job| job.left > 0 && job.out.is_none()) {
                job.left -= 1;
                job.out = Some((number, Instant::now()));
                let event = job.work.event(number);
                (state.number, state.waiting) = (number, None);
                return Some((number, event));
            }
            if state.failure.is_some() {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn take(&self, path: &str, message: &Message, now: Instant) -> Result<()> {
        let (work, number, sent) = {
            let mut state = self.lock();
            let job = state.job.as_mut().ok_or_else(|| anyhow!("an answer to nothing"))?;
            let (number, sent) = job.out.take().ok_or_else(|| anyhow!("two answers to one event"))?;
            job.times.push(now - sent);
            (job.work, number, sent)
        };
        debug_assert!(now >= sent, "time goes forward");
        if path != format!("{BASE}invocation/{number}/response") {
            bail!("an answer to another event than {number}: {path}");
        }
        work.check_event(number, &message.body)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use serde_json::{Value, json};

    use super::*;

    /// A function that greets, or gives a wrong answer.
    fn function(address: String, right: bool) -> Result<()> {
        let mut wire = Wire::new(TcpStream::connect(address)?)?;
        for number in 1.. {
            wire.send(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n")?;
            let Some(event) = wire.receive()? else { break };
            let event: Value = serde_json::from_slice(&event.body)?;
            let name = event["rawPath"].as_str().unwrap_or_default().replace("/hello/", "");
            let message = if right { format!("Hello, {name}!") } else { "Hello, you!".into() };
            let body = json!({"message": message, "note": include_str!("../../examples/bench/note.txt")}).to_string();
            let body = json!({"statusCode": 200, "body": body}).to_string();
            let path = format!("/2018-06-01/runtime/invocation/{number}/response");
            wire.send(format!("POST {path} HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes())?;
            wire.receive()?;
        }
        Ok(())
    }

    #[test]
    fn hands_out_work_and_takes_the_time() {
        let api = RuntimeApi::listen().unwrap();
        let address = api.address();
        thread::spawn(move || function(address, true));
        for count in [3, 2] {
            let done = api.hand_out(Work::Small, count).unwrap();
            assert_eq!((done.times.len(), done.connections), (count, 0));
        }
    }

    #[test]
    fn a_wrong_answer_is_no_speed() {
        let api = RuntimeApi::listen().unwrap();
        let address = api.address();
        thread::spawn(move || function(address, false));
        let error = api.hand_out(Work::Small, 3).unwrap_err().to_string();
        assert!(error.contains("a wrong answer"), "{error}");
    }
}
