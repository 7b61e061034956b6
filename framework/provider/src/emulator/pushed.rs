//! [`Pushed`]: a unit that is sent its requests: started when it is needed, with so many at once, and a clock for each.

use std::{collections::BTreeMap, process::ExitStatus, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::{Body, BoxError, Launch, Lines, Lost, Process, PushServer, StartError, Unready, ending, read, streamed};

/// How much of an answer is read to explain a failed start.
const EXPLANATION: usize = 64 * 1024;

/// What the platforms that push differ in.
pub trait Host: Send + Sync + 'static {
    /// The environment of a process that is to listen on this port.
    fn environment(&self, port: u16) -> BTreeMap<String, String>;

    /// How long it may take to listen.
    fn start_within(&self) -> Duration;

    /// A request that it has to answer with success before it gets any other.
    fn initialize(&self) -> Option<Request<Body>> {
        None
    }

    /// What an answer to [`initialize`](Self::initialize) means that is no success.
    fn refused(&self, answer: &[u8]) -> StartError;
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// It does not start.
    NotStarted(StartError),
    /// It started, and was lost.
    Lost(Lost),
    /// It closed the connection.
    Broken(String),
}

/// A unit behind a platform that pushes.
pub struct Pushed<H> {
    /// The platform.
    pub host: H,
    /// What is run.
    pub launch: Launch,
    lines: Lines,
    current: Mutex<Option<Arc<PushServer>>>,
    slots: Arc<Semaphore>,
}

impl<H: Host> Pushed<H> {
    /// Starts the unit.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(host: H, launch: Launch, lines: Lines) -> Result<Arc<Self>, StartError> {
        let slots = usize::try_from(launch.unit.concurrency.value).unwrap_or(1).max(1);
        let slots = Arc::new(Semaphore::new(slots));
        let pushed = Self { host, launch, lines, current: Mutex::default(), slots };
        pushed.server().await?;
        Ok(Arc::new(pushed))
    }

    /// The process that answers; a new one if the last has ended.
    async fn server(&self) -> Result<Arc<PushServer>, StartError> {
        let mut current = self.current.lock().await;
        if let Some(server) = current.as_ref().filter(|server| server.process.is_running()) {
            return Ok(Arc::clone(server));
        }
        *current = None;
        let port = PushServer::free_port().await?;
        let variables = self.host.environment(port);
        let process = Process::spawn(&self.launch.executable, &self.launch.code, &variables, &self.lines)?;
        let limit = self.host.start_within();
        let server = PushServer::ready(process, port, limit).await.map_err(|unready| match unready {
            Unready::Ended(status) => StartError::Ended(status),
            Unready::Silent => StartError::Silent(limit),
        })?;
        if let Some(request) = self.host.initialize() {
            let Ok(answer) = server.send(request).await else {
                return Err(StartError::Ended(server.process.end(Some(Duration::from_secs(1))).await));
            };
            if !answer.status().is_success() {
                let explanation = read(answer.into_body(), EXPLANATION).await.ok().flatten().unwrap_or_default();
                server.process.end(Some(Duration::from_secs(1))).await;
                return Err(self.host.refused(&explanation));
            }
        }
        let server = Arc::new(server);
        *current = Some(Arc::clone(&server));
        Ok(server)
    }

    /// One request. When the time is up the process is killed, whoever else waits for it; the next request gets a new one.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn send(self: &Arc<Self>, request: Request<Body>) -> Result<Response<Body>, Unanswered> {
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let slot = slot.map_err(|closed| Unanswered::Broken(closed.to_string()))?;
        let server = self.server().await.map_err(Unanswered::NotStarted)?;
        let (answered, answer) = oneshot::channel();
        let (timeout, lines) = (self.launch.timeout(), self.lines.clone());
        // On its own, so that a caller who goes away does not stop the clock.
        tokio::spawn(async move {
            let mut answered = Some(answered);
            let working = exchange(&server, request, &mut answered, slot, &lines);
            if tokio::time::timeout(timeout, working).await.is_err() {
                server.process.end(None).await;
                let _ = lines.send(format!("the function was killed: no answer within {} s", timeout.as_secs()));
                if let Some(answered) = answered {
                    let _ = answered.send(Err(Unanswered::Lost(Lost::TimedOut)));
                }
            }
        });
        answer.await.unwrap_or_else(|_| Err(Unanswered::Broken("the emulator is ending".to_owned())))
    }

    /// Lets the process end.
    pub async fn stop(&self, grace: Duration) {
        self.slots.close();
        if let Some(server) = self.current.lock().await.take() {
            server.process.end(Some(grace)).await;
        }
    }
}

type Answered = oneshot::Sender<Result<Response<Body>, Unanswered>>;

/// From a request to the last byte of its answer.
async fn exchange(
    server: &PushServer,
    request: Request<Body>,
    answered: &mut Option<Answered>,
    slot: OwnedSemaphorePermit,
    lines: &Lines,
) {
    let mut tell = |outcome| {
        if let Some(answered) = answered.take() {
            let _ = answered.send(outcome);
        }
    };
    let response = match server.send(request).await {
        Ok(response) => response,
        Err(error) => {
            return tell(Err(match ended(server).await {
                Some(status) => Unanswered::Lost(Lost::Ended(status)),
                None => Unanswered::Broken(chain(&error)),
            }));
        }
    };
    if response.status() == http::StatusCode::SWITCHING_PROTOCOLS {
        return tell(Err(Unanswered::Broken("it wants to change the protocol".to_owned())));
    }
    let (head, mut body) = response.into_parts();
    let (forward, pieces) = mpsc::channel::<Result<Bytes, BoxError>>(4);
    tell(Ok(Response::from_parts(head, streamed(pieces))));
    while let Some(frame) = body.frame().await {
        let piece = match frame.map(http_body::Frame::into_data) {
            Ok(Ok(data)) => Ok(data),
            Ok(Err(_)) => continue,
            Err(error) => Err(error),
        };
        let broken = piece.is_err();
        if broken {
            let why = ended(server)
                .await
                .map_or_else(String::new, |status| format!(": the process ended ({})", ending(status)));
            let _ = lines.send(format!("the function broke off its answer{why}"));
        }
        if forward.send(piece).await.is_err() || broken {
            break;
        }
    }
    drop(slot);
}

/// How the process ended, if that is why a connection broke, which is often the first that is seen of it. The next request must not find
/// it still there.
async fn ended(server: &PushServer) -> Option<Option<ExitStatus>> {
    tokio::time::timeout(Duration::from_millis(500), server.process.ended()).await.ok()
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}
