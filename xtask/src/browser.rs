//! The browser tests: the todo app as `fx dev` serves it, driven by a real Chromium.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    process::{cargo, run, run_reading},
    tools,
};

/// A debug build of the app from nothing, on a slow machine.
const START: Duration = Duration::from_secs(600);

/// A way to serve the app, and the tests that are run against it; without any named, all of them.
struct Run {
    serve: &'static [&'static str],
    tests: &'static [&'static str],
}

/// On this machine everything is looked at; on the platforms, whether the app does its work from registering to logging out.
const RUNS: [Run; 4] = [
    Run { serve: &[], tests: &[] },
    Run { serve: &["--provider", "tencent"], tests: &["tests/journey.test.mjs"] },
    Run { serve: &["--provider", "aliyun"], tests: &["tests/journey.test.mjs"] },
    Run { serve: &["--provider", "aws"], tests: &["tests/journey.test.mjs"] },
];

/// Serves the app with `fx dev` on a fresh database, runs the tests against it, stops it; once for each way.
pub fn test(mut read: impl FnMut(&str)) -> Result<()> {
    run(cargo().args(["build", "--package", "fx-cli", "--locked"]))?;
    let package = pack()?;
    for run in &RUNS {
        let data = std::env::temp_dir().join(format!("fx-browser-tests-{}", std::process::id()));
        std::fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
        let result = test_on(run, &data, &package, &mut read);
        std::fs::remove_dir_all(&data).with_context(|| format!("cannot remove {}", data.display()))?;
        result?;
    }
    Ok(())
}

/// The app packed for a platform whose functions are HTTP servers, with the page's files for a bucket beside it. It is built where the
/// command's own tests have built it.
fn pack() -> Result<PathBuf> {
    let projects = target_folder().join("tmp/projects");
    let out = projects.join("todo-with-bucket");
    let mut package = Command::new(target_folder().join("debug/fx"));
    package.args(["package", "--provider", "aliyun", "--release", "--out"]).arg(&out).current_dir(crate::root());
    run(package.env("TODO_SITE", "a-bucket").env("CARGO_TARGET_DIR", &projects))?;
    Ok(out.join("aliyun"))
}

fn test_on(run: &Run, data: &Path, package: &Path, read: impl FnMut(&str)) -> Result<()> {
    let port = free_port()?;
    let mut server = Server::start(run, port, data)?;
    let tested = server.wait_until_ready().and_then(|()| {
        let chromium = tools::chromium().context("no Chromium on this machine")?;
        let mut node = Command::new("node");
        node.args(["--test", "--test-concurrency=1"])
            .args(run.tests)
            .current_dir(tools::browser_folder())
            .env("TODO_URL", format!("http://localhost:{port}"))
            .env("TODO_PACKAGE", package)
            .env("CHROMIUM", chromium);
        run_reading(&mut node, read)
    });
    if tested.is_err() {
        eprintln!("\nWhat `fx dev` said:\n{}", server.output());
    }
    tested
}

/// A port that was free a moment ago; `fx dev` says so should it be taken meanwhile.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A running `fx dev`; gone when dropped.
struct Server {
    child: Child,
    port: u16,
    output: PathBuf,
}

impl Server {
    fn start(run: &Run, port: u16, data: &Path) -> Result<Self> {
        let output = data.join("fx-dev.log");
        let file = std::fs::File::create(&output)?;
        let child = Command::new(target_folder().join("debug/fx"))
            .args(["dev", "--port", &port.to_string()])
            .args(run.serve)
            .current_dir(crate::root())
            .env("TODO_DB_PATH", data.join("todo.db"))
            .env("TODO_GUEST", "on")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .context("cannot start `fx dev`")?;
        eprintln!("\n$ fx dev --port {port} {}", run.serve.join(" "));
        Ok(Self { child, port, output })
    }

    /// Waits for the page itself, not just for the port: while fx builds, it answers with a waiting page.
    fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + START;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                bail!("`fx dev` ended before it served the app ({status})");
            }
            if self.lists_todos().unwrap_or(false) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        bail!("`fx dev` did not serve the app within {} s", START.as_secs())
    }

    fn lists_todos(&self) -> std::io::Result<bool> {
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(b"GET /api/rule HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        BufReader::new(stream).by_ref().read_line(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    }

    fn output(&self) -> String {
        std::fs::read_to_string(&self.output).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM lets fx end its children; a plain kill would leave them.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().is_ok_and(|status| status.success());
        if !asked {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from)
}
