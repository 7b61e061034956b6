//! Bodies of requests and answers.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use tokio::sync::mpsc;

/// What goes wrong with a body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body of a request or an answer.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;

/// Nothing.
pub fn empty() -> Body {
    full(Bytes::new())
}

/// All of it at once.
pub fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// What comes through a channel. An error there breaks the answer off, so that whoever reads it does not take it for whole.
pub fn streamed(mut pieces: mpsc::Receiver<Result<Bytes, BoxError>>) -> Body {
    let stream = futures_util::stream::poll_fn(move |context| {
        pieces.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    });
    StreamBody::new(stream).boxed_unsync()
}

/// An answer of the platform itself.
pub fn json(status: StatusCode, document: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(full(document.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Reads a body to its end. `None`: it is longer than `limit`; it was read all the same, so that its sender gets to read the answer.
///
/// # Errors
/// It broke off.
pub async fn read<B>(body: B, limit: usize) -> Result<Option<Bytes>, B::Error>
where
    B: http_body::Body<Data = Bytes> + Unpin,
{
    let mut body = body;
    let (mut all, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            length = length.saturating_add(data.len());
            if length <= limit {
                all.extend_from_slice(&data);
            } else {
                all = Vec::new();
            }
        }
    }
    Ok((length <= limit).then(|| all.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_to_its_limit() {
        assert_eq!(read(full("12345"), 5).await.unwrap().unwrap(), "12345");
        assert_eq!(read(full("123456"), 5).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_broken_stream_is_an_error() {
        let (sender, pieces) = mpsc::channel(2);
        sender.send(Ok("a".into())).await.unwrap();
        sender.send(Err("b".into())).await.unwrap();
        drop(sender);
        assert!(read(streamed(pieces), 5).await.is_err());
    }
}
