//! Timer, uploads and messages, delivered as a platform would.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn the_timer_purges_what_was_completed_long_ago() {
    let app = App::start(&[("TODO_GUEST", "on"), ("TODO_PURGE_DAYS", "7")]).await;
    let ann = app.user("ann").await;
    for (name, status) in [("done", 2), ("open", 1)] {
        let key = ann.json("POST", "/api/rule", json!({ "name": name })).await.json()["key"].clone();
        ann.json("PUT", "/api/rule", json!({ "key": key, "status": status })).await;
    }
    let left = async || ann.get("/api/rule").await.json()["total"].clone();
    let in_days = |days: i64| jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
    app.event("timer", "todo.purge", json!({})).await.unwrap();
    app.event("timer", "todo.purge", json!({ "scheduled": in_days(6).to_string() })).await.unwrap();
    assert_eq!(left().await, 2);
    app.event("timer", "todo.purge", json!({ "scheduled": in_days(8).to_string() })).await.unwrap();
    assert_eq!(left().await, 1);
    let activities = ann.get("/api/activity").await.json();
    let activity = activities["data"][0].clone();
    assert_eq!((&activity["action"], &activity["name"]), (&json!("purged"), &json!("done")));
    assert_eq!(activities["total"], 1, "what happened that long ago is forgotten");
}

#[tokio::test]
async fn uploaded_files_are_imported_once() {
    let app = App::with_guests().await;
    let ann = app.user("ann").await;
    app.put_object("uploads", "import/Ann/list.csv", "name,desc,status\ntea,green,\n\"milk, fresh\",,2\n");
    app.put_object("uploads", "import/list.json", r#"[{"name":"for everybody"}]"#);
    for _ in 0..2 {
        app.event("object", "todo.import", json!({ "bucket": "uploads", "key": "import/Ann/list.csv" })).await.unwrap();
        app.event("object", "todo.import", json!({ "bucket": "uploads", "key": "import/list.json" })).await.unwrap();
    }
    let listed = ann.get("/api/rule?sorter=name_ascend").await.json();
    let seen: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| json!([item["name"], item["status"], item["owner"]]))
        .collect();
    assert_eq!(seen, [json!(["milk, fresh", 2, "ann"]), json!(["tea", 1, "ann"])]);
    assert_eq!(app.guest().await.get("/api/rule").await.json()["total"], 1);
    assert_eq!(ann.get("/api/activity").await.json()["data"][0]["action"], "imported");

    // Another file of that name is another import; a removed one is none.
    app.put_object("uploads", "import/Ann/list.csv", "name\ncoffee\n");
    app.event("object", "todo.import", json!({ "bucket": "uploads", "key": "import/Ann/list.csv", "kind": "removed" }))
        .await
        .unwrap();
    assert_eq!(ann.get("/api/rule").await.json()["total"], 2);
    app.event("object", "todo.import", json!({ "bucket": "uploads", "key": "import/Ann/list.csv" })).await.unwrap();
    assert_eq!(ann.get("/api/rule").await.json()["total"], 3);
}

#[tokio::test]
async fn a_file_is_imported_whole_or_not_at_all() {
    let app = App::with_guests().await;
    app.put_object("uploads", "import/list.json", r#"[{"name":"good"},{"name":""}]"#);
    app.put_object("uploads", "import/nobody/list.json", "[]");
    for key in
        ["import/list.json", "import/nobody/list.json", "import/absent.json", "import/../../secret.json", "x.txt"]
    {
        let result = app.event("object", "todo.import", json!({ "bucket": "uploads", "key": key })).await;
        assert!(result.is_err(), "{key}");
    }
    assert_eq!(app.guest().await.get("/api/rule").await.json()["total"], 0);
}

#[tokio::test]
async fn a_message_becomes_one_activity_however_often_it_comes() {
    let app = App::with_guests().await;
    let body =
        json!({ "board": "guest", "todo": "1", "name": "tea", "action": "completed", "at": "2026-01-05T08:00:00Z" });
    for message in [
        json!({ "id": "m-1", "topic": "todo-changes", "body": body }),
        json!({ "id": "m-1", "topic": "todo-changes", "body": body }),
        json!({ "id": "m-2", "topic": "todo-changes", "body": body }),
    ] {
        app.event("message", "todo.activity", message).await.unwrap();
    }
    let activity = app.stranger().get("/api/activity").await.json();
    assert_eq!(activity["total"], 2);
    assert_eq!(
        activity["data"][0],
        json!({ "id": "m-2", "todo": "1", "name": "tea", "action": "completed", "at": "2026-01-05T08:00:00.000Z" })
    );
    assert!(app.event("message", "todo.activity", json!({ "body": { "board": 1 } })).await.is_err());
}
