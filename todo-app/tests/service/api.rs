//! `/api/rule` and `/api/activity`, as the seed's pages and ours use them.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Answer, App, Client};

fn names(answer: &Answer) -> Vec<String> {
    let list = answer.json()["data"].as_array().cloned().unwrap_or_default();
    list.iter().map(|item| item["name"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn add(client: &Client, name: &str) -> Value {
    let answer = client.json("POST", "/api/rule", json!({ "name": name, "desc": "d", "method": "post" })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn a_todo_from_its_beginning_to_its_end() {
    let app = App::with_guests().await;
    let guest = app.guest().await;

    let item = add(&guest, "buy milk").await;
    assert_eq!(
        (item["status"].clone(), item["progress"].clone(), item["owner"].clone()),
        (json!(1), json!(0), json!("guest"))
    );
    for decoration in ["href", "avatar"] {
        assert!(item[decoration].as_str().is_some_and(|address| address.starts_with('/')), "{item}");
    }
    assert_eq!(item["createdAt"], item["updatedAt"]);
    let created = item["createdAt"].as_str().unwrap();
    assert!(created.ends_with('Z') && created.len() == "2026-01-05T08:00:00.000Z".len(), "{created}");

    // The page's "complete" link.
    let done = json!({ "status": "2", "name": "buy milk", "desc": "d", "key": item["key"], "method": "update" });
    let answer = guest.json("PUT", "/api/rule", done).await;
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!(2)));
    assert!(answer.json()["updatedAt"].as_str() >= item["updatedAt"].as_str());

    let listed = guest.get("/api/rule?current=1&pageSize=10&sorter=").await.json();
    assert_eq!(listed["data"], json!([answer.json()]));
    for (field, value) in
        [("total", json!(1)), ("success", json!(true)), ("pageSize", json!(10)), ("current", json!(1))]
    {
        assert_eq!(listed[field], value, "{field}");
    }

    let answer = guest.json("DELETE", "/api/rule", json!({ "key": [item["key"]], "method": "delete" })).await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "list": [], "pagination": { "total": 0 } })));
}

#[tokio::test]
async fn the_oldest_page_posts_everything() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let (first, second) = (add(&guest, "first").await, add(&guest, "second").await);

    let update = json!({ "method": "update", "key": first["key"], "name": "changed", "desc": "more" });
    let answer = guest.json("POST", "/api/rule", update).await;
    assert_eq!((answer.status, &answer.json()["name"]), (200, &json!("changed")));
    assert_eq!(answer.json()["status"], 1, "what was not sent stays");

    let answer = guest.json("POST", "/api/rule", json!({ "method": "delete", "key": [first["key"]] })).await;
    assert_eq!((answer.status, &answer.json()["pagination"]["total"]), (200, &json!(1)));
    assert_eq!(answer.json()["list"], json!([second]), "what is left, after the deletion");
    let answer = guest.json("POST", "/api/rule", json!({ "method": "delete", "key": second["key"] })).await;
    assert_eq!(answer.json()["pagination"]["total"], 0, "a single key as plain value");
}

#[tokio::test]
async fn forms_do_what_json_does() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let item = guest.form("POST", "/api/rule", "name=%E7%89%9B+%26+x&desc=&method=post").await.json();
    assert_eq!(item["name"], "牛 & x");
    let key = item["key"].as_str().unwrap();
    let answer = guest.form("PUT", "/api/rule", &format!("key={key}&status=3")).await.json();
    assert_eq!((&answer["status"], &answer["name"]), (&json!(3), &json!("牛 & x")));
    let other = add(&guest, "other").await;
    let keys = format!("key={key}&key={}", other["key"].as_str().unwrap());
    assert_eq!(guest.form("DELETE", "/api/rule", &keys).await.json()["pagination"]["total"], 0);
}

#[tokio::test]
async fn only_exact_keys_are_deleted() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let item = add(&guest, "stays").await;
    let key = item["key"].as_str().unwrap();
    for part in [&key[..4], &key[1..], "-", &key.to_uppercase()] {
        let answer = guest.json("DELETE", "/api/rule", json!({ "key": part })).await;
        assert_eq!(answer.json()["pagination"]["total"], 1, "{part}");
    }
}

