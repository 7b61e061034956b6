//! The client against servers that answer in every way HTTP allows, and in some it does not.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{Api, Connection, Post};

/// What one connection is answered with, request by request; after that it is closed.
type Script = Vec<Vec<&'static str>>;

struct Server {
    api: Api,
    serving: JoinHandle<Vec<String>>,
}

impl Server {
    /// Each connection plays one script; each piece of an answer is a write of its own.
    fn start(connections: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let api = Api::at(&listener.local_addr().unwrap().to_string());
        let serving = thread::spawn(move || {
            let mut requests = Vec::new();
            for script in connections {
                let (stream, _) = listener.accept().unwrap();
                play(&stream, script, &mut requests);
            }
            requests
        });
        Self { api, serving }
    }

    fn requests(self) -> Vec<String> {
        self.serving.join().unwrap()
    }
}

fn play(stream: &TcpStream, script: Script, requests: &mut Vec<String>) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    for answer in script {
        requests.push(read_request(&mut reader));
        for piece in answer {
            (&*stream).write_all(piece.as_bytes()).unwrap();
            thread::sleep(Duration::from_millis(3));
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> String {
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let start = text.len();
        reader.read_line(&mut text).unwrap();
        let line = text[start..].trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    text + &String::from_utf8(body).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn get(connection: &mut Connection) -> io::Result<(u16, Option<String>, String)> {
    let reply = connection.get("/next", "", |fields| fields.get("x-id").map(str::to_owned)).await?;
    let body = String::from_utf8(connection.body(&reply).to_vec()).unwrap();
    Ok((reply.status, reply.head, body))
}

fn both_kinds(check: impl Fn(bool)) {
    for shared in [false, true] {
        check(shared);
    }
}

#[test]
fn replies_with_length_chunks_or_neither_are_read_to_their_end() {
    both_kinds(|shared| {
        let server = Server::start(vec![vec![
            vec!["HTTP/1.1 200 OK\r\nX-Id: 1\r\nContent-Length: 5\r\n\r\nhello"],
            vec!["HTTP/1.1 2", "00 OK\r\nx-id: 2\r\ncontent-len", "gth: 5\r\n\r", "\nhel", "lo"],
            vec![
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
                "2;ext=1\r",
                "\nlo\r\n0\r\n",
                "Trailer: x\r\n\r\n",
            ],
            vec!["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"],
            vec!["HTTP/1.1 200 OK\r\n\r\nto the ", "end"],
        ]]);
        run(async {
            let mut connection = Connection::to(&server.api, shared);
            let id = |id: &str| Some(id.to_owned());
            assert_eq!(get(&mut connection).await.unwrap(), (200, id("1"), "hello".to_owned()));
            assert_eq!(get(&mut connection).await.unwrap(), (200, id("2"), "hello".to_owned()));
            assert_eq!(get(&mut connection).await.unwrap(), (200, None, "hello".to_owned()));
            assert_eq!(get(&mut connection).await.unwrap(), (204, None, String::new()));
            assert_eq!(get(&mut connection).await.unwrap(), (200, None, "to the end".to_owned()));
        });
        let requests = server.requests();
        assert_eq!(requests.len(), 5);
        assert!(requests[0].starts_with("GET /next HTTP/1.1\r\nHost: 127.0.0.1:"), "{}", requests[0]);
    });
}

#[test]
fn a_broken_connection_is_made_anew_and_the_request_sent_again() {
    both_kinds(|shared| {
        let ok = "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok";
        // Closed while idle; closed in mid-reply; closed by the word of its own reply.
        let server = Server::start(vec![
            vec![vec![ok]],
            vec![vec!["HTTP/1.1 202 Acc"]],
            vec![vec!["HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"]],
            vec![vec![ok]],
        ]);
        run(async {
            let mut connection = Connection::to(&server.api, shared);
            for _ in 0..3 {
                let address = |post: &mut Post<'_>| {
                    post.path(&["/answer"]);
                    post.header("X", "y");
                };
                let reply = connection.post(address, b"{\"a\":1}", |_| ()).await.unwrap();
                assert_eq!((reply.status, connection.body(&reply)), (202, &b"ok"[..]));
            }
        });
        let requests = server.requests();
        assert_eq!(requests.len(), 4);
        assert!(requests.iter().all(|request| request == &requests[0]), "{requests:?}");
        assert!(requests[0].ends_with("\r\nContent-Length: 7\r\n\r\n{\"a\":1}"), "{}", requests[0]);
    });
}

#[test]
fn someone_who_does_not_speak_http_is_not_asked_again() {
    for nonsense in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ] {
        let server = Server::start(vec![vec![vec![nonsense]]]);
        let error = run(async { get(&mut Connection::to(&server.api, false)).await }).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{nonsense}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_large_answer_and_a_large_question_pass_whole() {
    both_kinds(|shared| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let api = Api::at(&listener.local_addr().unwrap().to_string());
        let size = 3_000_000;
        let serving = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let request = read_request(&mut BufReader::new(&stream));
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
            (&stream).write_all(head.as_bytes()).unwrap();
            (&stream).write_all(&vec![b'b'; size]).unwrap();
            request.len()
        });
        run(async {
            let mut connection = Connection::to(&api, shared);
            let reply = connection.post(|post| post.path(&["/"]), &vec![b'a'; size], |_| ()).await.unwrap();
            assert_eq!(connection.body(&reply), vec![b'b'; size]);
        });
        assert!(serving.join().unwrap() > size);
    });
}

#[test]
fn a_server_that_is_not_there_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let api = Api::at(&listener.local_addr().unwrap().to_string());
    drop(listener);
    let started = std::time::Instant::now();
    assert!(run(async { get(&mut Connection::to(&api, false)).await }).is_err());
    assert!(started.elapsed() < Duration::from_secs(15));
}
