//! Front doors: how an HTTP request becomes an event, and what becomes of the answer.

mod answer;
mod multi;
mod v2;

use fx_provider::emulator::{Body, json};
use http::{HeaderMap, HeaderName, Method, Response, StatusCode, header, request::Parts};
use serde_json::{Value, json as object};

use super::{PAYLOAD, sandbox::Reply};

/// What stands before a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    /// A function URL: format 2.0, the path as it was sent.
    Url {
        /// Whether answers are streamed (InvokeMode RESPONSE_STREAM).
        streaming: bool,
    },
    /// API Gateway's HTTP API: format 2.0, the path decoded.
    HttpApi,
    /// API Gateway's REST API: format 1.0.
    RestApi,
    /// An application load balancer.
    Alb {
        /// Whether the target group has `lambda.multi_value_headers.enabled`.
        multi_value: bool,
    },
}

/// Function URLs always name their own domain, by which a function can tell them from an API.
const URL_DOMAIN: &str = "emulated.lambda-url.localhost";

/// Largest body through a load balancer, both ways.
const ALB: usize = 1024 * 1024;

impl Front {
    pub(super) fn largest_body(self) -> usize {
        match self {
            Self::Alb { .. } => ALB,
            _ => PAYLOAD,
        }
    }

    /// The event of a request.
    pub(super) fn event(self, head: &Parts, body: &[u8]) -> Result<Value, Box<Response<Body>>> {
        match self {
            Self::Url { .. } => {
                let domain = if has_url_domain(head) { host(head) } else { URL_DOMAIN.to_owned() };
                v2::event(head, body, head.uri.path(), &domain)
            }
            Self::HttpApi => {
                let path = decode(head.uri.path(), false);
                let path = path.ok_or_else(|| Box::new(refusal(400, "Bad Request")))?;
                v2::event(head, body, &path, &host(head))
            }
            Self::RestApi => multi::rest(head, body),
            Self::Alb { multi_value } => multi::alb(head, body, multi_value),
        }
    }

    /// The answer that a client gets.
    pub(super) async fn response(self, reply: Reply, method: &Method) -> Response<Body> {
        let streams = self == Self::Url { streaming: true };
        match reply {
            Reply::Stream(kind, body) if streams => {
                answer::streamed(&kind, body).await.unwrap_or_else(|| self.failed())
            }
            // A stream where none was asked for is taken as it is, prelude included.
            Reply::Stream(_, body) => Response::new(body),
            Reply::Whole(document) => answer::whole(self, &document, method).unwrap_or_else(|| self.failed()),
        }
    }

    /// What a client gets when the function failed.
    pub(super) fn failed(self) -> Response<Body> {
        match self {
            Self::Url { .. } => refusal(502, "Internal Server Error"),
            Self::HttpApi => refusal(500, "Internal Server Error"),
            Self::RestApi => refusal(502, "Internal server error"),
            Self::Alb { .. } => refusal(502, "Bad Gateway"),
        }
    }

    pub(super) fn too_large(self) -> Response<Body> {
        refusal(413, "Request Entity Too Large")
    }
}

pub(super) fn refusal(status: u16, message: &str) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    json(status, &object!({ "message": message }))
}

/// Headers that end at the front door.
const HOP_BY_HOP: [HeaderName; 5] =
    [header::CONNECTION, HeaderName::from_static("keep-alive"), header::TE, header::TRANSFER_ENCODING, header::UPGRADE];

/// The headers that reach the function: name and value, in order. What is not text is shown as well as it can be.
fn headers(map: &HeaderMap) -> impl Iterator<Item = (&str, String)> {
    map.iter()
        .filter(|(name, _)| !HOP_BY_HOP.contains(name))
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
}

/// Decodes percent-encoding; in a form a plus is a space. `None`: it is not UTF-8.
fn decode(text: &str, form: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(if form && *first == b'+' { b' ' } else { *first }));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

