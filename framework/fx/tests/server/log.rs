//! The lines of requests may wait for company: none is lost by it, and none is out of order.

use serde_json::Value;

use fx_testing::Connection;

use crate::process::Server;

const MANY: usize = 300;

fn ask(server: &Server) -> Connection {
    let mut connection = Connection::open(&server.http);
    for number in 0..MANY {
        assert_eq!(connection.request("GET", &format!("/item/{number}"), &[], b"").status, 200);
    }
    connection
}

fn paths(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter(|line| line["message"] == "request").filter_map(|line| line["path"].as_str()).collect()
}

fn asked() -> Vec<String> {
    (0..MANY).map(|number| format!("/item/{number}")).collect()
}

#[test]
fn a_line_comes_without_another_request() {
    let server = Server::start();
    assert_eq!(server.get("/item/7").status, 200);
    let line = server.wait_for_record(|line| line["message"] == "request");
    assert_eq!((&line["path"], &line["level"]), (&"/item/7".into(), &"info".into()));
}

#[test]
fn sigterm_loses_none() {
    let mut server = Server::start();
    let connection = ask(&server);
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
    drop(connection);
    assert_eq!(paths(&server.log()), asked());
}

#[test]
fn a_handler_that_ends_the_process_loses_none() {
    let mut server = Server::start();
    // A request of somebody who has gone may never reach its handler: so the connection is kept.
    let mut connection = ask(&server);
    connection.send("GET /leave HTTP/1.1\r\nhost: test\r\n\r\n");
    assert_eq!(server.ended().code(), Some(7));
    assert_eq!(paths(&server.log()), asked());
}

#[test]
fn what_a_handler_says_is_behind_what_was_before_and_out_at_once() {
    let mut server = Server::start();
    let mut connection = ask(&server);
    connection.send("GET /slow/1900 HTTP/1.1\r\nhost: test\r\n\r\n");
    server.wait_for_record(|line| line["message"] == "slowly");
    // No signal that it could prepare for.
    server.signal("KILL");
    server.ended();
    let lines = server.log();
    assert_eq!(paths(&lines), asked());
    assert_eq!(lines.last().map(|line| &line["message"]), Some(&"slowly".into()));
}

#[test]
fn a_panic_is_behind_what_was_before() {
    let mut server = Server::start();
    assert_eq!(ask(&server).request("GET", "/boom", &[], b"").status, 500);
    server.signal("TERM");
    server.ended();
    let lines = server.log();
    let panic = lines.iter().position(|line| line["target"] == "fx::panic").unwrap();
    assert_eq!(paths(&lines[..panic]), asked());
    assert_eq!(paths(&lines[panic..]), ["/boom"]);
}
