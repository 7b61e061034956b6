//! HTTP messages, read and written by hand.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// What came: its first line, its headers, its body.
#[derive(Debug)]
pub struct Message {
    pub start: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Message {
    /// `None` when the other side has closed.
    pub fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut line = || {
            let mut line = String::new();
            (stream.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
        };
        let mut message = Self { start: line()?, headers: Vec::new(), body: String::new() };
        while let Some((name, value)) = line()?.split_once(": ") {
            message.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let length = message.header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        message.body = String::from_utf8(body).unwrap();
        Some(message)
    }

    pub fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}

pub fn write(stream: &TcpStream, start: &str, headers: &[(&str, &str)], body: &str) {
    let mut message = format!("{start}\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        message += &format!("{name}: {value}\r\n");
    }
    message += "\r\n";
    message += body;
    // Who is gone does not hear it.
    let _ = (&*stream).write_all(message.as_bytes());
}