#[tokio::test]
async fn fifty_at_once_are_fifty() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let mut posts = JoinSet::new();
    for number in 0..50 {
        let guest = guest.clone();
        posts.spawn(async move { add(&guest, &format!("todo {number}")).await["key"].to_string() });
    }
    let mut keys = posts.join_all().await;
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 50);
    let listed = guest.get("/api/rule?pageSize=100").await;
    assert_eq!((&listed.json()["total"], names(&listed).len()), (&json!(50), 50));
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    for name in ["100% wool", "100 socks", "snake_case", "snakeXcase"] {
        add(&guest, name).await;
    }
    let ask = async |query: &str| names(&guest.get(&format!("/api/rule?{query}")).await);
    assert_eq!(ask("").await, ["snakeXcase", "snake_case", "100 socks", "100% wool"], "newest first");
    assert_eq!(ask("name=100%25").await, ["100% wool"]);
    assert_eq!(ask("name=e_c").await, ["snake_case"]);
    assert_eq!(ask("keyword=SNAKE&sorter=name_ascend").await, ["snake_case", "snakeXcase"]);
    assert_eq!(ask("sorter=updatedAt_ascend&pageSize=2").await, ["100% wool", "100 socks"]);
    assert_eq!(ask("sorter=updatedAt_undefined&pageSize=1&current=4").await, ["100% wool"]);
    assert_eq!(ask("status=2").await, [""; 0]);
    assert_eq!(ask("status=1,2&status=&desc=d&updatedAt=2026-01-01%2000:00:00&_timestamp=1&what=ever").await.len(), 4);
    let far = guest.get("/api/rule?current=99&pageSize=1000").await.json();
    assert_eq!(
        (&far["data"], &far["total"], &far["pageSize"], &far["current"]),
        (&json!([]), &json!(4), &json!(100), &json!(99))
    );
    let odd = guest.get("/api/rule?current=-1&pageSize=abc").await.json();
    assert_eq!((&odd["pageSize"], &odd["current"]), (&json!(10), &json!(1)));
    assert_eq!(guest.get("/api/rule?status=9").await.status, 400);
}

#[tokio::test]
async fn anybody_may_read_the_guests_board_and_nobody_writes_without_a_token() {
    let app = App::with_guests().await;
    let guest = app.guest().await;
    let item = add(&guest, "public").await;
    let stranger = app.stranger();
    assert_eq!(names(&stranger.get("/api/rule").await), ["public"]);
    for (method, body) in [
        ("POST", json!({ "name": "x" })),
        ("PUT", json!({ "key": item["key"], "name": "x" })),
        ("DELETE", json!({ "key": item["key"] })),
        ("POST", json!({ "key": item["key"], "method": "delete" })),
    ] {
        for client in [stranger.clone(), stranger.with_cookie("jwtToken=eyJhbGciOiJub25lIn0.e30.")] {
            let answer = client.json(method, "/api/rule", body.clone()).await;
            let refused = json!({ "success": false, "message": "JWT token auth failed" });
            assert_eq!((answer.status, answer.json()), (403, refused), "{method} {body}");
        }
    }
    // The token is looked at before the body.
    assert_eq!(stranger.send("POST", "/api/rule", Some("application/json"), "{").await.status, 403);
    assert_eq!(guest.get("/api/rule").await.json()["data"], json!([item]), "nothing was carried out");
}

#[tokio::test]
async fn what_happens_on_a_board_is_remembered() {
    let app = App::with_guests().await;
    let ann = app.user("ann").await;
    let item = add(&ann, "tea").await;
    ann.json("PUT", "/api/rule", json!({ "key": item["key"], "name": "green tea" })).await;
    ann.json("PUT", "/api/rule", json!({ "key": item["key"], "status": 2 })).await;
    ann.json("DELETE", "/api/rule", json!({ "key": item["key"] })).await;
    let activity = ann.get("/api/activity?pageSize=3").await.json();
    let seen: Vec<_> = activity["data"].as_array().unwrap().iter().map(|one| (&one["action"], &one["name"])).collect();
    assert_eq!(
        seen,
        [
            (&json!("deleted"), &json!("green tea")),
            (&json!("completed"), &json!("green tea")),
            (&json!("updated"), &json!("green tea"))
        ]
    );
    assert_eq!((&activity["total"], &activity["success"], &activity["pageSize"]), (&json!(4), &json!(true), &json!(3)));
    assert_eq!(activity["data"][0]["todo"], item["key"]);
    assert!(activity["data"][0]["at"].as_str().is_some_and(|at| at.ends_with('Z')));
    assert_eq!(app.guest().await.get("/api/activity").await.json()["total"], 0, "it is nobody else's business");
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let app = App::with_guests().await;
    let ann = app.user("ann").await;
    let item = add(&ann, "tea").await;
    let app = app.restart().await;
    let ann = app.as_before(&ann);
    assert_eq!(ann.get("/api/rule").await.json()["data"], json!([item]));
    assert_eq!(ann.get("/api/currentUser").await.json()["name"], "ann");
}
