//! [`Lambda`]: one sandbox at a time, one invocation at a time, and the clock.

use std::{
    os::unix::process::ExitStatusExt,
    process::ExitStatus,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use fx_provider::emulator::{
    Body, BoxError, Desk, Failure, Launch, Lines, Lost, NotReady, Process, Serving, StartError, streamed,
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, OwnedMutexGuard, mpsc, oneshot},
};

use super::{
    api::{Api, Handed},
    environment::environment,
};

/// How long a sandbox may take to start.
const INIT: Duration = Duration::from_secs(10);
/// How long a process with a registered extension has after SIGTERM.
const EXTENSION_GRACE: Duration = Duration::from_millis(500);
/// How long a process that ends is waited for, at the end.
const LAST_GRACE: Duration = Duration::from_secs(2);

/// What a function answers.
pub(super) enum Reply {
    /// All of it.
    Whole(Bytes),
    /// As it comes; with its media type.
    Stream(String, Body),
}

/// An invocation on its way to the process.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) deadline: u128,
    pub(super) trace: String,
    pub(super) payload: Bytes,
}

struct Sandbox {
    api: Arc<Api>,
    process: Process,
    _serving: Serving,
}

/// A function of Lambda.
pub(super) struct Lambda {
    pub(super) launch: Launch,
    pub(super) region: String,
    lines: Lines,
    turn: Arc<Mutex<Option<Sandbox>>>,
    count: AtomicU64,
}

impl Lambda {
    pub(super) async fn start(launch: Launch, lines: Lines) -> Result<Self, StartError> {
        let region = launch.region.clone().unwrap_or_else(|| "us-east-1".to_owned());
        let count = AtomicU64::new(0);
        let lambda = Self { launch, region, lines, turn: Arc::default(), count };
        let sandbox = lambda.sandbox(INIT).await?;
        *lambda.turn.lock().await = Some(sandbox);
        Ok(lambda)
    }

    /// Starts a process, and waits until it asks for its first invocation.
    async fn sandbox(&self, limit: Duration) -> Result<Sandbox, StartError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let variables = environment(&self.launch, &self.region, &listener.local_addr()?.to_string());
        let api = Arc::new(Api::new(&self.launch.unit.name.value, &self.region));
        let serving = api.serve(listener);
        let process = Process::spawn(&self.launch.executable, &self.launch.code, &variables, &self.lines)?;
        let sandbox = Sandbox { api, process, _serving: serving };
        match sandbox.api.desk.ready(&sandbox.process, limit).await {
            Ok(()) => Ok(sandbox),
            Err(NotReady::Failed(failure)) => {
                // It ends by itself now, after what it still wants to log.
                sandbox.process.end(Some(Duration::from_secs(1))).await;
                Err(StartError::Refused(failure))
            }
            Err(NotReady::Ended(status)) => Err(StartError::Ended(status)),
            Err(NotReady::Silent) => {
                sandbox.process.end(None).await;
                Err(StartError::Silent(limit))
            }
        }
    }

    /// One invocation. The caller may go away: it ends as it would have.
    pub(super) async fn invoke(self: &Arc<Self>, payload: Bytes) -> Result<Reply, Failure> {
        let (answered, answer) = oneshot::channel();
        let lambda = Arc::clone(self);
        tokio::spawn(async move { lambda.turn(payload, answered).await });
        answer.await.unwrap_or_else(|_| Err(Failure::new("Sandbox.Ended", "the emulator is ending")))
    }

    async fn turn(&self, payload: Bytes, answered: oneshot::Sender<Result<Reply, Failure>>) {
        let mut turn = Arc::clone(&self.turn).lock_owned().await;
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("{:08x}-0000-4000-8000-{number:012x}", std::process::id());
        let began = Instant::now();
        let timeout = self.launch.timeout();

        if !turn.as_ref().is_some_and(|sandbox| sandbox.process.is_running()) {
            // A start that takes place during an invocation has the invocation's time.
            match self.sandbox(INIT.max(timeout)).await {
                Ok(sandbox) => *turn = Some(sandbox),
                Err(error) => {
                    *turn = None;
                    let _ = answered.send(Err(not_started(&id, &error)));
                    return;
                }
            }
        }
        let Some(sandbox) = turn.as_ref() else { return };
        let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + timeout;
        let job = Job {
            id: id.clone(),
            deadline: deadline.as_millis(),
            trace: format!("Root=1-{:08x}-{number:024x};Parent={number:016x};Sampled=0", deadline.as_secs()),
            payload,
        };
        let mut waiting = sandbox.api.desk.put(&id, job);
        let handed = sandbox.api.desk.answer(&mut waiting, &sandbox.process, timeout).await;
        match handed {
            Ok(Handed::Whole(answer)) => drop(answered.send(answer.map(Reply::Whole))),
            Ok(Handed::Stream(kind, pieces)) => {
                let (forward, body) = mpsc::channel(4);
                let _ = answered.send(Ok(Reply::Stream(kind, streamed(body))));
                let left = timeout.saturating_sub(began.elapsed());
                if let Err(lost) = pass(pieces, &forward, &sandbox.process, left).await {
                    let failure = self.lost(&id, lost, &mut turn).await;
                    let _ = forward.send(Err(failure.into())).await;
                }
            }
            Err(lost) => drop(answered.send(Err(self.lost(&id, lost, &mut turn).await))),
        }
        self.report(&id, began);
    }

    /// Ends a sandbox that gave no answer; the next invocation gets a new one.
    async fn lost(&self, id: &str, lost: Lost, turn: &mut OwnedMutexGuard<Option<Sandbox>>) -> Failure {
        let sandbox = turn.take();
        match lost {
            Lost::TimedOut => {
                if let Some(sandbox) = sandbox {
                    sandbox.end(EXTENSION_GRACE).await;
                }
                let seconds = self.launch.unit.timeout.value;
                let failure = Failure::new("Sandbox.Timedout", format!("Task timed out after {seconds}.00 seconds"));
                let _ = self.lines.send(format!("{id} {}", failure.message));
                failure
            }
            Lost::Ended(status) => {
                let message = format!("RequestId: {id} Error: Runtime exited {}", exited(status));
                let _ = self.lines.send(message.clone());
                Failure::new("Runtime.ExitError", message)
            }
        }
    }

    fn report(&self, id: &str, began: Instant) {
        let ms = began.elapsed().as_secs_f64() * 1000.0;
        let memory = self.launch.unit.memory_size.value;
        let billed = ms.ceil();
        let line = format!(
            "REPORT RequestId: {id}\tDuration: {ms:.2} ms\tBilled Duration: {billed} ms\tMemory Size: {memory} MB"
        );
        let _ = self.lines.send(line);
    }

    pub(super) async fn stop(&self, grace: Duration) {
        // An invocation that does not end in time is not waited for.
        if let Ok(mut turn) = tokio::time::timeout(grace, self.turn.lock()).await
            && let Some(sandbox) = turn.take()
        {
            sandbox.end(LAST_GRACE.min(grace)).await;
        }
    }
}

