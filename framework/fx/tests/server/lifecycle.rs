//! Starting, staying, stopping.

use std::{net::TcpStream, time::Instant};

use fx_testing::Connection;

use crate::process::{Server, spawn};

#[test]
fn a_connection_is_kept() {
    let server = Server::start();
    let mut connection = Connection::open(&server.http);
    for id in 0..20 {
        assert_eq!(connection.request("GET", &format!("/item/{id}"), &[], b"").body, id.to_string());
    }
    connection.send("GET /item/1 HTTP/1.1\r\nhost: test\r\n\r\nGET /item/2 HTTP/1.1\r\nhost: test\r\n\r\n");
    assert_eq!((connection.receive(false).body, connection.receive(false).body), ("1".into(), "2".into()));
    let last = connection.request("GET", "/item/3", &[("connection", "close")], b"");
    assert_eq!(last.body, "3");
    assert!(connection.is_closed());
}

#[test]
fn sigterm_lets_open_requests_end() {
    let mut server = Server::start();
    let mut idle = Connection::open(&server.http);
    assert_eq!(idle.request("GET", "/item/1", &[], b"").status, 200);
    let mut busy = Connection::open(&server.http);
    busy.send("GET /slow/700 HTTP/1.1\r\nhost: test\r\n\r\n");
    server.wait_for_record(|line| line["message"] == "slowly");
    server.signal("TERM");
    server.wait_for_record(|line| line["message"] == "stopping");
    assert!(idle.is_closed(), "an idle connection is let go at once");
    let answer = busy.receive(false);
    assert_eq!((answer.status, answer.body.as_str()), (200, "done"));
    assert!(busy.is_closed());
    assert_eq!(server.ended().code(), Some(0));
    let messages: Vec<_> = server.log().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect();
    assert_eq!(messages[messages.len() - 3..], ["request", "goodbye", "stopped"]);
    assert!(TcpStream::connect(&server.http).is_err());
}

#[test]
fn sigterm_waits_no_longer_than_it_may() {
    let mut server = Server::start_with(&[("FX_DRAIN_SECONDS", "1")]);
    let mut busy = Connection::open(&server.http);
    busy.send("GET /slow/1900 HTTP/1.1\r\nhost: test\r\n\r\n");
    server.wait_for_record(|line| line["message"] == "slowly");
    let asked = Instant::now();
    server.signal("INT");
    assert_eq!(server.ended().code(), Some(0));
    assert!(asked.elapsed().as_millis() >= 900, "{:?}", asked.elapsed());
    let lines = server.log();
    assert!(lines.iter().any(|line| line["message"] == "stopped with requests unanswered"), "{lines:#?}");
    assert!(lines.iter().any(|line| line["message"] == "goodbye"), "hooks run all the same");
}

#[test]
fn a_second_signal_means_now() {
    let mut server = Server::start_with(&[("FX_DRAIN_SECONDS", "60")]);
    let mut busy = Connection::open(&server.http);
    busy.send("GET /slow/1900 HTTP/1.1\r\nhost: test\r\n\r\n");
    server.wait_for_record(|line| line["message"] == "slowly");
    server.signal("INT");
    server.wait_for_record(|line| line["message"] == "stopping");
    server.signal("INT");
    assert_eq!(server.ended().code(), Some(0));
    let lines = server.log();
    assert!(lines.iter().any(|line| line["message"] == "stopped with requests unanswered"), "{lines:#?}");
}

#[test]
fn several_threads_serve_as_well() {
    let server = Server::start_with(&[("TEST_THREADS", "3"), ("TEST_GREETING", "moin")]);
    let clients: Vec<_> = (0..8)
        .map(|number| {
            let address = server.http.clone();
            std::thread::spawn(move || {
                let mut connection = Connection::open(&address);
                (0..50).all(|_| {
                    connection.request("GET", &format!("/greet/{number}"), &[], b"").body == format!("moin {number}")
                })
            })
        })
        .collect();
    assert!(clients.into_iter().all(|client| client.join().unwrap()));
}

#[test]
fn what_cannot_start_says_why() {
    for (variable, value, expected) in [
        ("TEST_PANIC", "1", "does not start: panic at start: nothing to start with"),
        ("TEST_FILE", "/no/such/file", "does not start: the app could not be built: internal error"),
        ("FX_LISTEN", "nowhere", "does not start: cannot listen on nowhere"),
        ("FX_DRAIN_SECONDS", "soon", "does not start: FX_DRAIN_SECONDS is \"soon\", expected whole seconds"),
    ] {
        let mut server = spawn(&[(variable, value)]);
        assert_eq!(server.ended().code(), Some(1), "{variable}");
        let last = server.log().pop().unwrap();
        assert!(last["message"].as_str().unwrap().starts_with(expected), "{last}");
    }
}

#[test]
fn the_log_is_as_loud_as_it_is_told() {
    let server = Server::start_with(&[("FX_LOG", "fx=info,warn")]);
    assert_eq!(server.get("/id").status, 200);
    assert_eq!(server.get("/boom").status, 500);
    server.wait_for_record(|line| line["target"] == "fx::panic");
    assert!(!server.log().iter().any(|line| line["message"] == "from the pool"));
}

#[test]
fn where_it_listens_is_said_even_in_silence() {
    let server = Server::start_with(&[("FX_LOG", "off")]);
    assert_eq!(server.get("/id").status, 200);
    assert_eq!(server.log().len(), 1, "{:#?}", server.log());
}
