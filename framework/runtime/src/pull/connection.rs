//! [`Connection`]: HTTP/1.1 as a client of one server, over one connection that is kept.

use std::{io, ops::Range, time::Duration};

use super::{
    dialect::{Api, Connect},
    head::{Fields, Post},
    wire::Wire,
};

/// How large a reply may be. No platform sends more than a few megabytes.
const MAX_REPLY: usize = 256 * 1024 * 1024;

/// How often a broken connection is made anew before the other side counts as gone, with growing pauses: about three seconds in all.
const ATTEMPTS: u32 = 9;

/// A connection to a runtime API. It is opened when first used, kept, and opened again when it breaks.
pub struct Connection {
    authority: String,
    connect: Connect,
    base: String,
    shared: bool,
    wire: Option<Wire>,
    // Both kept from one exchange to the next.
    head: Vec<u8>,
    input: Vec<u8>,
}

/// A reply, read to its end.
#[derive(Debug)]
pub struct Reply<T> {
    /// The status code.
    pub status: u16,
    /// What was made of its header fields.
    pub head: T,
    /// Where its body stands in the connection's buffer.
    pub(super) body: Range<usize>,
}

/// What a reply's own head says of the rest.
struct Framing {
    status: u16,
    head: usize,
    length: Option<usize>,
    chunked: bool,
    keep: bool,
}

impl Connection {
    /// To this API. `shared`: other work goes on in the same thread while something is sent or a reply awaited.
    pub fn to(api: &Api, shared: bool) -> Self {
        Self {
            authority: api.authority.clone(),
            connect: api.connect,
            base: api.base.clone(),
            shared,
            wire: None,
            head: Vec::with_capacity(512),
            input: Vec::with_capacity(16 * 1024),
        }
    }

    /// Asks for something and waits as long as it takes. `show` is shown the header fields.
    ///
    /// # Errors
    /// The other side is gone, or does not speak HTTP.
    pub async fn get<T>(
        &mut self,
        path: &str,
        headers: &str,
        show: impl Fn(&Fields<'_, '_>) -> T,
    ) -> io::Result<Reply<T>> {
        let mut attempt = 0;
        loop {
            self.head.clear();
            for piece in ["GET ", &self.base, path, " HTTP/1.1\r\nHost: ", &self.authority, "\r\n", headers, "\r\n"] {
                self.head.extend_from_slice(piece.as_bytes());
            }
            match self.exchange(&[], false, &show).await {
                Ok(reply) => return Ok(reply),
                Err(error) => self.pause(&mut attempt, error).await?,
            }
        }
    }

