//! An HTTP client that sends exactly what a test writes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(30);

/// One connection, kept until a side closes it.
#[derive(Debug)]
pub struct Connection(BufReader<TcpStream>);

/// An answer with its whole body, which has to be text.
#[derive(Debug)]
pub struct Answer {
    /// The number of its status.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Connection {
    /// Connects to `host:port`.
    pub fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        Self(BufReader::new(stream))
    }

    /// Sends a request and reads its answer. `Host` is `test` and `Content-Length` fits, unless the headers have them.
    pub fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        let length = body.len().to_string();
        let implied = [("host", "test"), ("content-length", length.as_str())];
        let is_sent = |name: &str| headers.iter().any(|(own, _)| *own == name);
        for (name, value) in implied.iter().filter(|(name, _)| !is_sent(name)).chain(headers) {
            head += &format!("{name}: {value}\r\n");
        }
        self.send(head + "\r\n");
        self.send(body);
        self.receive(method == "HEAD")
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Reads an answer; one to `HEAD` has no body, whatever its length says.
    pub fn receive(&mut self, to_head: bool) -> Answer {
        let status = self.line().split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, headers: Vec::new(), body: String::new() };
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else { break };
            answer.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        if !to_head {
            let body = match answer.header("transfer-encoding").as_str() {
                "chunked" => self.chunks(),
                _ => self.bytes(answer.header("content-length").parse().unwrap()),
            };
            answer.body = String::from_utf8(body).unwrap();
        }
        answer
    }

    /// Whether the other side has closed it.
    pub fn is_closed(&mut self) -> bool {
        self.0.fill_buf().is_ok_and(<[u8]>::is_empty)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line(), 16).unwrap();
            body.extend(self.bytes(length));
            self.line();
            if length == 0 {
                return body;
            }
        }
    }
}

impl Answer {
    /// All values of a header, in order, with commas between them; empty if there is none.
    pub fn header(&self, wanted: &str) -> String {
        let values = self.headers.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        values.collect::<Vec<_>>().join(",")
    }

    /// Its body, which has to be JSON and to say so.
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }
}
