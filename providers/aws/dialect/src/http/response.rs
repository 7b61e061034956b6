//! From a response to the JSON a front door expects, written by hand into one buffer.

use axum::{body::Body, response::Response};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use fx_runtime::pull::Answer;
use http::{HeaderMap, HeaderName, StatusCode, header};
use http_body_util::BodyExt;

use super::{Shape, refusal};
use crate::json;

/// What Lambda takes as the answer to one invocation.
const MAX_ANSWER: usize = 6_291_556;

/// What a load balancer takes as a body.
const MAX_ALB_BODY: usize = 1_000_000;

/// Writes a response; one that is too large is answered for by another.
pub(crate) async fn write(response: Response, shape: Shape, out: &mut Vec<u8>) {
    let (head, body) = response.into_parts();
    let answer = match whole(body).await {
        Ok(body) => {
            let status = head.status;
            let too_large = matches!(shape, Shape::Alb { .. }) && body.len() > MAX_ALB_BODY;
            if !too_large {
                write_whole(status, &head.headers, &body, shape, out);
            }
            if !too_large && out.len() <= MAX_ANSWER {
                return;
            }
            tracing::error!(target: "fx", size = body.len(), "the answer is larger than the platform takes");
            "the answer is larger than the platform takes"
        }
        Err(error) => {
            tracing::error!(target: "fx", "the answer broke off: {error}");
            "internal error"
        }
    };
    out.clear();
    let (head, body) = refusal(StatusCode::INTERNAL_SERVER_ERROR, answer).into_parts();
    let body = whole(body).await.unwrap_or_default();
    write_whole(head.status, &head.headers, &body, shape, out);
}

/// Writes how a streamed response begins: a head as JSON and eight zero bytes. The body follows by itself.
pub(crate) fn begin(response: Response, out: &mut Vec<u8>) -> Answer {
    let (head, body) = response.into_parts();
    write_status(head.status, out);
    write_joined(&head.headers, out);
    out.push(b',');
    write_cookies(&head.headers, out);
    out.push(b'}');
    out.extend_from_slice(&[0; 8]);
    Answer::Stream(body)
}

async fn whole(mut body: Body) -> Result<Bytes, axum::Error> {
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        if first.is_empty() {
            first = data;
        } else {
            if more.is_empty() {
                more.extend_from_slice(&first);
            }
            more.extend_from_slice(&data);
        }
    }
    Ok(if more.is_empty() { first } else { more.freeze() })
}

fn write_whole(status: StatusCode, headers: &HeaderMap, body: &[u8], shape: Shape, out: &mut Vec<u8>) {
    write_status(status, out);
    match shape {
        Shape::Url | Shape::V2 => {
            write_joined(headers, out);
            out.push(b',');
            // Always, also if there are none: one emulator insists.
            write_cookies(headers, out);
        }
        Shape::V1 => write_lists(headers, out),
        Shape::Alb { lists } => {
            out.extend_from_slice(b"\"statusDescription\":");
            let reason = status.canonical_reason().unwrap_or("Unknown");
            json::string(&format!("{} {reason}", status.as_u16()), out);
            out.push(b',');
            if lists { write_lists(headers, out) } else { write_singly(headers, out) }
        }
    }
    match std::str::from_utf8(body) {
        Ok(text) => {
            out.extend_from_slice(b",\"isBase64Encoded\":false,\"body\":\"");
            json::escape(text.as_bytes(), out);
        }
        Err(_) => {
            out.extend_from_slice(b",\"isBase64Encoded\":true,\"body\":\"");
            let start = out.len();
            out.resize(start + body.len().div_ceil(3) * 4, 0);
            // There is exactly as much room as it takes.
            let written = BASE64_STANDARD.encode_slice(body, &mut out[start..]).unwrap_or_default();
            out.truncate(start + written);
        }
    }
    out.extend_from_slice(b"\"}");
}

fn write_status(status: StatusCode, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"statusCode\":");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b',');
}

