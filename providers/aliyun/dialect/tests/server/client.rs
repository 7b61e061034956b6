//! An HTTP client that sends exactly what a test writes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// One connection, kept.
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

    pub fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut message = format!("{method} {path} HTTP/1.1\r\nhost: fc\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            message += &format!("{name}: {value}\r\n");
        }
        let mut message = (message + "\r\n").into_bytes();
        message.extend_from_slice(body);
        self.0.get_mut().write_all(&message).unwrap();
        self.receive()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn receive(&mut self) -> Answer {
        let status = self.line().split(' ').nth(1).expect("an answer").parse().unwrap();
        let mut answer = Answer { status, headers: Vec::new(), body: String::new() };
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else { break };
            answer.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let mut chunk = vec![0; usize::from_str_radix(&self.line(), 16).unwrap()];
                self.0.read_exact(&mut chunk).unwrap();
                self.line();
                if chunk.is_empty() {
                    return answer;
                }
                answer.body += std::str::from_utf8(&chunk).unwrap();
            }
        }
        let mut body = vec![0; answer.header("content-length").unwrap().parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8(body).unwrap();
        answer
    }
}

impl Answer {
    pub fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }

    /// The platform is told that the invocation failed, and why.
    pub fn failure(&self) -> (String, String) {
        assert_eq!(self.header("x-fc-status"), Some("404"), "{self:?}");
        let error = self.json();
        assert!(error["stackTrace"].is_array(), "{error}");
        let text = |member: &str| error[member].as_str().unwrap().to_owned();
        (text("errorType"), text("errorMessage"))
    }
}
