//! The work that is given out, and the only right answer to each piece.

use anyhow::{Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// What stands in every greeting besides the name.
const NOTE: &str = include_str!("../../examples/bench/note.txt");

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// `GET /hello/NAME`, with the headers a browser sends.
    Small,
    /// `POST /echo` of 32 KB that are not text.
    Binary,
    /// `POST /echo` of 256 KB of text that JSON has to escape.
    Text,
}

impl Work {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Small, Self::Binary, Self::Text];

    /// For names of metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Binary => "bin64",
            Self::Text => "echo256k",
        }
    }

    /// How many pieces of it take about as long as `small` small ones.
    pub fn count(self, small: usize) -> usize {
        match self {
            Self::Small => small,
            Self::Binary => small.div_ceil(2),
            Self::Text => small.div_ceil(20),
        }
    }

    /// The body of piece `number`: no two in a row are the same.
    fn body(self, number: usize) -> Vec<u8> {
        match self {
            Self::Small => Vec::new(),
            Self::Binary => (0..32 * 1024).map(|at: usize| (at * 31 + at / 256 + number) as u8).collect(),
            Self::Text => {
                let line = format!(
                    "\"{number}\"\tC:\\path\\{number}\nüber 你好 plain words follow here, as in most texts\r\n"
                );
                line.bytes().cycle().take(line.len() * (256 * 1024 / line.len())).collect()
            }
        }
    }

    /// The piece as an HTTP request's path and body.
    pub fn request(self, number: usize) -> (String, Vec<u8>) {
        match self {
            Self::Small => (format!("/hello/{}", name(number)), Vec::new()),
            Self::Binary | Self::Text => ("/echo".into(), self.body(number)),
        }
    }

    /// The piece as an event of API Gateway, payload format 2.0; small ones are about 1.4 KB.
    pub fn event(self, number: usize) -> Vec<u8> {
        let (path, body) = self.request(number);
        let method = if self == Self::Small { "GET" } else { "POST" };
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "lang=en&page=2",
            "cookies": ["session=0123456789abcdef0123456789abcdef", "theme=dark"],
            "headers": {
                "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "accept-encoding": "gzip, deflate, br",
                "accept-language": "en-US,en;q=0.9,de;q=0.8",
                "content-length": body.len().to_string(),
                "host": "abcdefghij.execute-api.eu-central-1.amazonaws.com",
                "priority": "u=0, i",
                "referer": "https://www.example.org/people/of/computing?lang=en&page=1",
                "sec-fetch-dest": "document",
                "sec-fetch-mode": "navigate",
                "sec-fetch-site": "cross-site",
                "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "x-amzn-trace-id": "Root=1-5e9f0c65-1de4d666d4dd26aced652b6c",
                "x-forwarded-for": "203.0.113.7",
                "x-forwarded-port": "443",
                "x-forwarded-proto": "https"
            },
            "queryStringParameters": { "lang": "en", "page": "2" },
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "abcdefghij",
                "domainName": "abcdefghij.execute-api.eu-central-1.amazonaws.com",
                "domainPrefix": "abcdefghij",
                "http": {
                    "method": method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "203.0.113.7",
                    "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
                },
                "requestId": format!("LV7fzho-{number:08}"),
                "routeKey": "$default",
                "stage": "$default",
                "time": "21/Apr/2026:15:08:21 +0000",
                "timeEpoch": 1_776_784_101_067_u64
            },
            "isBase64Encoded": false
        });
        match self {
            Self::Small => {}
            Self::Binary => {
                event["headers"]["content-type"] = "application/octet-stream".into();
                event["body"] = STANDARD.encode(&body).into();
                event["isBase64Encoded"] = true.into();
            }
            Self::Text => {
                event["headers"]["content-type"] = "text/plain; charset=utf-8".into();
                event["body"] = String::from_utf8_lossy(&body).into();
            }
        }
        event.to_string().into_bytes()
    }

    /// Holds an answer in API Gateway's format against the only right one.
    pub fn check_event(self, number: usize, answer: &[u8]) -> Result<()> {
        let answer: Value = serde_json::from_slice(answer)?;
        let status = answer["statusCode"].as_u64().unwrap_or_default();
        let body = answer["body"].as_str().unwrap_or_default();
        let body = match answer["isBase64Encoded"].as_bool() {
            Some(true) => STANDARD.decode(body)?,
            _ => body.as_bytes().to_vec(),
        };
        self.check(number, status, &body)
    }

    /// Holds an answer against the only right one.
    pub fn check(self, number: usize, status: u64, body: &[u8]) -> Result<()> {
        ensure!(status == 200, "{} {number}: status {status}: {}", self.name(), String::from_utf8_lossy(body));
        let right = match self {
            Self::Small => {
                let answer: Value = serde_json::from_slice(body)?;
                answer["message"] == format!("Hello, {}!", name(number)) && answer["note"] == NOTE
            }
            Self::Binary | Self::Text => body == self.body(number),
        };
        if !right {
            bail!("{} {number}: a wrong answer", self.name());
        }
        Ok(())
    }
}

/// Whom piece `number` greets.
fn name(number: usize) -> String {
    const NAMES: [&str; 5] = ["Ada", "Grace", "Edsger", "Barbara", "Tony"];
    format!("{}-{number}", NAMES[number % NAMES.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_the_size_and_shape_that_is_said() {
        let small = Work::Small.event(7);
        assert!((1300..1700).contains(&small.len()), "{}", small.len());
        let text: Value = serde_json::from_slice(&Work::Text.event(1)).unwrap();
        assert!((250_000..=262_144).contains(&text["body"].as_str().unwrap().len()));
    }

    #[test]
    fn only_the_right_answer_is_right() {
        for work in [Work::Binary, Work::Text] {
            let body = work.request(3).1;
            work.check(3, 200, &body).unwrap();
            assert!(work.check(4, 200, &body).is_err());
            assert!(work.check(3, 500, &body).is_err());
        }
        let greeting = |name: &str| json!({"message": format!("Hello, {name}!"), "note": NOTE}).to_string();
        let answer = |name| json!({"statusCode": 200, "body": greeting(name)}).to_string().into_bytes();
        Work::Small.check_event(1, &answer("Grace-1")).unwrap();
        assert!(Work::Small.check_event(2, &answer("Grace-1")).is_err());
    }

    #[test]
    fn binary_answers_come_in_base64() {
        let body = STANDARD.encode(Work::Binary.request(9).1);
        let answer = json!({"statusCode": 200, "isBase64Encoded": true, "body": body}).to_string();
        Work::Binary.check_event(9, answer.as_bytes()).unwrap();
    }
}
