//! The one way out: calls of a platform's API over HTTPS, for platforms that have no client library of their own.

use std::{error::Error, time::Duration};

use reqwest::{
    Client, Method, Request, StatusCode,
    header::{CONTENT_LENGTH, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};

use crate::{CloudError, Kind};

/// Time until somebody answers at all.
const CONNECT: Duration = Duration::from_secs(10);
/// Time for a whole call, the upload of a package over a slow line included.
const CALL: Duration = Duration::from_secs(300);
/// More than any answer of an API has; what is larger is not one.
const LARGEST_ANSWER: usize = 64 << 20;

/// A client. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Http(Client);

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The pause asked for in `Retry-After`, in seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        self.header(RETRY_AFTER.as_str())?.parse().ok().map(Duration::from_secs)
    }
}

impl Http {
    /// A client that follows no redirect: a signature is for one address.
    pub fn new() -> Result<Self, CloudError> {
        // Another part of the program may have chosen the provider first; any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("fx/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(CALL)
            .redirect(Policy::none())
            .build()
            .map_err(|error| CloudError::new(Kind::Failed, "TLS", reason(&error)))?;
        Ok(Self(client))
    }

    /// The client underneath, for building requests.
    pub fn client(&self) -> &Client {
        &self.0
    }

    /// Sends a request. Only that no whole answer came is an error: what a status means is the platform's business.
    pub async fn send(&self, operation: &str, mut request: Request) -> Result<Answer, CloudError> {
        let empty = request.body().is_none_or(|body| body.as_bytes().is_some_and(<[u8]>::is_empty));
        if empty && [Method::PUT, Method::POST].contains(request.method()) {
            // Left out for an empty body, and object stores take no object whose length is not said.
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let lost = |error: reqwest::Error| {
            // Addresses may carry signatures.
            let error = error.without_url();
            let message = match (error.is_connect(), error.is_timeout()) {
                (true, _) => format!("cannot reach {host}: {}", reason(&error)),
                (false, true) => format!("{host} did not answer within {} s", CALL.as_secs()),
                (false, false) => format!("the answer of {host} got lost: {}", reason(&error)),
            };
            CloudError::new(Kind::Unavailable, operation, message)
        };
        let mut response = self.0.execute(request).await.map_err(lost)?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                let message = format!("{host} answered with more than {} MB", LARGEST_ANSWER >> 20);
                return Err(CloudError::new(Kind::Invalid, operation, message));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }
}

/// The innermost cause: the ones around it say that a request failed, which is known.
fn reason(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    #[tokio::test]
    async fn the_length_of_nothing_is_said() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/empty.css", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let length = stream.read(&mut head).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            String::from_utf8_lossy(&head[..length]).to_lowercase()
        });
        let http = Http::new().unwrap();
        let request = http.client().put(&url).body(Vec::new()).build().unwrap();
        http.send("PutObject", request).await.unwrap();
        let head = server.await.unwrap();
        assert_eq!(head.matches("content-length: 0\r\n").count(), 1, "{head}");
    }
}