impl Sandbox {
    /// SIGTERM reaches only a process that has registered an extension.
    async fn end(&self, grace: Duration) {
        self.process.end(self.api.has_extension().then_some(grace)).await;
    }
}

/// Passes a stream on until it ends; what the reader does not want any more is read all the same, as the function is not told.
async fn pass(
    mut pieces: mpsc::Receiver<Result<Bytes, BoxError>>,
    forward: &mpsc::Sender<Result<Bytes, BoxError>>,
    process: &Process,
    limit: Duration,
) -> Result<(), Lost> {
    let passing = async {
        while let Some(piece) = pieces.recv().await {
            let broken = piece.is_err();
            let _ = forward.send(piece).await;
            if broken {
                // A connection that breaks is often the first that is seen of a process that ends.
                let _ = tokio::time::timeout(Duration::from_millis(200), process.ended()).await;
            }
        }
    };
    // What has arrived is passed on, also when the process has ended meanwhile: the end of its connection ends the stream.
    tokio::time::timeout(limit, passing).await.map_err(|_| Lost::TimedOut)
}

/// How a process ended, in Lambda's words.
fn exited(status: Option<ExitStatus>) -> String {
    match status.map(|status| (status.code(), status.signal())) {
        None | Some((Some(0), _) | (None, None)) => "without providing a reason".to_owned(),
        Some((Some(code), _)) => format!("with error: exit status {code}"),
        Some((None, Some(signal))) => {
            let name = match signal {
                4 => "illegal instruction",
                6 => "aborted",
                7 => "bus error",
                8 => "floating point exception",
                9 => "killed",
                11 => "segmentation fault",
                15 => "terminated",
                other => return format!("with error: signal: signal {other}"),
            };
            format!("with error: signal: {name}")
        }
    }
}

fn not_started(id: &str, error: &StartError) -> Failure {
    match error {
        StartError::Refused(failure) => failure.clone(),
        StartError::Silent(limit) => {
            Failure::new("Sandbox.Timedout", format!("Task timed out after {}.00 seconds", limit.as_secs()))
        }
        other => Failure::new("Runtime.ExitError", format!("RequestId: {id} Error: {other}")),
    }
}

pub(super) type LambdaDesk = Desk<Job, Handed>;
