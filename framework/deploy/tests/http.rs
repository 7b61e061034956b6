//! Servers that behave badly.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener},
    thread,
};

use fx_deploy::{CloudError, Http, Kind};

/// Sends a request to a server that reads it, says this, and hangs up.
async fn ask(answer: &'static str) -> Result<fx_deploy::Answer, CloudError> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a caller");
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).expect("a request");
        stream.write_all(answer.as_bytes()).expect("to answer");
        stream.shutdown(Shutdown::Both).expect("to hang up");
    });
    let http = Http::new().expect("a client");
    let request = http.client().get(format!("http://{address}/x?Signature=hush")).build().expect("a request");
    let result = http.send("GetFunction", request).await;
    server.join().expect("the server");
    result
}

#[tokio::test]
async fn every_status_is_an_answer() {
    let answer = ask("HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\nno").await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (503, b"no".as_slice()));
    assert_eq!(answer.retry_after().map(|pause| pause.as_secs()), Some(7));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let answer = ask("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    assert_eq!(answer.status.as_u16(), 302);
}

#[tokio::test]
async fn a_lost_answer_may_be_asked_for_again_and_shows_no_signature() {
    for broken in ["", "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf"] {
        let error = ask(broken).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{error}");
        assert!(!error.to_string().contains("hush") && !format!("{error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_said_with_the_host() {
    let http = Http::new().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let request = http.client().get(format!("http://{closed}/")).build().unwrap();
    let error = http.send("GetFunction", request).await.unwrap_err();
    assert!(error.to_string().starts_with("GetFunction: cannot reach 127.0.0.1: "), "{error}");
}
