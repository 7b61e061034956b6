//! [`Dialect`]: all that differs between the platforms that a unit asks for its work.

use std::{future::Future, io, net::TcpStream, time::Duration};

use axum::body::Body;

use super::{
    connection::Connection,
    head::{Fields, Post},
};
use crate::{
    function::Failure,
    service::{Invocation, Service},
};

/// What one platform's runtime API says, where the loop has gaps. The loop is the rest: the connection, the order of calls, retries,
/// panics, signals, how it ends.
///
/// For each invocation the loop
///
/// 1. sends `GET` [`NEXT`](Self::NEXT) and waits as long as it takes,
/// 2. shows the dialect the head of the reply: [`arrived`](Self::arrived),
/// 3. has it [`answer`](Self::answer) the event: bytes → [`Service::http`] or [`Service::event`] → bytes,
/// 4. sends that as a `POST` to where [`address`](Self::address) says, and reads the reply to its end.
///
/// A failure of step 3, or a panic outside any handler, is sent as a report: [`report`](Self::report) writes its body.
pub trait Dialect: Send + Sync + 'static {
    /// What the dialect remembers of an invocation until it is answered: ids for paths and headers.
    type Ticket: Send + Sync;

    /// Path of the request for the next invocation, below the API's base.
    const NEXT: &'static str;

    /// Where a failure to start is reported, where it can be.
    const INIT_ERROR: Option<&'static str>;

    /// A `POST` to send once when the unit is ready, before the first invocation is asked for: path and body.
    const READY: Option<(&'static str, &'static str)> = None;

    /// What else has to be done before the first invocation is asked for; it happens while the app is built.
    fn prepare(&self, api: &Api) -> impl Future<Output = ()> + Send {
        let _ = api;
        std::future::ready(())
    }

    /// What has to be waited for when the unit is ready, before the first invocation is asked for: a platform may put a picture of the process
    /// aside here, and wake copies of it.
    ///
    /// # Errors
    /// There will be no invocations; the text says why.
    fn begin(&self, connection: &mut Connection) -> impl Future<Output = Result<(), String>> + Send {
        let _ = connection;
        std::future::ready(Ok(()))
    }

    /// Reads the head of a reply that brings an invocation.
    ///
    /// # Errors
    /// Something is missing without which it cannot be answered.
    fn arrived(&self, head: &Fields<'_, '_>) -> Result<Arrived<Self::Ticket>, String>;

    /// Answers an event. The answer's bytes go into `out`, which comes empty and keeps its room from one invocation to the next.
    ///
    /// # Errors
    /// The invocation failed, and the platform is to know. [`Service::event`] has logged its own failures;
    /// what else goes wrong here the dialect logs with [`Service::refused`].
    fn answer(
        &self,
        service: &Service,
        invocation: Invocation,
        ticket: &Self::Ticket,
        event: &[u8],
        out: &mut Vec<u8>,
    ) -> impl Future<Output = Result<Answer, Failure>> + Send;

    /// Writes where an answer goes, and which headers it has. Its length and the host are the loop's business.
    fn address(&self, ticket: &Self::Ticket, outcome: Outcome<'_>, post: &mut Post<'_>);

    /// Writes the body of a report.
    fn report(&self, failure: &Failure, out: &mut Vec<u8>);

    /// Headers of the report that the unit does not start.
    fn init_error(&self, failure: &Failure, post: &mut Post<'_>);

    /// Ends a stream that broke off. What is written stands after the last chunk as trailers, one `Name: value\r\n` a line.
    fn broken_off(&self, failure: &Failure, trailers: &mut Vec<u8>) {
        let _ = (failure, trailers);
    }
}

/// An invocation, as the head of the reply describes it.
#[derive(Debug)]
pub struct Arrived<T> {
    /// For the [`Service`].
    pub invocation: Invocation,
    /// For the dialect.
    pub ticket: T,
}

/// What is sent back.
#[derive(Debug)]
pub enum Answer {
    /// All of it is in the buffer.
    Whole,
    /// The buffer holds how it begins; this follows, as it comes.
    Stream(Body),
}

/// What an address is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// An answer.
    Answer,
    /// An answer that is streamed.
    Stream,
    /// A report.
    Failure(&'a Failure),
}

/// Connects to `host:port`. A pointer to a function, so that only who needs it carries what looks up names.
pub type Connect = fn(&str) -> io::Result<TcpStream>;

/// The API's address, how many invocations it hands out at once, and how long there is at the end.
#[derive(Debug, Clone)]
pub struct Api {
    /// `host:port`.
    pub authority: String,
    /// How it is reached: [`by_number`](super::by_number) unless the platform's address may be a name.
    pub connect: Connect,
    /// What stands before every path; mostly nothing.
    pub base: String,
    /// How many invocations are answered at the same time.
    pub concurrency: usize,
    /// How long an invocation may still take after SIGTERM, and then the shutdown hooks.
    pub grace: Duration,
}

impl Api {
    /// From what a platform's variable says: `host:port` or `http://host:port/base`.
    pub fn at(address: &str) -> Self {
        let address = address.trim();
        let address = address.strip_prefix("http://").unwrap_or(address);
        let (authority, base) = match address.find('/') {
            Some(slash) => address.split_at(slash),
            None => (address, ""),
        };
        let base = base.trim_end_matches('/').to_owned();
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let authority = if has_port { authority.to_owned() } else { format!("{authority}:80") };
        Self { authority, connect: super::by_number, base, concurrency: 1, grace: Duration::from_secs(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_scheme_and_base() {
        let parts = |text| {
            let api = Api::at(text);
            (api.authority, api.base)
        };
        let expected = |authority: &str, base: &str| (authority.to_owned(), base.to_owned());
        assert_eq!(parts("127.0.0.1:9001"), expected("127.0.0.1:9001", ""));
        assert_eq!(parts("http://127.0.0.1:9001/.rt/todo/"), expected("127.0.0.1:9001", "/.rt/todo"));
        assert_eq!(parts("http://localhost"), expected("localhost:80", ""));
        assert_eq!(parts("[::1]:9001"), expected("[::1]:9001", ""));
    }
}
