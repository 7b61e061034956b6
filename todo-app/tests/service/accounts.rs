//! Registering, logging in and out, guests, private boards, and the brake on guessing.

use serde_json::{Value, json};

use crate::support::{App, PASSWORD};

#[tokio::test]
async fn register_log_in_and_out() {
    let app = App::without_guests().await;
    let client = app.stranger();
    let body = json!({ "userName": "ann", "password": PASSWORD });
    let answer = client.json("POST", "/user/register", body.clone()).await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ok", "type": "", "currentAuthority": "ann" })));

    let taken = json!({ "status": 500, "error": "userName exist", "message": "userName exist" });
    assert_eq!(client.json("POST", "/user/register", body).await.json(), taken);
    let again = format!("userName=ANN&password={PASSWORD}");
    assert_eq!(client.form("POST", "/user/register", &again).await.json(), taken, "capitals make no other person");

    let login = format!("userName=ann&password={PASSWORD}&type=account");
    let answer = client.form("POST", "/api/login/account", &login).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({ "status": "ok", "type": "account", "currentAuthority": "user" }))
    );
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("jwtToken=ey"), "{cookie}");
    for flag in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=86400"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "not on plain http");

    let ann = client.with_cookie(&cookie);
    let profile = ann.get("/api/currentUser").await;
    assert_eq!((&profile.json()["name"], &profile.json()["access"]), (&json!("ann"), &json!("user")));
    assert_eq!(profile.header("set-cookie"), "", "the cookie is kept");
    let id = profile.json()["userid"].as_str().unwrap().to_owned();
    assert!(!id.is_empty());
    assert_eq!(ann.get(&format!("/user/{id}")).await.json(), profile.json());

    let answer = ann.json("POST", "/api/logout", json!({})).await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "success": true })));
    assert!(answer.header("set-cookie").starts_with("jwtToken=; Path=/; Max-Age=0"), "{answer:?}");
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure() {
    let app = App::with_guests().await;
    let answer = app.stranger().with_header("x-forwarded-proto", "https").get("/api/currentUser").await;
    assert!(answer.header("set-cookie").ends_with("; Secure"), "{answer:?}");
}

#[tokio::test]
async fn wrong_logins_look_all_the_same() {
    let app = App::with_guests().await;
    app.user("ann").await;
    let client = app.stranger();
    let refused = json!({ "status": "error", "type": "account", "currentAuthority": "guest" });
    for (name, password) in [("ann", "wrong password"), ("nobody", PASSWORD), ("a\u{0}b", PASSWORD)] {
        let body = json!({ "userName": name, "password": password, "type": "account" });
        let answer = client.json("POST", "/api/login/account", body).await;
        assert_eq!(
            (answer.status, answer.json(), answer.header("set-cookie")),
            (200, refused.clone(), String::new()),
            "{name}"
        );
    }
    let invalid = json!({ "status": 500, "error": "invalid params", "message": "invalid params" });
    for body in [
        json!({}),
        json!({ "userName": "ann", "type": "account" }),
        json!({ "userName": "", "password": "" }),
        json!({ "userName": { "a": 1 }, "password": "x" }),
        json!({ "mobile": "1", "captcha": "2", "type": "mobile" }),
    ] {
        for path in ["/api/login/account", "/user/register"] {
            let answer = client.json("POST", path, body.clone()).await;
            assert_eq!((answer.status, answer.json()), (200, invalid.clone()), "{path} {body}");
        }
    }
}

#[tokio::test]
async fn some_names_and_passwords_cannot_be_registered() {
    let app = App::with_guests().await;
    let client = app.stranger();
    for (name, password, error) in [
        ("bob", "short", "invalid params"),
        ("  ", PASSWORD, "invalid params"),
        (&*"x".repeat(65), PASSWORD, "invalid params"),
        ("Guest", PASSWORD, "userName exist"),
    ] {
        let body = json!({ "userName": name, "password": password });
        let answer = client.json("POST", "/user/register", body).await.json();
        assert_eq!((&answer["status"], &answer["error"]), (&json!(500), &json!(error)), "{name} {password}");
    }
}

#[tokio::test]
async fn guests_share_a_board_and_users_have_their_own() {
    let app = App::with_guests().await;
    let (guest, other_guest) = (app.guest().await, app.guest().await);
    let (ann, bob) = (app.user("ann").await, app.user("bob").await);
    let mut keys = Vec::new();
    for (client, name) in [(&guest, "shared"), (&ann, "ann's"), (&bob, "bob's")] {
        keys.push(client.json("POST", "/api/rule", json!({ "name": name })).await.json()["key"].clone());
    }
    let names = async |client: &crate::support::Client| -> Value {
        let list = client.get("/api/rule").await.json()["data"].clone();
        list.as_array().unwrap().iter().map(|item| json!([item["name"], item["owner"]])).collect()
    };
    assert_eq!(names(&guest).await, json!([["shared", "guest"]]));
    assert_eq!(names(&other_guest).await, json!([["shared", "guest"]]));
    assert_eq!(names(&ann).await, json!([["ann's", "ann"]]));
    assert_eq!(names(&bob).await, json!([["bob's", "bob"]]));

    // Nobody reaches a todo of somebody else, even knowing its key.
    assert_eq!(bob.json("PUT", "/api/rule", json!({ "key": keys[1], "name": "mine now" })).await.status, 404);
    assert_eq!(guest.json("DELETE", "/api/rule", json!({ "key": keys })).await.json()["pagination"]["total"], 0);
    assert_eq!(names(&ann).await, json!([["ann's", "ann"]]));
    assert_eq!(names(&bob).await, json!([["bob's", "bob"]]));
}

