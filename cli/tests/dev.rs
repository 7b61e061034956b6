//! `fx dev` from end to end: a real project, a real build, real processes.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its project may as well panic")]

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Mutex,
    thread,
    time::Duration,
};

use rustix::process::Signal;
use serde_json::json;

mod support;

use support::{
    dev::{Answer, BUILD, Dev, SOON, processes_in, request, target, until},
    fx, run,
};

const HTML: &str = "accept: text/html\r\n";

/// Tests that build take turns: side by side they would only wait for cargo's lock.
static TURN: Mutex<()> = Mutex::new(());

/// A project made by `fx new`, with the fixture's f.yml and code in it.
struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = run(folder.path(), &["new", "demo", "--template", "http"]);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let project = Self(folder);
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dev");
        let manifest = fs::read_to_string(project.file("Cargo.toml")).unwrap();
        let tracing = "[dependencies]\ntracing = { version = \"0.1\", default-features = false }\n";
        fs::write(project.file("Cargo.toml"), manifest.replace("[dependencies]\n", tracing)).unwrap();
        fs::copy(fixture.join("f.yml"), project.file("f.yml")).unwrap();
        fs::copy(fixture.join("lib.rs"), project.file("src/lib.rs")).unwrap();
        project
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("demo")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.file(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from:?}");
        fs::write(self.file(name), text.replace(from, to)).unwrap();
    }

    fn invoke(&self, arguments: &[&str]) -> support::Finished {
        let mut command = fx(&self.folder());
        command.arg("invoke").args(arguments).env("CARGO_TARGET_DIR", target()).stdin(Stdio::null());
        command.output().unwrap().into()
    }
}

