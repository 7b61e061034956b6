//! An HTTP client that sends exactly what a test writes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// One connection.
pub struct Connection(BufReader<TcpStream>);

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Connection {
    pub fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(BufReader::new(stream))
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Whether the server has closed it.
    pub fn is_closed(&mut self) -> bool {
        self.0.fill_buf().is_ok_and(<[u8]>::is_empty)
    }

    /// Reads one answer; an answer to HEAD has no body whatever its length says.
    pub fn receive(&mut self, to_head: bool) -> Answer {
        let mut lines = std::iter::from_fn(|| {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let line = line.trim_end().to_owned();
            (!line.is_empty()).then_some(line)
        });
        let status = lines.next().expect("an answer");
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<_> = lines
            .map(|line| {
                let (name, value) = line.split_once(": ").unwrap();
                (name.to_ascii_lowercase(), value.to_owned())
            })
            .collect();
        let mut answer = Answer { status, headers, body: String::new() };
        if !to_head {
            let mut body = vec![0; answer.header("content-length").parse().unwrap()];
            self.0.read_exact(&mut body).unwrap();
            answer.body = String::from_utf8(body).unwrap();
        }
        answer
    }

    pub fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\n");
        if !body.is_empty() || method == "POST" {
            head += &format!("content-length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        self.send(head + "\r\n");
        self.send(body);
        self.receive(method == "HEAD")
    }
}

impl Answer {
    /// All values of a header, in order, with commas between them; empty if there is none.
    pub fn header(&self, wanted: &str) -> String {
        let values: Vec<_> =
            self.headers.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.as_str()).collect();
        values.join(",")
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }

    /// The message of fx's error body.
    pub fn message(&self) -> String {
        let body = self.json();
        assert_eq!(body["success"], false);
        body["message"].as_str().unwrap().to_owned()
    }
}