/// One value a name; several are joined, and cookies, which cannot be, stand elsewhere.
fn write_joined(headers: &HeaderMap, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"headers\":{");
    let mut first = true;
    for name in headers.keys().filter(|name| *name != header::SET_COOKIE) {
        separate(&mut first, out);
        write_name(name, out);
        out.push(b'"');
        let mut values = headers.get_all(name).iter();
        if let Some(value) = values.next() {
            write_value(value.as_bytes(), out);
        }
        for value in values {
            out.extend_from_slice(b", ");
            write_value(value.as_bytes(), out);
        }
        out.push(b'"');
    }
    out.push(b'}');
}

fn write_cookies(headers: &HeaderMap, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"cookies\":[");
    write_values(headers, &header::SET_COOKIE, out);
    out.push(b']');
}

fn write_lists(headers: &HeaderMap, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"multiValueHeaders\":{");
    let mut first = true;
    for name in headers.keys() {
        separate(&mut first, out);
        write_name(name, out);
        out.push(b'[');
        write_values(headers, name, out);
        out.push(b']');
    }
    out.push(b'}');
}

/// One value a name, for a load balancer without lists. Several cookies get by under one name in several spellings, as case says nothing.
fn write_singly(headers: &HeaderMap, out: &mut Vec<u8>) {
    write_joined(headers, out);
    let cookies = headers.get_all(header::SET_COOKIE).iter().enumerate();
    for (index, cookie) in cookies {
        // Back inside the object just closed.
        out.pop();
        if out.last() != Some(&b'{') {
            out.push(b',');
        }
        let name = spelling(index);
        json::string(&name, out);
        out.extend_from_slice(b":\"");
        write_value(cookie.as_bytes(), out);
        out.extend_from_slice(b"\"}");
    }
}

/// `set-cookie` with other letters large for each number.
fn spelling(number: usize) -> String {
    let mut bit = 0;
    let spell = |letter: char| {
        if !letter.is_ascii_lowercase() {
            return letter;
        }
        let is_large = number >> bit & 1 == 1;
        bit += 1;
        if is_large { letter.to_ascii_uppercase() } else { letter }
    };
    "set-cookie".chars().map(spell).collect()
}

fn write_values(headers: &HeaderMap, name: &HeaderName, out: &mut Vec<u8>) {
    let mut first = true;
    for value in headers.get_all(name) {
        separate(&mut first, out);
        out.push(b'"');
        write_value(value.as_bytes(), out);
        out.push(b'"');
    }
}

fn write_name(name: &HeaderName, out: &mut Vec<u8>) {
    // Names have nothing in them that JSON escapes.
    out.push(b'"');
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b"\":");
}

/// JSON is UTF-8; a value that is not is taken for Latin-1, as HTTP once had it.
fn write_value(value: &[u8], out: &mut Vec<u8>) {
    match std::str::from_utf8(value) {
        Ok(text) => json::escape(text.as_bytes(), out),
        Err(_) => {
            let text: String = value.iter().map(|byte| char::from(*byte)).collect();
            json::escape(text.as_bytes(), out);
        }
    }
}

