//! Requests and answers.

use fx_testing::Connection;

use crate::process::{Server, message};

#[test]
fn a_request_reaches_its_function() {
    let server = Server::start();
    let answer = server.get("/greet/ann%20b%C3%A9");
    assert_eq!((answer.status, answer.body.as_str()), (200, "hello ann bé"));
    assert_eq!(server.get("/greet/ann/").body, "hello ann");
    let line = server.wait_for_record(|line| line["message"] == "request");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["path"], "/greet/ann%20b%C3%A9");
    assert_eq!((&line["function"], &line["status"]), (&"greet".into(), &200.into()));
    assert!(line["ms"].is_number() && line["requestId"].is_string() && line["time"].is_string(), "{line}");
}

#[test]
fn routes_are_tried_in_order_and_by_method() {
    let server = Server::start();
    assert_eq!(server.get("/item/sorted").body, "sorted");
    assert_eq!(server.get("/item/7").body, "7");
    // The more specific path has no DELETE; the less specific one has, and refuses the text in its own way.
    let answer = server.request("DELETE", "/item/sorted");
    assert_eq!(answer.status, 400);
    assert!(message(&answer).contains("sorted"), "{answer:?}");
}

#[test]
fn head_is_get_without_a_body() {
    let server = Server::start();
    let mut connection = Connection::open(&server.http);
    let head = connection.request("HEAD", "/greet/ann", &[], b"");
    assert_eq!((head.status, head.header("content-length").as_str()), (200, "9"));
    // Had there been a body, this answer would begin with it.
    assert_eq!(connection.request("GET", "/greet/ann", &[], b"").body, "hello ann");
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let server = Server::start();
    for (method, path, allow) in [
        ("POST", "/item/7", "GET, HEAD, DELETE"),
        ("POST", "/item/sorted", "GET, HEAD, DELETE"),
        ("OPTIONS", "/item", "POST, PUT"),
        ("GET", "/item/", "POST, PUT"),
    ] {
        let answer = server.request(method, path);
        assert_eq!((answer.status, answer.header("allow").as_str()), (405, allow), "{method} {path}");
        assert_eq!(message(&answer), "this path does not have this method");
    }
    assert_eq!(server.request("OPTIONS", "/echo").status, 200);
}

#[test]
fn an_unknown_path_is_a_json_404() {
    let server = Server::start();
    for path in
        ["/", "/nothing", "/api/nothing?x=1", "/Greet/ann", "/greet", "/greet//", "//greet/ann", "/__fx/invoke/tick"]
    {
        let answer = server.get(path);
        assert_eq!((answer.status, message(&answer).as_str()), (404, "not found"), "{path}");
        assert_eq!(answer.header("x-trail"), "app", "layers of the app cover it: {path}");
    }
}

#[test]
fn a_path_that_is_not_text_is_refused() {
    let server = Server::start();
    for path in ["/greet/%ff", "/files/%C3%28", "/nothing/%80"] {
        assert_eq!(server.get(path).status, 400, "{path}");
    }
    assert_eq!(server.get("/greet/100%").body, "hello 100%");
}

#[test]
fn a_wildcard_has_its_prefix_too() {
    let server = Server::start();
    assert_eq!(server.get("/files").body, "None /files /files files");
    assert_eq!(server.get("/files/").body, "None /files/ /files/ files");
    assert_eq!(server.get("/files/a/b%20c?q").body, "Some(\"a/b c\") /files/{*path} /files/a/b%20c?q files");
}

#[test]
fn middleware_runs_from_the_outside_in() {
    let server = Server::start();
    let mut connection = Connection::open(&server.http);
    // Each leaves its mark on the answer, which passes them from the inside out.
    let answer = connection.request("GET", "/greet/ann", &[], b"");
    assert_eq!(answer.header("x-trail"), "inner,layer,outer,app");
    let refused = connection.request("GET", "/greet/ann", &[("x-refuse", "1")], b"");
    assert_eq!((refused.status, message(&refused).as_str()), (403, "no hello"));
    assert_eq!(server.get("/item/7").header("x-trail"), "app");
}

