//! What is refused, and how.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn wrong_fields_are_refused_and_change_nothing() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let item = guest.json("POST", "/api/rule", json!({ "name": "x" })).await.json();
    let key = &item["key"];
    let cases = [
        ("POST", json!({}), 400),
        ("POST", json!({ "name": "" }), 400),
        ("POST", json!({ "name": " \t" }), 400),
        ("POST", json!({ "name": null }), 400),
        ("POST", json!({ "name": { "a": 1 } }), 400),
        ("POST", json!({ "name": ["x"] }), 400),
        ("POST", json!({ "name": 7 }), 400),
        ("POST", json!({ "name": "x".repeat(201) }), 400),
        ("POST", json!({ "name": "办".repeat(201) }), 400),
        ("POST", json!({ "name": "x", "desc": 1 }), 400),
        ("POST", json!({ "name": "x", "desc": "x".repeat(2001) }), 400),
        ("POST", json!({ "name": "x", "status": 4 }), 400),
        ("POST", json!({ "name": "x", "method": "steal" }), 400),
        ("POST", json!({ "name": "x", "method": 1 }), 400),
        ("POST", json!([]), 400),
        ("POST", json!("name"), 400),
        ("PUT", json!({ "name": "y" }), 400),
        ("PUT", json!({ "key": null, "name": "y" }), 400),
        ("PUT", json!({ "key": [key], "name": "y" }), 400),
        ("PUT", json!({ "key": key, "name": "" }), 400),
        ("PUT", json!({ "key": key, "status": "done" }), 400),
        ("PUT", json!({ "key": key, "status": -1 }), 400),
        ("PUT", json!({ "key": key, "status": 1.5 }), 400),
        ("PUT", json!({ "key": key, "status": "02" }), 400),
        ("PUT", json!({ "key": key, "name": "y", "status": 9 }), 400),
        ("PUT", json!({ "key": "no-such-key", "name": "y" }), 404),
        ("PUT", json!({ "key": 12, "name": "y" }), 404),
        ("POST", json!({ "key": "no-such-key", "method": "update" }), 404),
        ("DELETE", json!({}), 400),
        ("DELETE", json!({ "key": [] }), 400),
        ("DELETE", json!({ "key": {} }), 400),
        ("DELETE", json!({ "key": [[key]] }), 400),
        ("POST", json!({ "method": "delete" }), 400),
    ];
    for (method, body, status) in cases {
        let answer = guest.json(method, "/api/rule", body.clone()).await;
        assert_eq!(answer.status, status, "{method} {body}: {answer:?}");
        assert_eq!(answer.json()["success"], false, "{method} {body}");
        assert!(answer.json()["message"].as_str().is_some_and(|message| !message.is_empty()), "{method} {body}");
    }
    assert_eq!(guest.get("/api/rule").await.json()["data"], json!([item]));
}

#[tokio::test]
async fn the_limits_themselves_are_allowed() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let body = json!({ "name": "办".repeat(200), "desc": "é".repeat(2000) });
    let answer = guest.json("POST", "/api/rule", body.clone()).await;
    assert_eq!((answer.status, &answer.json()["name"], &answer.json()["desc"]), (200, &body["name"], &body["desc"]));
    let key = answer.json()["key"].clone();
    for (sent, stored) in [(json!(0), 0), (json!("2"), 2), (json!(3), 3), (json!("1"), 1)] {
        let answer = guest.json("PUT", "/api/rule", json!({ "key": key, "status": sent })).await;
        assert_eq!(answer.json()["status"], stored);
    }
    let answer = guest.json("PUT", "/api/rule", json!({ "key": key, "desc": "" })).await.json();
    assert_eq!((&answer["desc"], &answer["name"], &answer["status"]), (&json!(""), &body["name"], &json!(1)));
}

#[tokio::test]
async fn text_is_stored_as_it_came() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let name = "<img src=x onerror=alert(1)> \"'; DROP TABLE todo; -- \u{202e}\\ \u{0}";
    let answer = guest.json("POST", "/api/rule", json!({ "name": name })).await;
    assert_eq!(answer.json()["name"], name);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(guest.get("/api/rule").await.json()["data"][0]["name"], name);
}

#[tokio::test]
async fn bodies_that_are_none_are_refused() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    for (content_type, body, status) in [
        (Some("application/json"), "", 400),
        (Some("application/json"), "{\"name\":", 400),
        (Some("application/json"), "\u{0}\u{1}", 400),
        (Some("application/json; charset=utf-8"), "nonsense", 400),
        (Some("text/plain"), "{\"name\":\"x\"}", 415),
        (Some("multipart/form-data; boundary=x"), "--x--", 415),
        (Some("application/xml"), "<x/>", 415),
        (None, "{\"name\":\"x\"}", 415),
        (None, "", 400),
    ] {
        for method in ["POST", "PUT", "DELETE"] {
            let answer = guest.send(method, "/api/rule", content_type, body).await;
            assert_eq!(answer.status, status, "{method} {content_type:?} {body:?}");
            assert_eq!(answer.json()["success"], false);
        }
    }
    let deep = "[".repeat(50_000);
    assert_eq!(guest.send("POST", "/api/rule", Some("application/json"), &deep).await.status, 400);
    assert_eq!(guest.get("/api/rule").await.json()["total"], 0);
}

#[tokio::test]
async fn large_bodies_end_at_100_kb() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let body = |size: usize| format!("{{\"name\":\"x\",\"pad\":\"{}\"}}", "x".repeat(size - 22));
    let fits = body(100 * 1024);
    assert_eq!(fits.len(), 100 * 1024 - 1);
    assert_eq!(guest.send("POST", "/api/rule", Some("application/json"), &fits).await.status, 200);
    for path in ["/api/rule", "/api/login/account", "/user/register"] {
        let answer = guest.send("POST", path, Some("application/json"), &body(100 * 1024 + 2)).await;
        assert_eq!((answer.status, &answer.json()["success"]), (413, &json!(false)), "{path}");
    }
}
