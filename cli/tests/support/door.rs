//! Ways in to a running service: HTTP, and events through AWS's own Runtime Interface Emulator.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::dev::SOON;

/// Somewhere to ask.
pub trait Ask {
    /// `request` is method and target; the body comes with its type.
    fn ask(&self, request: &str, headers: &[(&str, &str)], body: Option<(&str, &str)>) -> Answer;
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.as_str())
    }

    /// The cookie that was set, as a browser sends it back.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }
}

/// A server.
pub struct Http {
    address: SocketAddr,
}

impl Http {
    /// At `http://127.0.0.1:PORT`.
    pub fn new(url: &str) -> Self {
        Self { address: url.trim_start_matches("http://").parse().unwrap() }
    }

    /// Asks as a client with another address of this machine.
    pub fn ask_from(
        &self,
        client: [u8; 4],
        request: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, &str)>,
    ) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::from((client, 0))).unwrap();
            socket.connect(self.address).await.unwrap().into_std().unwrap()
        });
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        let mut text = format!("{request} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let (kind, body) = body.unwrap_or_default();
        if !kind.is_empty() {
            text.push_str(&format!("content-type: {kind}\r\n"));
        }
        text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap().parse().unwrap();
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers: Vec<_> = lines.filter_map(header).collect();
        let chunked = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"));
        Answer { status, headers, body: if chunked { unchunked(body) } else { body.to_owned() } }
    }
}

impl Ask for Http {
    fn ask(&self, request: &str, headers: &[(&str, &str)], body: Option<(&str, &str)>) -> Answer {
        self.ask_from([127, 0, 0, 1], request, headers, body)
    }
}

/// Chunks of text, put together. A chunk may end within a character, so it goes by bytes.
fn unchunked(text: &str) -> String {
    let (mut rest, mut whole) = (text.as_bytes(), Vec::new());
    while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size @ 1..) = size else { break };
        whole.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
    String::from_utf8(whole).unwrap()
}

/// A function behind AWS's own emulator, which is sent events and not requests.
pub struct Rie {
    child: Child,
    address: String,
}

/// Where `cargo xtask test` puts it.
fn emulator() -> PathBuf {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/aws-lambda-rie");
    let path = std::env::var_os("FX_RIE").map_or(installed, PathBuf::from);
    assert!(
        path.exists(),
        "{} is not there: `cargo xtask test` installs it, FX_RIE names another place",
        path.display()
    );
    path
}

impl Rie {
    /// Starts it with a program of a package.
    pub fn start(program: &Path, variables: &[(&str, String)]) -> Self {
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let (address, api) = (free(), free());
        let child = Command::new(emulator())
            .args(["--runtime-interface-emulator-address", &address, "--runtime-api-address", &api])
            .arg(program)
            .arg("handler")
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", "10")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + SOON;
        while TcpStream::connect(&address).is_err() {
            assert!(Instant::now() < until, "the emulator does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, address }
    }
}

impl Ask for Rie {
    fn ask(&self, request: &str, headers: &[(&str, &str)], body: Option<(&str, &str)>) -> Answer {
        let (method, target) = request.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let own = headers.iter().filter(|(name, _)| *name != "cookie").copied();
        let mut fields: BTreeMap<&str, &str> = own.chain([("host", "service.example")]).collect();
        let cookies: Vec<&str> =
            headers.iter().filter(|(name, _)| *name == "cookie").map(|(_, value)| *value).collect();
        if let Some((kind, _)) = body {
            fields.insert("content-type", kind);
        }
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": fields, "cookies": cookies,
            "requestContext": {
                "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "test" },
                "stage": "$default", "routeKey": "$default", "domainName": "service.example",
            },
            "body": body.map(|(_, text)| text), "isBase64Encoded": false,
        });
        let invoke = "POST /2015-03-31/functions/function/invocations";
        let answer = Http { address: self.address.parse().unwrap() }.ask(
            invoke,
            &[],
            Some(("application/json", &event.to_string())),
        );
        let document = answer.json();
        assert_eq!(document["isBase64Encoded"], false, "{document}");
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in document["headers"].as_object().unwrap_or_else(|| panic!("{document}")) {
            headers.push((name.clone(), value.as_str().unwrap().to_owned()));
        }
        for cookie in document["cookies"].as_array().into_iter().flatten() {
            headers.push(("set-cookie".into(), cookie.as_str().unwrap().to_owned()));
        }
        let status = u16::try_from(document["statusCode"].as_u64().unwrap()).unwrap();
        Answer { status, headers, body: document["body"].as_str().unwrap_or_default().to_owned() }
    }
}

impl Drop for Rie {
    fn drop(&mut self) {
        // It ends its function itself.
        let _ = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status();
        let until = Instant::now() + Duration::from_secs(5);
        while self.child.try_wait().is_ok_and(|status| status.is_none()) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
