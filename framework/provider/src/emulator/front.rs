//! [`Emulated`]: a platform on two ports, like a unit that runs on this machine.

use std::{borrow::Cow, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{Value, json as object};
use tokio::net::TcpListener;

use super::{Body, Event, Failure, Platform, Serving, json, read, serve};

/// As large as an event gets on any platform, with room.
const MAX_EVENT: usize = 64 * 1024 * 1024;

/// A platform that listens.
pub struct Emulated {
    /// Where it answers HTTP.
    pub http: SocketAddr,
    /// Where it takes events: `POST /__fx/invoke/{function}` with `{"kind":"timer","data":{…}}`, and `POST /__fx/native/{function}` with
    /// a payload as the platform sends it.
    pub control: SocketAddr,
    platform: Arc<dyn Platform>,
    _serving: [Serving; 2],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invoke {
    kind: String,
    #[serde(default)]
    data: Option<Value>,
}

impl Emulated {
    /// Puts a platform on two free ports of this machine.
    ///
    /// # Errors
    /// There are none.
    pub async fn serve(platform: Box<dyn Platform>) -> std::io::Result<Self> {
        let platform: Arc<dyn Platform> = platform.into();
        let (public, control) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let (http, control_address) = (public.local_addr()?, control.local_addr()?);
        let visited = Arc::clone(&platform);
        let public = serve(public, move |request: Request<Incoming>| {
            let platform = Arc::clone(&visited);
            async move { platform.http(request.map(|body| body.map_err(Into::into).boxed_unsync())).await }
        });
        let told = Arc::clone(&platform);
        let control = serve(control, move |request| {
            let platform = Arc::clone(&told);
            async move { answer(&*platform, request).await }
        });
        Ok(Self { http, control: control_address, platform, _serving: [public, control] })
    }

    /// Ends it as the platform does, within this time.
    pub async fn stop(&self, grace: Duration) {
        self.platform.stop(grace).await;
    }
}

impl std::fmt::Debug for Emulated {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Emulated").field("http", &self.http).field("control", &self.control).finish()
    }
}

async fn answer(platform: &dyn Platform, request: Request<Incoming>) -> Response<Body> {
    // A page in a browser can post to any local port, but not without saying where it comes from.
    if request.headers().contains_key(header::ORIGIN) {
        return failed(StatusCode::FORBIDDEN, &Failure::new("Forbidden", "the control port is not for browsers"));
    }
    let path = request.uri().path().to_owned();
    let native = path.starts_with("/__fx/native/");
    let function = path.strip_prefix("/__fx/native/").or_else(|| path.strip_prefix("/__fx/invoke/"));
    let Some(function) = function.filter(|_| request.method() == Method::POST).map(decoded) else {
        let message = "the control port has POST /__fx/invoke/{function} and POST /__fx/native/{function}";
        return failed(StatusCode::NOT_FOUND, &Failure::new("NotFound", message));
    };
    let body = match read(request.into_body(), MAX_EVENT).await {
        Ok(Some(body)) => body,
        Ok(None) => {
            let failure = Failure::new("BadEvent", "the event is larger than 64 MB");
            return failed(StatusCode::PAYLOAD_TOO_LARGE, &failure);
        }
        Err(error) => return failed(StatusCode::BAD_REQUEST, &Failure::new("BadEvent", error.to_string())),
    };
    let event = if native { Ok(Event::Native(body)) } else { described(&function, &body) };
    match event {
        Err(failure) => failed(StatusCode::BAD_REQUEST, &failure),
        Ok(event) => match platform.invoke(event).await {
            Ok(result) => json(StatusCode::OK, &object!({ "ok": true, "result": result })),
            Err(failure) => failed(StatusCode::INTERNAL_SERVER_ERROR, &failure),
        },
    }
}

fn described(function: &str, body: &Bytes) -> Result<Event, Failure> {
    let Invoke { kind, data } = serde_json::from_slice(body)
        .map_err(|error| Failure::new("BadEvent", format!("not an invocation: {error}")))?;
    Ok(Event::Of { function: function.to_owned(), kind, data: data.unwrap_or_else(|| object!({})) })
}

fn failed(status: StatusCode, failure: &Failure) -> Response<Body> {
    json(status, &object!({ "ok": false, "error": { "type": failure.kind, "message": failure.message } }))
}

/// A name out of a path.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, after @ ..] = rest {
        let number = after.get(..2).filter(|_| *first == b'%').map(String::from_utf8_lossy);
        let byte = number.as_ref().map(Cow::as_ref).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn names_come_out_of_paths() {
        assert_eq!(
            (decoded("a%2Eb"), decoded("%E4%BD%A0"), decoded("100%")),
            ("a.b".into(), "你".into(), "100%".into())
        );
    }
}
