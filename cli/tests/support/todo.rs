//! The todo app, packed, and what the seed's pages rely on, from whatever address it answers.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde_json::{Value, json};

use super::{
    dev::target,
    door::{Answer, Ask},
    fx,
};

const PASSWORD: &str = "correct horse battery";
/// With what it signs its tokens.
pub const SECRET: &str = "only for tests: 0123456789 abcdefghij";

/// Where its packages are, made once for all tests of a file. A release build: it takes minutes.
pub fn packages() -> &'static Path {
    static PACKAGES: OnceLock<PathBuf> = OnceLock::new();
    PACKAGES.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let out = target().join("todo-packages");
        let mut command = fx(&root);
        command
            .args(["package", "--provider", "all", "--release", "--out"])
            .arg(&out)
            .env("CARGO_TARGET_DIR", target());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        out
    })
}

fn form(text: &str) -> (&str, &str) {
    ("application/x-www-form-urlencoded", text)
}

pub fn document(value: &Value) -> (&'static str, String) {
    ("application/json", value.to_string())
}

fn ask(door: &impl Ask, request: &str, cookie: &str, body: Option<&Value>) -> Answer {
    let body = body.map(document);
    let headers = if cookie.is_empty() { vec![] } else { vec![("cookie", cookie)] };
    door.ask(request, &headers, body.as_ref().map(|(kind, text)| (*kind, text.as_str())))
}

/// What the seed's pages rely on, from registering to deleting.
pub fn contract(door: &impl Ask) {
    page(door);
    let refused = ask(door, "POST /api/rule", "", Some(&json!({ "name": "x" })));
    assert_eq!(
        (refused.status, refused.json()),
        (403, json!({ "success": false, "message": "JWT token auth failed" }))
    );
    let empty = ask(door, "GET /api/rule?current=1&pageSize=10&sorter=", "", None);
    assert_eq!((empty.status, empty.json()["total"].clone()), (200, json!(0)));

    let guest = ask(door, "GET /api/currentUser", "", None);
    assert_eq!((guest.status, &guest.json()["name"]), (200, &json!("guest")));
    let guest = guest.cookie();
    let made = door.ask("POST /api/rule", &[("cookie", &guest)], Some(form("name=%E7%89%9B%E5%A5%B6+%26+x&desc=")));
    assert_eq!((made.status, &made.json()["name"]), (200, &json!("牛奶 & x")));

    let account = json!({ "userName": "ann", "password": PASSWORD, "type": "account" });
    assert_eq!(ask(door, "POST /user/register", "", Some(&account)).json()["status"], "ok");
    assert_eq!(ask(door, "POST /user/register", "", Some(&account)).json()["error"], "userName exist");
    let login = ask(door, "POST /api/login/account", "", Some(&account));
    assert_eq!((login.status, &login.json()["status"]), (200, &json!("ok")));
    let ann = login.cookie();
    assert_eq!(ask(door, "GET /api/currentUser", &ann, None).json()["name"], "ann");

    let mut keys = Vec::new();
    for name in ["tea", "plants"] {
        let made = ask(door, "POST /api/rule", &ann, Some(&json!({ "name": name, "desc": "d", "method": "post" })));
        assert_eq!((made.status, &made.json()["status"]), (200, &json!(1)));
        keys.push(made.json()["key"].clone());
    }
    let done = json!({ "status": "2", "name": "tea", "desc": "d", "key": keys[0], "method": "update" });
    assert_eq!(ask(door, "PUT /api/rule", &ann, Some(&done)).json()["status"], 2);
    let list = ask(door, "GET /api/rule?status=2", &ann, None).json();
    assert_eq!((&list["total"], &list["data"][0]["name"]), (&json!(1), &json!("tea")), "{list}");
    let left = ask(door, "DELETE /api/rule", &ann, Some(&json!({ "key": [keys[0]], "method": "delete" })));
    assert_eq!((left.status, &left.json()["pagination"]["total"]), (200, &json!(1)));
    assert_eq!(ask(door, "GET /api/rule", &ann, None).json()["data"][0]["name"], "plants");
    assert_eq!(ask(door, "GET /api/rule", &guest, None).json()["data"][0]["name"], "牛奶 & x");
    assert_eq!(ask(door, "GET /api/nothing", &ann, None).status, 404);
}

/// The page, with everything that it names.
fn page(door: &impl Ask) {
    for path in ["/", "/list", "/user/login"] {
        let page = ask(door, &format!("GET {path}"), "", None);
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "{path}");
    }
    let page = ask(door, "GET /", "", None).body;
    let named = page.split('"').filter(|text| text.starts_with('/') && text.contains('.'));
    let mut count = 0;
    for path in named {
        let asset = ask(door, &format!("GET {path}"), "", None);
        assert_eq!(asset.status, 200, "{path}");
        assert!(!asset.body.is_empty() && !asset.header("content-type").starts_with("text/html"), "{path}");
        count += 1;
    }
    assert!(count > 20, "{page}");
}