    /// Sends something, and reads the reply to its end. Head and body leave in one piece.
    ///
    /// # Errors
    /// The other side is gone, or does not speak HTTP.
    pub async fn post<T>(
        &mut self,
        address: impl Fn(&mut Post<'_>),
        body: &[u8],
        show: impl Fn(&Fields<'_, '_>) -> T,
    ) -> io::Result<Reply<T>> {
        let mut attempt = 0;
        loop {
            address(&mut Post::new(&mut self.head, &self.base));
            let mut length = itoa::Buffer::new();
            for piece in ["Host: ", &self.authority, "\r\nContent-Length: ", length.format(body.len()), "\r\n\r\n"] {
                self.head.extend_from_slice(piece.as_bytes());
            }
            match self.exchange(&[body], true, &show).await {
                Ok(reply) => return Ok(reply),
                Err(error) => self.pause(&mut attempt, error).await?,
            }
        }
    }

    /// Closes it; the next request opens another.
    pub fn close(&mut self) {
        self.wire = None;
    }

    /// The body of the reply read last.
    pub fn body<T>(&self, reply: &Reply<T>) -> &[u8] {
        self.input(reply.body.clone())
    }

    pub(super) fn input(&self, body: Range<usize>) -> &[u8] {
        self.input.get(body).unwrap_or_default()
    }

    /// Begins a request whose body comes in chunks; the first is `beginning`.
    pub(super) async fn begin(&mut self, address: impl Fn(&mut Post<'_>), beginning: &[u8]) -> io::Result<()> {
        let mut attempt = 0;
        loop {
            address(&mut Post::new(&mut self.head, &self.base));
            for piece in ["Host: ", &self.authority, "\r\nTransfer-Encoding: chunked\r\n\r\n"] {
                self.head.extend_from_slice(piece.as_bytes());
            }
            let sent = match self.wire() {
                Ok(_) if beginning.is_empty() => self.send(&[]).await,
                Ok(_) => {
                    self.head.extend_from_slice(format!("{:x}\r\n", beginning.len()).as_bytes());
                    self.send(&[beginning, b"\r\n"]).await
                }
                Err(error) => Err(error),
            };
            match sent {
                Ok(()) => return Ok(()),
                Err(error) => self.pause(&mut attempt, error).await?,
            }
        }
    }

    /// Sends a chunk. There is no second try: what has been sent cannot be sent again.
    pub(super) async fn chunk(&mut self, data: &[u8]) -> io::Result<()> {
        if data.is_empty() {
            // An empty chunk would be the end.
            return Ok(());
        }
        self.head.clear();
        self.head.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
        let sent = self.send(&[data, b"\r\n"]).await;
        self.settled(sent)
    }

    /// Ends the chunks, with trailers if there are any, and reads the reply.
    pub(super) async fn end(&mut self, trailers: &[u8]) -> io::Result<Reply<()>> {
        self.head.clear();
        self.head.extend_from_slice(b"0\r\n");
        let ended = self.exchange(&[trailers, b"\r\n"], true, &|_| ()).await;
        self.settled(ended)
    }

    fn settled<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if result.is_err() {
            self.wire = None;
        }
        result
    }

    /// After a failure: drops the connection and waits a little, or gives up.
    async fn pause(&mut self, attempt: &mut u32, error: io::Error) -> io::Result<()> {
        self.wire = None;
        *attempt += 1;
        if *attempt >= ATTEMPTS || error.kind() == io::ErrorKind::InvalidData {
            return Err(error);
        }
        // A kept connection that the other side has closed meanwhile is nothing unusual: the first new try comes at once.
        if *attempt > 1 {
            tokio::time::sleep(Duration::from_millis(10 << *attempt)).await;
        }
        Ok(())
    }

    fn wire(&mut self) -> io::Result<&Wire> {
        if self.wire.is_none() {
            self.wire = Some(Wire::open((self.connect)(&self.authority)?, self.shared)?);
        }
        self.wire.as_ref().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Sends the head and what follows it.
    async fn send(&mut self, body: &[&[u8]]) -> io::Result<()> {
        let wire = self.wire.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let mut parts: [&[u8]; 4] = [&self.head, &[], &[], &[]];
        for (place, part) in parts[1..].iter_mut().zip(body) {
            *place = part;
        }
        wire.send(&parts[..=body.len().min(3)]).await
    }

    async fn exchange<T>(
        &mut self,
        body: &[&[u8]],
        at_once: bool,
        show: &impl Fn(&Fields<'_, '_>) -> T,
    ) -> io::Result<Reply<T>> {
        self.wire()?;
        self.input.clear();
        if self.input.capacity() > 2 * 1024 * 1024 {
            self.input.shrink_to(64 * 1024);
        }
        let sent = self.send(body).await;
        if let Err(error) = &sent
            && error.kind() == io::ErrorKind::TimedOut
        {
            return Err(error.kind().into());
        }
        // Someone who has heard enough may answer and close before everything is sent: the answer counts.
        match (self.reply(at_once, show).await, sent) {
            (Ok(reply), _) => Ok(reply),
            (Err(_), Err(error)) | (Err(error), Ok(())) => Err(error),
        }
    }

    async fn reply<T>(&mut self, at_once: bool, show: &impl Fn(&Fields<'_, '_>) -> T) -> io::Result<Reply<T>> {
        let (framing, head) = loop {
            match parse(&self.input, show)? {
                None => self.receive(at_once).await?,
                // "Continue": nobody asked, the real head follows.
                Some((framing, _)) if framing.status < 200 => drop(self.input.drain(..framing.head)),
                Some(complete) => break complete,
            }
        };
        let start = framing.head;
        let (body, end) = match framing {
            Framing { chunked: true, .. } => self.chunks(start).await?,
            Framing { length: Some(length), .. } => {
                let end =
                    start.checked_add(length).filter(|end| *end <= MAX_REPLY).ok_or(io::ErrorKind::InvalidData)?;
                self.fill(end).await?;
                (start..end, end)
            }
            Framing { status: 204 | 304, .. } => (start..start, start),
            Framing { .. } => {
                // Without a length the body ends with the connection.
                loop {
                    match self.receive(false).await {
                        Ok(()) if self.input.len() <= MAX_REPLY => {}
                        Ok(()) => return Err(io::ErrorKind::InvalidData.into()),
                        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
                        Err(error) => return Err(error),
                    }
                }
                (start..self.input.len(), usize::MAX)
            }
        };
        if !framing.keep || end != self.input.len() {
            self.wire = None;
        }
        Ok(Reply { status: framing.status, head, body })
    }

    /// Puts the chunks that begin at `start` one behind the other, and returns where they stand and where the reply ends.
    async fn chunks(&mut self, start: usize) -> io::Result<(Range<usize>, usize)> {
        let (mut write, mut read) = (start, start);
        loop {
            let end = self.line(read).await?;
            let size = chunk_size(&self.input[read..end]).ok_or(io::ErrorKind::InvalidData)?;
            read = end;
            if size == 0 {
                loop {
                    let end = self.line(read).await?;
                    let is_last = end - read <= 2;
                    read = end;
                    if is_last {
                        return Ok((start..write, read));
                    }
                }
            }
            let end = read.checked_add(size).filter(|end| *end <= MAX_REPLY).ok_or(io::ErrorKind::InvalidData)?;
            self.fill(end + 2).await?;
            self.input.copy_within(read..end, write);
            write += size;
            read = end + 2;
        }
    }

    /// Where the line that begins at `start` ends, its line break included.
    async fn line(&mut self, start: usize) -> io::Result<usize> {
        let mut seen = start;
        loop {
            if let Some(end) = self.input[seen..].iter().position(|byte| *byte == b'\n') {
                return Ok(seen + end + 1);
            }
            seen = self.input.len();
            if seen - start > 8 * 1024 {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.receive(true).await?;
        }
    }

    async fn fill(&mut self, end: usize) -> io::Result<()> {
        while self.input.len() < end {
            // As much room as is missing, but not at once for a length that may never come.
            self.input.reserve((end - self.input.len()).min(8 * 1024 * 1024));
            self.receive(true).await?;
        }
        Ok(())
    }

    async fn receive(&mut self, at_once: bool) -> io::Result<()> {
        if self.input.len() == self.input.capacity() {
            self.input.reserve(16 * 1024);
        }
        let wire = self.wire.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        wire.receive(&mut self.input, at_once).await
    }
}

fn parse<T>(input: &[u8], show: &impl Fn(&Fields<'_, '_>) -> T) -> io::Result<Option<(Framing, T)>> {
    let mut room = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut room);
    let head = match response.parse(input) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) if input.len() < 64 * 1024 => return Ok(None),
        _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "the runtime API does not speak HTTP/1.1")),
    };
    let fields = Fields(response.headers);
    let has = |name, word: &str| {
        fields.get(name).is_some_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word)))
    };
    let length = match fields.get("content-length").map(str::parse) {
        None => None,
        Some(Ok(length)) => Some(length),
        Some(Err(_)) => return Err(io::ErrorKind::InvalidData.into()),
    };
    let framing = Framing {
        status: response.code.unwrap_or_default(),
        head,
        length,
        chunked: has("transfer-encoding", "chunked"),
        keep: response.version == Some(1) && !has("connection", "close"),
    };
    Ok(Some((framing, show(&fields))))
}

/// The size in front of a chunk; what stands after a semicolon is of no interest.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line).ok()?;
    usize::from_str_radix(text.split(';').next()?.trim(), 16).ok()
}
