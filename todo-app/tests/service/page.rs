//! The page, its files, and the headers around everything.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn the_page_answers_every_address_of_its_own() {
    let app = App::with_guests().await;
    let client = app.stranger();
    let page = client.get("/").await;
    assert!(page.text().contains("<!doctype html>"), "{}", page.text());
    for path in ["/", "/welcome", "/list", "/admin", "/user/login", "/user/register", "/index.html"] {
        let answer = client.get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type").as_str()),
            (200, "text/html; charset=utf-8"),
            "{path}"
        );
        assert_eq!(answer.text(), page.text(), "{path}");
    }
    assert_eq!(client.get("/app.css").await.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(client.get("/icons/todo.svg").await.header("content-type"), "image/svg+xml");
    assert_eq!(client.get("/no/such/file.js").await.status, 404);
    let secret = client.get("/../Cargo.toml").await;
    assert!(!secret.text().contains("[package]"));
}

#[tokio::test]
async fn a_file_that_is_the_same_is_not_sent_again() {
    let app = App::with_guests().await;
    let client = app.stranger();
    let first = client.get("/app.css").await;
    let etag = first.header("etag");
    assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
    let second = client.with_header("if-none-match", &etag).get("/app.css").await;
    assert_eq!((second.status, second.text().as_str(), second.header("etag")), (304, "", etag));
    assert_eq!(client.with_header("if-none-match", "\"other\"").get("/app.css").await.status, 200);
    let head = client.send("HEAD", "/app.css", None, "").await;
    assert_eq!((head.status, head.text().as_str()), (200, ""));
    assert_eq!(head.header("content-length"), first.text().len().to_string());
}

#[tokio::test]
async fn unknown_api_paths_are_json() {
    let app = App::with_guests().await;
    let client = app.stranger();
    for (method, path) in [
        ("GET", "/api/notices"),
        ("GET", "/api/login/captcha?mobile=1"),
        ("GET", "/api/"),
        ("POST", "/api/nothing"),
        ("PATCH", "/api/rule"),
        ("GET", "/api/usersXYZ"),
    ] {
        let answer = client.send(method, path, None, "").await;
        assert_eq!((answer.status, &answer.json()["success"]), (404, &json!(false)), "{method} {path}");
    }
    let answer = client.send("POST", "/welcome", None, "").await;
    assert_eq!((answer.status, &answer.json()["success"]), (405, &json!(false)), "{answer:?}");
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let app = App::with_guests().await;
    let client = app.stranger();
    for path in ["/", "/app.css", "/api/rule", "/api/none", "/none.js", "/user/0"] {
        let answer = client.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        for absent in ["x-powered-by", "server", "access-control-allow-origin"] {
            assert_eq!(answer.header(absent), "", "{path}");
        }
    }
    assert_eq!(client.get("/api/currentUser").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn writes_from_other_sites_are_refused() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let foreign = guest.with_header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.form("POST", "/api/rule", "name=x").await.status, 403);
    assert_eq!(foreign.form("POST", "/api/login/account", "userName=a&password=b").await.status, 403);
    assert_eq!(foreign.get("/").await.status, 200, "a link from elsewhere is fine");
    assert_eq!(
        guest.with_header("sec-fetch-site", "same-origin").form("POST", "/api/rule", "name=x").await.status,
        200
    );
}
