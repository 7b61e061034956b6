//! HTTP/1.1 messages on a blocking connection; as much of it as the programs measured here speak.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use anyhow::{Context, Result, bail};

/// A connection, and what was read ahead.
pub struct Wire {
    stream: TcpStream,
    ahead: Vec<u8>,
}

/// A request or a response.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    /// `GET /path HTTP/1.1` or `HTTP/1.1 200 OK`.
    pub first_line: String,
    /// What follows the head.
    pub body: Vec<u8>,
}

impl Message {
    /// A request's method and path.
    pub fn request(&self) -> (&str, &str) {
        let mut words = self.first_line.split(' ');
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    /// A response's status.
    pub fn status(&self) -> u64 {
        self.first_line.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or_default()
    }
}

impl Wire {
    /// Takes over a connection.
    pub fn new(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, ahead: Vec::new() })
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// The next message; nothing when the other side has closed instead of beginning one.
    pub fn receive(&mut self) -> Result<Option<Message>> {
        let head_length = loop {
            if let Some(at) = find(&self.ahead, b"\r\n\r\n") {
                break at + 4;
            }
            if !self.more()? {
                return if self.ahead.is_empty() { Ok(None) } else { bail!("a head was cut off") };
            }
        };
        let head = String::from_utf8(self.ahead.drain(..head_length).collect()).context("a head is not text")?;
        let mut lines = head.split("\r\n");
        let first_line = lines.next().unwrap_or_default().to_owned();
        let mut length = 0;
        let mut chunked = false;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().context("a length that is no number")?;
            }
            chunked |= name.eq_ignore_ascii_case("transfer-encoding") && value.trim().eq_ignore_ascii_case("chunked");
        }
        let body = if chunked { self.chunks()? } else { self.take(length)? };
        Ok(Some(Message { first_line, body }))
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                if let Some(at) = find(&self.ahead, b"\r\n") {
                    break self.take(at + 2)?;
                }
                if !self.more()? {
                    bail!("a chunk was cut off");
                }
            };
            let digits = String::from_utf8_lossy(&line);
            let digits = digits.trim().split(';').next().unwrap_or_default();
            let length = usize::from_str_radix(digits, 16).context("a chunk's length is no number")?;
            let mut chunk = self.take(length + 2)?;
            chunk.truncate(length);
            if length == 0 {
                return Ok(body);
            }
            body.append(&mut chunk);
        }
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.ahead.len() < length {
            if !self.more()? {
                bail!("a body was cut off");
            }
        }
        let rest = self.ahead.split_off(length);
        Ok(std::mem::replace(&mut self.ahead, rest))
    }

    fn more(&mut self) -> Result<bool> {
        let mut buffer = [0; 64 * 1024];
        let count = self.stream.read(&mut buffer)?;
        self.ahead.extend_from_slice(&buffer[..count]);
        Ok(count > 0)
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    #[test]
    fn reads_messages_one_after_the_other() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let writer = thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            let text = "POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc\
                        HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n";
            stream.write_all(text.as_bytes()).unwrap();
        });
        let mut wire = Wire::new(listener.accept().unwrap().0).unwrap();
        let first = wire.receive().unwrap().unwrap();
        assert_eq!((first.request(), &first.body[..]), (("POST", "/a"), &b"abc"[..]));
        let second = wire.receive().unwrap().unwrap();
        assert_eq!((second.status(), &second.body[..]), (201, &b"def"[..]));
        assert_eq!(wire.receive().unwrap(), None);
        writer.join().unwrap();
    }
}