fn separate(first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(first) {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(response: Response, shape: Shape) -> serde_json::Value {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut out = Vec::new();
        runtime.block_on(write(response, shape, &mut out));
        serde_json::from_slice(&out).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out)))
    }

    fn response(body: impl Into<Body>) -> Response {
        Response::builder()
            .status(201)
            .header("content-type", "text/plain")
            .header("vary", "a")
            .header("vary", "b \"quoted\"")
            .header("set-cookie", "x=1; Path=/")
            .header("set-cookie", "y=2")
            .body(body.into())
            .unwrap()
    }

    #[test]
    fn format_2_joins_headers_and_lists_cookies() {
        assert_eq!(
            written(response("h\u{e4}\n"), Shape::V2),
            serde_json::json!({
                "statusCode": 201,
                "headers": {"content-type": "text/plain", "vary": "a, b \"quoted\""},
                "cookies": ["x=1; Path=/", "y=2"],
                "isBase64Encoded": false,
                "body": "h\u{e4}\n",
            })
        );
        assert_eq!(written(Response::new(Body::empty()), Shape::V2)["cookies"], serde_json::json!([]));
    }

    #[test]
    fn format_1_has_lists_only() {
        let answer = written(response("ok"), Shape::V1);
        assert_eq!(answer["multiValueHeaders"]["set-cookie"], serde_json::json!(["x=1; Path=/", "y=2"]));
        assert_eq!(answer["multiValueHeaders"]["vary"], serde_json::json!(["a", "b \"quoted\""]));
        assert!(answer.get("headers").is_none());
    }

    /// What others have published as answers, said by a handler and written by this module.
    #[test]
    fn published_answers_are_written_as_published() {
        let published = |name: &str| -> serde_json::Value {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
        };
        for (name, shape) in
            [("apigw-response.json", Shape::V1), ("alb-lambda-target-response.json", Shape::Alb { lists: true })]
        {
            let mut expected = published(name);
            let mut said = Response::builder().status(expected["statusCode"].as_u64().unwrap() as u16);
            let lists = expected["multiValueHeaders"].take();
            for (name, values) in lists.as_object().unwrap() {
                for value in values.as_array().unwrap() {
                    said = said.header(name, value.as_str().unwrap());
                }
            }
            let body = expected["body"].as_str().unwrap().to_owned();
            // One form of the headers is enough, and their names have no case.
            let members = expected.as_object_mut().unwrap();
            members.remove("headers");
            let lists = lists.as_object().unwrap().iter();
            members["multiValueHeaders"] = lists
                .map(|(name, values)| (name.to_lowercase(), values.clone()))
                .collect::<serde_json::Map<_, _>>()
                .into();
            members.insert("isBase64Encoded".to_owned(), false.into());
            assert_eq!(written(said.body(Body::from(body)).unwrap(), shape), expected, "{name}");
        }
    }

    #[test]
    fn a_load_balancer_gets_the_style_it_asked_in() {
        let lists = written(response("ok"), Shape::Alb { lists: true });
        assert_eq!(lists["statusDescription"], "201 Created");
        assert_eq!(lists["multiValueHeaders"]["set-cookie"][1], "y=2");
        let single = written(response("ok"), Shape::Alb { lists: false });
        assert_eq!(single["headers"]["set-cookie"], "x=1; Path=/");
        assert_eq!(single["headers"]["Set-cookie"], "y=2");
        assert!(single.get("multiValueHeaders").is_none());
    }

    #[test]
    fn bytes_that_are_no_text_are_encoded() {
        let answer = written(response(vec![0xff, 0, 1, 2]), Shape::V2);
        assert_eq!((&answer["body"], &answer["isBase64Encoded"]), (&"/wABAg==".into(), &true.into()));
    }

    #[test]
    fn an_answer_that_is_too_large_says_so() {
        let answer = written(response(vec![0xff; 5_000_000]), Shape::V2);
        assert_eq!((&answer["statusCode"], &answer["isBase64Encoded"]), (&500.into(), &false.into()));
        assert!(answer["body"].as_str().unwrap().contains("larger than the platform takes"));
        assert_eq!(written(response(vec![b'a'; 1_000_001]), Shape::Alb { lists: false })["statusCode"], 500);
    }

    #[test]
    fn a_stream_begins_with_a_head_and_eight_zeros() {
        let mut out = Vec::new();
        assert!(matches!(begin(response("later"), &mut out), Answer::Stream(_)));
        let (head, zeros) = out.split_at(out.len() - 8);
        assert_eq!(zeros, [0; 8]);
        let head: serde_json::Value = serde_json::from_slice(head).unwrap();
        assert_eq!((&head["statusCode"], &head["cookies"][0]), (&201.into(), &"x=1; Path=/".into()));
    }
}
