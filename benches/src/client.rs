//! A client of HTTP servers that keeps its connections.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{process::Process, wire::Wire, work::Work};

/// Connections to one server.
pub struct Client {
    wires: Vec<Wire>,
    number: usize,
}

/// An address nobody listens at.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Client {
    /// Waits for the server to answer its first request rightly; when it did.
    pub fn first_answer(address: SocketAddr, process: &mut Process) -> Result<(Self, Instant)> {
        let until = process.started + Duration::from_secs(60);
        let stream = loop {
            match TcpStream::connect(address) {
                Ok(stream) => break stream,
                Err(_) if process.has_ended() => bail!("the server ended before it listened"),
                Err(error) if Instant::now() > until => return Err(error).context("the server does not listen"),
                Err(_) => thread::sleep(Duration::from_micros(50)),
            }
        };
        let mut client = Self { wires: vec![Wire::new(stream)?], number: 0 };
        client.run(Work::Small, 1)?;
        Ok((client, Instant::now()))
    }

    /// Adds connections.
    pub fn grow(&mut self, address: SocketAddr, connections: usize) -> Result<()> {
        while self.wires.len() < connections {
            self.wires.push(Wire::new(TcpStream::connect(address)?)?);
        }
        Ok(())
    }

    /// Sends one request on each connection, reads and checks all answers, and begins again. How long each took.
    pub fn run(&mut self, work: Work, count: usize) -> Result<Vec<Duration>> {
        let mut times = Vec::with_capacity(count);
        while times.len() < count {
            let first = self.number;
            let mut sent = Vec::with_capacity(self.wires.len());
            for (at, wire) in self.wires.iter_mut().enumerate() {
                let (path, body) = work.request(first + at);
                let request = request(&path, &body);
                sent.push(Instant::now());
                wire.send(&request)?;
            }
            for (at, wire) in self.wires.iter_mut().enumerate() {
                let answer = wire.receive()?.context("the server closed a connection")?;
                times.push(sent[at].elapsed());
                work.check(first + at, answer.status(), &answer.body)?;
            }
            self.number += self.wires.len();
        }
        Ok(times)
    }
}

fn request(path: &str, body: &[u8]) -> Vec<u8> {
    let head = if path == "/echo" {
        format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {}\r\n\r\n", body.len())
    } else {
        format!(
            "GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\nUser-Agent: fx-bench\r\nAccept-Encoding: gzip\r\n\r\n"
        )
    };
    [head.as_bytes(), body].concat()
}
