//! Processes and the proxy in front of them, without a build: the unit is a script that names a server of the test's own.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its server may as well panic")]

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use fx_cli::{
    dev::{
        board::{Board, Stage},
        dispatch::Dispatch,
        generation::Generation,
        listener::serve,
        proxy::Proxy,
    },
    local::process::{Plan, Running, StartError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::timeout,
};

const SOON: Duration = Duration::from_secs(20);

fn plan(folder: &Path, script: &str) -> Plan {
    let executable = folder.join("unit");
    fs::write(&executable, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&executable, fs::Permissions::from_mode(0o755)).unwrap();
    let (folder, assets) = (folder.to_owned(), folder.to_owned());
    Plan {
        emulation: None,
        unit: "unit".into(),
        timeout: SOON,
        executable,
        folder,
        assets,
        environment: BTreeMap::from([("NOTE".into(), "x".into())]),
    }
}

/// A unit that answers at `address` and lives until it is told to end.
fn listening(address: SocketAddr) -> String {
    format!(r#"echo '{{"message":"listening","http":"{address}","control":"{address}"}}'; exec sleep 600"#)
}

/// A proxy in front of a unit at `address`, and what keeps it alive.
async fn proxy(folder: &Path, address: SocketAddr) -> (SocketAddr, Board, Arc<Generation>, watch::Sender<bool>) {
    let plan = plan(folder, &listening(address));
    let unit = Running::start(&plan, mpsc::unbounded_channel().0).await.unwrap();
    let generation = Generation::new(vec![plan], vec![unit], Dispatch::default());
    let board = Board::new(Stage::Ready(Arc::clone(&generation)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public = listener.local_addr().unwrap();
    let (close, closing) = watch::channel(false);
    let proxy = Proxy::new(board.reader());
    tokio::spawn(serve(listener, closing, move |request, peer| Arc::clone(&proxy).answer(request, peer)));
    (public, board, generation, close)
}

/// Reads until `end` has arrived.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while !text.contains(end) {
        let count = timeout(SOON, stream.read(&mut buffer)).await.unwrap().unwrap();
        assert_ne!(count, 0, "the connection ended after {text:?}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    text
}

#[tokio::test]
async fn a_unit_that_ends_early_is_explained_by_its_last_words() {
    let folder = tempfile::tempdir().unwrap();
    let script = r#"echo '{"level":"error","message":"no database"}'; echo "NOTE is $NOTE, $FX_STAGE" >&2; exit 3"#;
    let error = Running::start(&plan(folder.path(), script), mpsc::unbounded_channel().0).await.unwrap_err();
    let StartError::Ended { status, last, .. } = error else { panic!("{error}") };
    assert_eq!(status.and_then(|status| status.code()), Some(3));
    let last = anstream::adapter::strip_str(&last.join("\n")).to_string();
    assert!(last.contains("error no database") && last.contains("NOTE is x, dev"), "{last}");
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(folder.path(), "");
    plan.executable = folder.path().join("gone");
    let error = Running::start(&plan, mpsc::unbounded_channel().0).await.unwrap_err();
    assert!(error.to_string().contains("gone"), "{error}");
}

#[tokio::test]
async fn a_unit_that_does_not_want_to_end_is_killed_with_all_it_has_started() {
    let folder = tempfile::tempdir().unwrap();
    let script = r#"trap '' TERM; sleep 600 & echo $! > child
        echo '{"message":"listening","http":"127.0.0.1:1"}'; while true; do sleep 1; done"#;
    let unit = Running::start(&plan(folder.path(), script), mpsc::unbounded_channel().0).await.unwrap();
    let child: u32 = fs::read_to_string(folder.path().join("child")).unwrap().trim().parse().unwrap();
    timeout(SOON, unit.stop(Duration::from_millis(300))).await.unwrap();
    let deadline = Instant::now() + SOON;
    let alive = || fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    while alive() {
        assert!(Instant::now() < deadline, "its child lives on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn bodies_stream_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (public, _board, _generation, _close) = proxy(folder.path(), server.local_addr().unwrap()).await;
    let mut client = TcpStream::connect(public).await.unwrap();
    client
        .write_all(b"POST /x?y=1 HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
        .await
        .unwrap();
    let (mut unit, _) = timeout(SOON, server.accept()).await.unwrap().unwrap();
    // The first half of the question has arrived before the second is written…
    let head = read_until(&mut unit, "abc").await;
    assert!(head.starts_with("POST /x?y=1 HTTP/1.1\r\n") && head.contains("host: h\r\n"), "{head}");
    client.write_all(b"3\r\ndef\r\n0\r\n\r\n").await.unwrap();
    read_until(&mut unit, "0\r\n\r\n").await;
    // …and so has the first half of the answer.
    unit.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nkeep-alive: timeout=5\r\n\r\n3\r\nghi\r\n")
        .await
        .unwrap();
    let head = read_until(&mut client, "ghi").await;
    assert!(!head.contains("keep-alive"), "{head}");
    unit.write_all(b"3\r\njkl\r\n0\r\n\r\n").await.unwrap();
    read_until(&mut client, "jkl").await;
}

#[tokio::test]
async fn a_connection_that_switches_protocols_is_passed_through() {
    let folder = tempfile::tempdir().unwrap();
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (public, _board, _generation, _close) = proxy(folder.path(), server.local_addr().unwrap()).await;
    let mut client = TcpStream::connect(public).await.unwrap();
    client.write_all(b"GET /chat HTTP/1.1\r\nhost: h\r\nconnection: Upgrade\r\nupgrade: chat\r\n\r\n").await.unwrap();
    let (mut unit, _) = timeout(SOON, server.accept()).await.unwrap().unwrap();
    assert!(read_until(&mut unit, "\r\n\r\n").await.contains("upgrade: chat\r\n"));
    unit.write_all(b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n").await.unwrap();
    assert!(read_until(&mut client, "\r\n\r\n").await.starts_with("HTTP/1.1 101"));
    client.write_all(b"ping").await.unwrap();
    read_until(&mut unit, "ping").await;
    unit.write_all(b"pong").await.unwrap();
    read_until(&mut client, "pong").await;
}

#[tokio::test]
async fn old_processes_stay_until_their_last_answer_is_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (public, board, generation, _close) = proxy(folder.path(), server.local_addr().unwrap()).await;
    let mut client = TcpStream::connect(public).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n").await.unwrap();
    let (mut unit, _) = timeout(SOON, server.accept()).await.unwrap().unwrap();
    read_until(&mut unit, "\r\n\r\n").await;
    unit.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabc").await.unwrap();
    read_until(&mut client, "abc").await;

    board.post(Stage::Waiting("restarting"));
    let retiring = Arc::clone(&generation);
    let retired = tokio::spawn(async move { retiring.retire().await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!retired.is_finished(), "half of the answer is still missing");
    unit.write_all(b"def").await.unwrap();
    read_until(&mut client, "def").await;
    timeout(SOON, retired).await.unwrap().unwrap();
}
