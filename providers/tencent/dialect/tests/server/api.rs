//! The platform's runtime API: one event at a time, its paths without ids.

use std::{
    io::BufReader,
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::message::{Message, write};

/// An event to hand out: its id, its time limit in milliseconds, its body.
type Event = (String, u32, String);

pub struct Api {
    pub address: String,
    events: Sender<Event>,
    calls: Receiver<Message>,
}

impl Api {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (events, waiting) = channel();
        let (told, calls) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (told, waiting) = (told.clone(), waiting.clone());
                thread::spawn(move || serve(&stream.unwrap(), &told, &waiting));
            }
        });
        Self { address, events, calls }
    }

    /// The next call that is not a question for an event.
    pub fn call(&self) -> Message {
        self.calls.recv_timeout(Duration::from_secs(20)).unwrap()
    }

    /// Whether the function says that it is ready.
    pub fn is_ready(&self) -> bool {
        self.call().start.starts_with("POST /runtime/init/ready ")
    }

    /// Hands out an event and returns the answer, or the report.
    pub fn invoke(&self, id: &str, event: &str) -> Result<Value, Value> {
        self.invoke_within(5000, id, event)
    }

    pub fn invoke_within(&self, limit: u32, id: &str, event: &str) -> Result<Value, Value> {
        self.events.send((id.to_owned(), limit, event.to_owned())).unwrap();
        let call = self.call();
        let body = serde_json::from_str(&call.body).unwrap();
        assert_eq!(call.header("content-type"), Some("application/json"));
        match call.start.as_str() {
            "POST /runtime/invocation/response HTTP/1.1" => Ok(body),
            "POST /runtime/invocation/error HTTP/1.1" => Err(body),
            other => panic!("{other}"),
        }
    }
}

fn serve(stream: &TcpStream, told: &Sender<Message>, waiting: &Mutex<Receiver<Event>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(call) = Message::read(&mut reader) {
        if call.start == "GET /runtime/invocation/next HTTP/1.1" {
            // The test is over when there will be no more.
            let Ok((id, limit, body)) = waiting.lock().unwrap().recv() else { return };
            let limit = limit.to_string();
            let headers = [("Request_Id", id.as_str()), ("time_limit_in_ms", &limit), ("memory_limit_in_mb", "128")];
            write(stream, "HTTP/1.1 200 OK", &headers, &body);
        } else {
            write(stream, "HTTP/1.1 200 OK", &[], "");
            let _ = told.send(call);
        }
    }
}