#[tokio::test]
async fn a_guest_gets_a_token_for_an_hour() {
    let app = App::with_guests().await;
    let answer = app.stranger().get("/api/currentUser").await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("Max-Age=3600") && cookie.contains("HttpOnly"), "{cookie}");
    let profile = answer.json();
    assert_eq!((&profile["name"], &profile["access"]), (&json!("guest"), &json!("guest")));
    for (field, kind) in [
        ("userid", "string"),
        ("avatar", "string"),
        ("tags", "array"),
        ("geographic", "object"),
        ("notifyCount", "number"),
    ] {
        let found = match &profile[field] {
            Value::String(text) if !text.is_empty() => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
            Value::Number(_) => "number",
            _ => "nothing",
        };
        assert_eq!(found, kind, "{field}");
    }
}

#[tokio::test]
async fn without_guests_everybody_logs_in() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let app = app.restart_with(&[("TODO_GUEST", "off")]).await;
    let guest = app.as_before(&guest);
    for client in [&guest, &app.stranger()] {
        let answer = client.get("/api/currentUser").await;
        assert_eq!(
            (answer.status, &answer.json()["success"], answer.header("set-cookie").as_str()),
            (401, &json!(false), "")
        );
        assert_eq!(
            client.json("POST", "/api/rule", json!({ "name": "x" })).await.status,
            403,
            "an old guest's token ends too"
        );
        assert_eq!(client.get("/api/rule").await.status, 200);
    }
}

#[tokio::test]
async fn only_admins_see_all_accounts() {
    let app = App::start(&[("TODO_GUEST", "on"), ("TODO_ADMIN", "root, Ann")]).await;
    let (ann, bob, guest) = (app.user("ann").await, app.user("bob").await, app.guest().await);
    let list = ann.get("/api/users").await.json();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|entry| entry["name"].clone()).collect();
    assert_eq!(names, ["ann", "bob"]);
    assert_eq!(list[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["key", "name"], "and nothing of the password");
    assert_eq!(bob.get("/api/users").await.status, 403);
    assert_eq!(guest.get("/api/users").await.status, 401);
    assert_eq!(app.stranger().get("/api/users").await.status, 401);
    assert_eq!(ann.get("/api/currentUser").await.json()["access"], "admin");

    let bobs = format!("/user/{}", list[1]["key"].as_str().unwrap());
    assert_eq!(ann.get(&bobs).await.json()["name"], "bob");
    assert_eq!(bob.get(&bobs).await.json()["name"], "bob");
    let anns = format!("/user/{}", list[0]["key"].as_str().unwrap());
    for (client, path) in
        [(&bob, &*anns), (&guest, &*bobs), (&app.stranger(), &*bobs), (&ann, "/user/0"), (&bob, "/user/nobody")]
    {
        let answer = client.get(path).await;
        assert_eq!((answer.status, &answer.json()["success"]), (404, &json!(false)), "{path}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_owner_is_not() {
    let app = App::without_guests().await;
    app.user("ann").await;
    let guesser = app.stranger().at_address([192, 0, 2, 66]);
    let login = |password: &str| json!({ "userName": "ann", "password": password, "type": "account" });
    let mut statuses = Vec::new();
    for number in 0..15 {
        statuses.push(guesser.json("POST", "/api/login/account", login(&format!("guess {number}"))).await.status);
    }
    assert_eq!(statuses, [[200; 10].as_slice(), &[429; 5]].concat());
    let answer = guesser.json("POST", "/api/login/account", login(PASSWORD)).await;
    assert_eq!(answer.status, 429, "even with the right one");
    assert!(!answer.header("retry-after").is_empty());
    let owner = app.stranger().at_address([198, 51, 100, 7]);
    assert_eq!(owner.json("POST", "/api/login/account", login(PASSWORD)).await.json()["status"], "ok");
}

#[tokio::test]
async fn accounts_are_not_made_by_the_thousand() {
    let app = App::without_guests().await;
    app.user("ann").await;
    let many = app.stranger().at_address([192, 0, 2, 66]);
    let account = json!({ "userName": "ann", "password": PASSWORD });
    for _ in 0..100 {
        assert_eq!(many.json("POST", "/user/register", account.clone()).await.json()["error"], "userName exist");
    }
    let answer = many.json("POST", "/user/register", json!({ "userName": "bob", "password": PASSWORD })).await;
    assert_eq!((answer.status, answer.header("retry-after").as_str()), (429, "900"));
    app.user("carol").await;
}

#[tokio::test]
async fn a_token_of_an_account_that_is_gone_makes_a_guest() {
    let app = App::with_guests().await;
    let ann = app.user("ann").await;
    let other = App::with_guests().await;
    let answer = other.as_before(&ann).get("/api/currentUser").await;
    assert_eq!((answer.status, &answer.json()["access"]), (200, &json!("guest")));
}

#[tokio::test]
async fn it_does_not_start_without_a_good_secret() {
    for secret in ["", "too short"] {
        let error = App::try_start(&[("TODO_JWT_SECRET", secret)]).await.err().unwrap();
        assert!(error.contains("TODO_JWT_SECRET") && error.contains("32"), "{error}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_named_with_its_remedy() {
    for file in ["/proc/nowhere/todo.db", "/dev/null/todo.db"] {
        let error = App::try_start(&[("TODO_DB_PATH", file)]).await.err().unwrap();
        assert!(error.contains(&format!("TODO_DB_PATH is {file}")) && error.contains("/tmp"), "{error}");
    }
}
