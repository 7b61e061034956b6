//! What a function answers, as a response.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use fx_provider::emulator::{Body, full};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use http_body_util::{BodyExt, StreamBody};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{ALB, Front, HOP_BY_HOP};

/// What separates the head of a streamed answer from its body.
const END_OF_HEAD: [u8; 8] = [0; 8];
/// A head longer than this is none.
const LONGEST_HEAD: usize = 1024 * 1024;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    multi_value_headers: Option<Map<String, Value>>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// An answer in one piece. `None`: the front door cannot make anything of it.
pub(super) fn whole(front: Front, document: &Bytes, method: &Method) -> Option<Response<Body>> {
    let value: Value = serde_json::from_slice(document).ok()?;
    let format_2 = matches!(front, Front::Url { .. } | Front::HttpApi);
    if value.get("statusCode").is_none() {
        // Format 2.0 takes any other document for the body.
        return format_2.then(|| fx_provider::emulator::json(StatusCode::OK, &value));
    }
    let answer = Answer::deserialize(value).ok()?;
    let mut response = head(&answer, format_2)?;
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded { BASE64_STANDARD.decode(body).ok()? } else { body.into_bytes() };
    if matches!(front, Front::Alb { .. }) && body.len() > ALB {
        return None;
    }
    if *method != Method::HEAD {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = full(body);
    }
    Some(response)
}

fn head(answer: &Answer, format_2: bool) -> Option<Response<Body>> {
    let mut response = Response::new(full(""));
    *response.status_mut() = StatusCode::from_u16(answer.status_code).ok()?;
    for (name, value) in answer.headers.iter().flatten() {
        put(&mut response, name, value)?;
    }
    if format_2 {
        for cookie in answer.cookies.iter().flatten() {
            put(&mut response, "set-cookie", &Value::from(cookie.as_str()))?;
        }
    } else {
        for (name, values) in answer.multi_value_headers.iter().flatten() {
            response.headers_mut().remove(name);
            for value in values.as_array()? {
                put(&mut response, name, value)?;
            }
        }
    }
    for name in &HOP_BY_HOP {
        response.headers_mut().remove(name);
    }
    Some(response)
}

fn put(response: &mut Response<Body>, name: &str, value: &Value) -> Option<()> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return None,
    };
    let name = HeaderName::try_from(name).ok()?;
    response.headers_mut().append(name, HeaderValue::try_from(text).ok()?);
    Some(())
}

/// A streamed answer: its head, eight zero bytes, its body. `None`: there is no such head.
pub(super) async fn streamed(kind: &str, mut body: Body) -> Option<Response<Body>> {
    if kind != "application/vnd.awslambda.http-integration-response" {
        let mut response = Response::new(body);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::try_from(kind).ok()?);
        return Some(response);
    }
    let mut read = BytesMut::new();
    let end = loop {
        if let Some(end) = read.windows(END_OF_HEAD.len()).position(|window| window == END_OF_HEAD) {
            break end;
        }
        if read.len() > LONGEST_HEAD {
            return None;
        }
        read.extend_from_slice(&body.frame().await?.ok()?.into_data().unwrap_or_default());
    };
    let rest = read.split_off(end + END_OF_HEAD.len()).freeze();
    read.truncate(end);
    let answer: Answer = serde_json::from_slice(&read).ok()?;
    let mut response = head(&answer, true)?;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    let mut first = Some(rest).filter(|rest| !rest.is_empty());
    let stream = futures_util::stream::poll_fn(move |context| match first.take() {
        Some(rest) => std::task::Poll::Ready(Some(Ok(http_body::Frame::data(rest)))),
        None => http_body::Body::poll_frame(std::pin::Pin::new(&mut body), context),
    });
    *response.body_mut() = StreamBody::new(stream).boxed_unsync();
    Some(response)
}

#[cfg(test)]
mod tests {
    use fx_provider::emulator::{read, streamed as channel};
    use tokio::sync::mpsc;

    use super::*;

    const URL: Front = Front::Url { streaming: false };

    async fn text(response: Response<Body>) -> String {
        String::from_utf8(read(response.into_body(), 100).await.unwrap().unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn cookies_and_binary_bodies_come_back() {
        let document =
            r#"{"statusCode":201,"headers":{"x-a":"1"},"cookies":["a=1","b=2"],"body":"aGk=","isBase64Encoded":true}"#;
        let response = whole(URL, &document.into(), &Method::GET).unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
        assert_eq!(text(response).await, "hi");
    }

    #[tokio::test]
    async fn any_document_is_a_body_in_format_2_only() {
        let response = whole(URL, &r#"{"a":1}"#.into(), &Method::GET).unwrap();
        assert_eq!(
            (response.headers()["content-type"].as_bytes(), response.status().as_u16()),
            (&b"application/json"[..], 200)
        );
        assert_eq!(text(response).await, r#"{"a":1}"#);
        assert!(whole(Front::RestApi, &r#"{"a":1}"#.into(), &Method::GET).is_none());
        assert!(whole(URL, &r#"{"statusCode":"x"}"#.into(), &Method::GET).is_none());
    }

    #[test]
    fn many_values_replace_the_one() {
        let document = r#"{"statusCode":200,"headers":{"x-a":"2"},"multiValueHeaders":{"x-a":["1","2"]}}"#;
        let response = whole(Front::RestApi, &document.into(), &Method::GET).unwrap();
        assert_eq!(response.headers().get_all("x-a").iter().count(), 2);
    }

    #[tokio::test]
    async fn the_head_of_a_stream_may_come_in_pieces() {
        let (sender, pieces) = mpsc::channel(8);
        for piece in [&br#"{"statusCode":202,"co"#[..], b"okies\":[\"a=1\"]}\0\0\0", b"\0\0\0\0\0he", b"llo"] {
            sender.send(Ok(Bytes::from_static(piece))).await.unwrap();
        }
        drop(sender);
        let kind = "application/vnd.awslambda.http-integration-response";
        let response = streamed(kind, channel(pieces)).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["set-cookie"]),
            (202, &HeaderValue::from_static("a=1"))
        );
        assert_eq!(text(response).await, "hello");
    }
}