#[test]
fn bodies_are_json_or_refused_as_json() {
    let server = Server::start();
    let mut connection = Connection::open(&server.http);
    let json = [("content-type", "application/json")];
    let answer = connection.request("POST", "/item", &json, br#"{"name":"milk","count":2}"#);
    assert_eq!((answer.status, answer.json()["count"].as_u64()), (201, Some(2)));
    let broken = connection.request("PUT", "/item", &json, b"{");
    assert_eq!(broken.status, 400);
    assert!(message(&broken).starts_with("Failed to parse"), "{broken:?}");
    let wrong = connection.request("POST", "/item", &json, br#"{"name":"milk","count":999}"#);
    assert_eq!(wrong.status, 422);
    assert!(message(&wrong).contains("count"), "{wrong:?}");
    assert_eq!(connection.request("POST", "/item", &[], b"name=milk").status, 415);
}

#[test]
fn a_large_body_passes_up_to_the_limit() {
    let server = Server::start();
    let body = "x".repeat(3 * 1024 * 1024);
    let mut connection = Connection::open(&server.http);
    assert_eq!(connection.request("POST", "/echo", &[], body.as_bytes()).body, body);
    let answer = Connection::open(&server.http).request("POST", "/echo", &[], (body + "x").as_bytes());
    assert_eq!(
        (answer.status, message(&answer).as_str()),
        (413, "Failed to buffer the request body: length limit exceeded")
    );
}

#[test]
fn an_error_tells_the_log_and_not_the_client() {
    let server = Server::start();
    let answer = server.get("/fail");
    assert_eq!((answer.status, message(&answer).as_str()), (500, "internal error"));
    let line = server.wait_for_record(|line| line["level"] == "error");
    assert_eq!(line["requestId"], answer.json()["requestId"]);
    assert!(line["detail"].as_str().unwrap().contains("No such file"), "{line}");
}

#[test]
fn a_panic_ends_one_request_only() {
    let server = Server::start();
    let mut connection = Connection::open(&server.http);
    let answer = connection.request("GET", "/boom", &[], b"");
    assert_eq!((answer.status, message(&answer).as_str()), (500, "internal error"));
    let line = server.wait_for_record(|line| line["message"] == "panic: on purpose");
    assert_eq!(line["requestId"], answer.json()["requestId"]);
    assert!(line["location"].as_str().unwrap().contains("service.rs"), "{line}");
    // Even the connection lives on.
    assert_eq!(connection.request("GET", "/item/7", &[], b"").body, "7");
}

#[test]
fn a_function_out_of_time_is_answered_for() {
    let server = Server::start();
    let answer = server.get("/slow/60000");
    assert_eq!((answer.status, message(&answer).as_str()), (504, "no answer within 2 s"));
    assert!(answer.json()["requestId"].is_string());
    assert_eq!(server.get("/slow/1").body, "done");
}

#[test]
fn the_context_says_what_is_known() {
    let server = Server::start();
    let mut connection = Connection::open(&server.http);
    let parent = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let answer = connection.request("GET", "/id", &[("x-request-id", "mine"), parent], b"").json();
    assert_ne!(answer[0], "mine", "a stranger does not choose ids");
    assert_eq!(answer[1], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(answer[2], true);
    let line = server.wait_for_record(|line| line["message"] == "from the pool");
    assert_eq!((&line["requestId"], &line["function"]), (&answer[0], &"id".into()));

    let server = Server::start_with(&[("FX_STAGE", "dev")]);
    let mut connection = Connection::open(&server.http);
    let id = |connection: &mut Connection, id| connection.request("GET", "/id", &[("x-request-id", id)], b"").json();
    assert_eq!(id(&mut connection, "mine")[0], "mine");
    assert_ne!(id(&mut connection, "\"><script>")[0], "\"><script>");
}