#[test]
fn a_day_of_development() {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let project = Project::new();

    // While the first build runs, a browser sees that it does, and a program waits.
    let building = Dev::start(&project.folder());
    until("the address", || project.file(".fx/dev.json").exists());
    let address: serde_json::Value = serde_json::from_slice(&fs::read(project.file(".fx/dev.json")).unwrap()).unwrap();
    let url = format!("http://{}", address["http"].as_str().unwrap());
    let waiting = {
        let url = url.clone();
        thread::spawn(move || request(&url, "GET", "/version", "", ""))
    };
    let page = request(&url, "GET", "/version", HTML, "");
    if page.status != 200 {
        assert_eq!(page.status, 503);
        assert!(page.body.contains("building"), "{}", page.body);
    }
    let mut dev = building;
    let ready = dev.event("ready", BUILD);
    dev.url = url;
    assert_eq!(ready["service"], "dev-test");
    assert_eq!(waiting.join().unwrap().body, "one");

    // A second one leaves the address to the first.
    let left = fs::read(project.file(".fx/dev.json")).unwrap();
    let second = Dev::ready(&project.folder());
    second.signal(Signal::INT);
    assert_eq!(second.end(SOON), Some(0));
    assert_eq!(fs::read(project.file(".fx/dev.json")).unwrap(), left);

    serves(&dev, &project);
    invokes(&dev, &project);
    reloads(&dev, &project);
    mends(&dev, &project);
    recovers(&dev);

    // Ctrl-C: everything ends, in order.
    dev.signal(Signal::INT);
    assert_eq!(dev.end(SOON), Some(0));
    assert_eq!(processes_in(&project.folder()), [] as [u32; 0]);
    assert!(!project.file(".fx/dev.json").exists());

    // Without a running fx dev, invoke starts the unit for this one call.
    let alone = project.invoke(&["news", "-d", r#"{"body": "alone"}"#, "--json"]);
    assert_eq!(alone.code, Some(0), "{}", alone.stderr);
    assert_eq!(alone.json()["ok"], true);
    assert_eq!(processes_in(&project.folder()), [] as [u32; 0]);

    // Killed without a chance to tidy up: the units still end, and the address left behind misleads nobody.
    let killed = Dev::ready(&project.folder());
    assert!(!processes_in(&project.folder()).is_empty());
    killed.signal(Signal::KILL);
    killed.end(SOON);
    until("the units to end", || processes_in(&project.folder()).is_empty());
    assert!(project.file(".fx/dev.json").exists());
    assert_eq!(project.invoke(&["tick"]).code, Some(0));
}

fn serves(dev: &Dev, project: &Project) {
    let line = {
        assert_eq!(dev.get("/version").body, "one");
        dev.logged("request")
    };
    assert_eq!(
        (&line["method"], &line["path"], &line["function"]),
        (&json!("GET"), &json!("/version"), &json!("version"))
    );
    assert_eq!(line["status"], 200);

    // f.yml's environment: a default, a secret made once, the stage.
    assert_eq!(dev.get("/note").body, "none 64 dev");
    let secrets = fs::read_to_string(project.file(".fx/secrets.json")).unwrap();
    assert!(secrets.contains("FX_TEST_KEY"));

    let echo = dev.request("POST", "/echo", "x-forwarded-for: 10.1.1.1\r\n", "你好");
    let host = dev.url.trim_start_matches("http://");
    assert_eq!(echo.body, format!("你好 10.1.1.1, 127.0.0.1 {host} -"));

    assert_eq!(dev.request("DELETE", "/version", "", "").status, 405);
    assert_eq!(dev.get("/nowhere").status, 404);
    // The way in for events is not on this port.
    assert_eq!(dev.request("POST", "/__fx/invoke/tick", "", r#"{"kind":"timer","data":{}}"#).status, 404);
}

fn invokes(dev: &Dev, project: &Project) {
    let tick = project.invoke(&["tick", "-d", r#"{"payload": "now"}"#]);
    assert_eq!(tick.code, Some(0), "{}", tick.stderr);
    assert!(tick.stderr.contains("request id "), "{}", tick.stderr);
    assert_eq!(dev.logged("ticked")["payload"], "now");

    // What the data leaves out is f.yml's: the first timer's, or that of the one that is named.
    let first = project.invoke(&["tick"]);
    assert!(first.stderr.contains("this is `timer-tick`, others are --trigger hourly"), "{}", first.stderr);
    let line = dev.logged("ticked");
    assert_eq!((&line["timer"], &line["payload"]), (&json!("timer-tick"), &json!("often")));
    assert_eq!(project.invoke(&["tick", "--trigger", "hourly"]).code, Some(0));
    let line = dev.logged("ticked");
    assert_eq!((&line["timer"], &line["payload"]), (&json!("hourly"), &json!("seldom")));

    fs::write(project.file("news.json"), r#"{"body": {"headline": "fx"}}"#).unwrap();
    assert_eq!(project.invoke(&["job.news", "-d", "@news.json"]).code, Some(0), "a handler's name does as well");
    assert!(dev.logged("heard")["body"].as_str().unwrap().contains("headline"));

    assert_eq!(project.invoke(&["upload", "-d", r#"{"key": "a.jpg"}"#, "--as", "object"]).code, Some(0));
    let failed = project.invoke(&["upload", "--json"]);
    assert_eq!(failed.code, Some(1));
    assert_eq!(failed.json()["ok"], false);
    assert!(failed.json()["error"]["message"].as_str().unwrap().contains("a key is missing"));

    let http = project.invoke(&["version"]);
    assert_eq!((http.code, http.stdout.trim()), (Some(0), "one"));
    let found = project.invoke(&["version", "--json"]).json();
    dev.logged_request(found["requestId"].as_str().unwrap());
    let missing = project.invoke(&["version", "-d", r#"{"path": "/nowhere"}"#, "--json"]);
    assert_eq!((missing.code, &missing.json()["ok"]), (Some(1), &json!(false)));

    let not_timed = project.invoke(&["version", "--as", "timer"]);
    assert_eq!(not_timed.code, Some(1));
    assert!(not_timed.stderr.contains("--as http"), "{}", not_timed.stderr);

    let unknown = project.invoke(&["tikc"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("did you mean `tick`?"), "{}", unknown.stderr);
    assert_eq!(project.invoke(&["tick", "-d", "{"]).code, Some(1));

    // Without the token the control port does nothing.
    let address: serde_json::Value = serde_json::from_slice(&fs::read(project.file(".fx/dev.json")).unwrap()).unwrap();
    let control = format!("http://{}", address["control"].as_str().unwrap());
    let refused = request(&control, "POST", "/__fx/invoke/tick", "authorization: Bearer x\r\n", "{}");
    assert_eq!(refused.status, 401);
}

/// A change is taken over while a slow request is open: the request is answered by the version it was made to.
fn reloads(dev: &Dev, project: &Project) {
    let slow = {
        let url = dev.url.clone();
        thread::spawn(move || request(&url, "GET", "/slow", "", ""))
    };
    thread::sleep(Duration::from_millis(300));
    project.edit("src/lib.rs", "\"one\"", "\"two\"");
    dev.answers("/version", "two");
    let answer = slow.join().unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, "slow one"));

    // .env counts as well; nothing is compiled for it.
    fs::write(project.file(".env"), "FX_TEST_NOTE=from-dotenv\n").unwrap();
    dev.answers("/note", "from-dotenv 64 dev");
}

/// What is broken is told in the terminal and in the browser, until it is mended.
fn mends(dev: &Dev, project: &Project) {
    project.edit("src/lib.rs", "    VERSION\n", "    VERSION + 1\n");
    let broken = dev.event("broken", BUILD);
    assert_eq!(broken["problems"][0]["code"], "FX0401");
    assert_eq!(broken["problems"][0]["file"], "src/lib.rs");
    let page = dev.request("GET", "/version", HTML, "");
    assert_eq!(page.status, 500);
    assert!(page.head.contains("content-type: text/html"), "{}", page.head);
    assert!(page.body.contains("cannot add") && page.body.contains("src/lib.rs"), "{}", page.body);
    let plain = dev.get("/version");
    assert_eq!(plain.status, 500);
    assert!(plain.head.contains("content-type: text/plain") && !plain.body.contains('\u{1b}'), "{}", plain.body);

    // The page asks to be told when it is out of date.
    let version =
        page.body.split("'fx-dev-wait':'").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
    let told = {
        let url = dev.url.clone();
        thread::spawn(move || request(&url, "GET", "/version", &format!("fx-dev-wait: {version}\r\n"), ""))
    };
    project.edit("src/lib.rs", "    VERSION + 1\n", "    VERSION\n");
    assert_eq!(told.join().unwrap().status, 204);
    dev.answers("/version", "two");

    // The same for f.yml.
    project.edit("f.yml", "handler: web.note", "handler: web.nope");
    let broken = dev.event("broken", SOON);
    assert_eq!(broken["problems"][0]["code"], "FX0212");
    assert!(dev.get("/version").body.contains("f.yml:12:"), "{}", dev.get("/version").body);
    project.edit("f.yml", "handler: web.nope", "handler: web.note");
    dev.answers("/version", "two");
}

/// A process that ends by itself is started again; who asks in between waits.
fn recovers(dev: &Dev) {
    let Answer { status, body, .. } = dev.request("POST", "/crash", "", "");
    assert_eq!(status, 502);
    assert!(body.contains("`web` gave no answer"), "{body}");
    dev.answers("/version", "two");
}

#[test]
fn a_taken_port_is_named_with_the_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = support::folder_with("service: s\n");
    let finished = run(folder.path(), &["dev", "--port", &port.to_string()]);
    assert_eq!(finished.code, Some(1));
    assert!(finished.stderr.contains(&format!("port {port} is taken")), "{}", finished.stderr);
    assert!(finished.stderr.contains("fx dev --port "), "{}", finished.stderr);
}

#[test]
fn ending_while_cargo_runs_leaves_no_cargo_behind() {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let project = Project::new();
    fs::write(project.file("build.rs"), "fn main() { std::thread::sleep(std::time::Duration::from_secs(3600)) }")
        .unwrap();
    let dev = Dev::start(&project.folder());
    until("cargo", || !processes_in(&project.folder()).is_empty());
    dev.signal(Signal::TERM);
    assert_eq!(dev.end(SOON), Some(0));
    until("the end of cargo", || processes_in(&project.folder()).is_empty());
}