/// The pairs of a query string, as they stand there.
fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// A body as text where its media type says so and it is; else base64.
fn body(head: &Parts, body: &[u8]) -> (Value, bool) {
    use base64::{Engine, prelude::BASE64_STANDARD};
    if body.is_empty() {
        return (Value::Null, false);
    }
    let encoded = head.headers.contains_key(header::CONTENT_ENCODING);
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let textual = kind.starts_with("text/")
        || ["application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded"]
            .contains(&kind.as_str())
        || kind.ends_with("+json")
        || kind.ends_with("+xml");
    match std::str::from_utf8(body) {
        Ok(text) if textual && !encoded => (text.into(), false),
        _ => (BASE64_STANDARD.encode(body).into(), true),
    }
}

/// Whether a request is for the URL of a function.
pub(super) fn has_url_domain(head: &Parts) -> bool {
    host(head).contains(".lambda-url.")
}

fn host(head: &Parts) -> String {
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn head(request: &str, fields: &[(&str, &str)]) -> Parts {
        let (method, path) = request.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(path);
        let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_function_url_keeps_the_path_and_joins_what_repeats() {
        let fields =
            [("host", "h"), ("x-a", "1"), ("x-a", "2"), ("cookie", "a=1; b=2"), ("content-type", "text/plain")];
        let event = Front::Url { streaming: false }.event(&head("POST /a%20b?q=1&q=%25&e", &fields), b"hi").unwrap();
        assert_eq!(event["version"], "2.0");
        assert_eq!((&event["rawPath"], &event["rawQueryString"]), (&"/a%20b".into(), &"q=1&q=%25&e".into()));
        assert_eq!(event["queryStringParameters"], object!({"q": "1,%", "e": ""}));
        assert_eq!(event["headers"], object!({"host": "h", "x-a": "1,2", "content-type": "text/plain"}));
        assert_eq!(event["cookies"], object!(["a=1", "b=2"]));
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&"hi".into(), &false.into()));
        assert_eq!(event["requestContext"]["http"]["method"], "POST");
        assert_eq!(event["requestContext"]["domainName"], "emulated.lambda-url.localhost");
    }

    #[test]
    fn an_http_api_decodes_the_path_and_refuses_what_is_not_text() {
        let event = Front::HttpApi.event(&head("GET /a%20b", &[]), &[0xff]).unwrap();
        assert_eq!((&event["rawPath"], &event["body"]), (&"/a b".into(), &"/w==".into()));
        assert_eq!(event["isBase64Encoded"], true);
        let event = Front::HttpApi.event(&head("GET /", &[("host", "shop.example.com")]), b"").unwrap();
        assert_eq!(event["requestContext"]["domainName"], "shop.example.com");
        assert_eq!(Front::HttpApi.event(&head("GET /%ff", &[]), b"").unwrap_err().status(), 400);
    }

    #[test]
    fn a_rest_api_says_everything_twice() {
        let event = Front::RestApi.event(&head("GET /p?q=a+b&q=2", &[("x-a", "1"), ("x-a", "2")]), b"").unwrap();
        assert_eq!(event["headers"]["x-a"], "2");
        assert_eq!(event["multiValueHeaders"]["x-a"], object!(["1", "2"]));
        assert_eq!(event["multiValueQueryStringParameters"], object!({"q": ["a b", "2"]}));
        assert_eq!((&event["path"], &event["httpMethod"]), (&"/p".into(), &"GET".into()));
        assert!(event["body"].is_null());
    }

    #[test]
    fn a_load_balancer_leaves_the_query_encoded() {
        let event = Front::Alb { multi_value: true }.event(&head("GET /p?q=a%20b&q=2", &[("x-a", "1")]), b"").unwrap();
        assert_eq!(event["multiValueQueryStringParameters"], object!({"q": ["a%20b", "2"]}));
        assert_eq!(event["multiValueHeaders"], object!({"x-a": ["1"]}));
        assert!(event["requestContext"]["elb"]["targetGroupArn"].is_string());
        let event = Front::Alb { multi_value: false }.event(&head("GET /p?q=1&q=2", &[("x-a", "1")]), b"").unwrap();
        assert_eq!((&event["queryStringParameters"]["q"], &event["headers"]["x-a"]), (&"2".into(), &"1".into()));
    }
}
