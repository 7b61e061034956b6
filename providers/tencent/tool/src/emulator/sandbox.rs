//! [`Sandboxed`]: one process at a time, one invocation at a time, and the clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use fx_provider::emulator::{Failure, Launch, Lines, NotReady, Process, Serving, StartError};
use tokio::{
    net::TcpListener,
    sync::{Mutex, oneshot},
};

use super::{
    api::{Api, Job},
    environment::{environment, region},
    status,
};

/// How long a start may take unless f.yml says otherwise.
const INIT: u32 = 65;

struct Instance {
    api: Arc<Api>,
    process: Process,
    _serving: Serving,
}

/// An event function.
pub(super) struct Sandboxed {
    pub(super) launch: Launch,
    pub(super) region: String,
    lines: Lines,
    turn: Mutex<Option<Instance>>,
    count: AtomicU64,
}

impl Sandboxed {
    pub(super) async fn start(launch: Launch, lines: Lines) -> Result<Self, StartError> {
        let region = region(&launch);
        let sandboxed = Self { launch, region, lines, turn: Mutex::default(), count: AtomicU64::new(0) };
        let instance = sandboxed.instance().await?;
        *sandboxed.turn.lock().await = Some(instance);
        Ok(sandboxed)
    }

    /// Starts a process, and waits until it says that it is ready.
    async fn instance(&self) -> Result<Instance, StartError> {
        let unit = &self.launch.unit;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut variables = environment(&self.launch, &self.region);
        variables.insert("SCF_RUNTIME_API".into(), "127.0.0.1".into());
        variables.insert("SCF_RUNTIME_API_PORT".into(), listener.local_addr()?.port().to_string());
        let api = Arc::new(Api::new(unit.memory_size.value, unit.timeout.value));
        let serving = api.serve(listener);
        let process = Process::spawn(&self.launch.executable, &self.launch.code, &variables, &self.lines)?;
        let instance = Instance { api, process, _serving: serving };
        let limit = unit.init_timeout.as_ref().map_or(INIT, |seconds| seconds.value);
        let limit = Duration::from_secs(limit.into());
        match instance.api.desk.ready(&instance.process, limit).await {
            Ok(()) => Ok(instance),
            Err(NotReady::Failed(failure)) => Err(StartError::Refused(failure)),
            Err(NotReady::Ended(status)) => Err(StartError::Ended(status)),
            Err(NotReady::Silent) => {
                instance.process.end(None).await;
                Err(StartError::Silent(limit))
            }
        }
    }

    /// One invocation. The caller may go away: it ends as it would have.
    pub(super) async fn invoke(self: &Arc<Self>, payload: Bytes) -> Result<Bytes, Failure> {
        let (answered, answer) = oneshot::channel();
        let sandboxed = Arc::clone(self);
        tokio::spawn(async move { drop(answered.send(sandboxed.turn(payload).await)) });
        answer.await.unwrap_or_else(|_| Err(Failure::new("500", "the emulator is ending")))
    }

    async fn turn(&self, payload: Bytes) -> Result<Bytes, Failure> {
        let mut turn = self.turn.lock().await;
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("{:08x}-0000-4000-8000-{number:012x}", std::process::id());
        if !turn.as_ref().is_some_and(|instance| instance.process.is_running()) {
            *turn = None;
            *turn = Some(self.instance().await.map_err(|error| status::not_started(&error))?);
        }
        let Some(instance) = turn.as_ref() else { return Err(Failure::new("500", "InternalError")) };
        let began = Instant::now();
        let mut waiting = instance.api.desk.put(&id, Job { id: id.clone(), payload });
        let outcome = instance.api.desk.answer(&mut waiting, &instance.process, self.launch.timeout()).await;
        let answer = match outcome {
            Ok(answer) => answer,
            Err(lost) => {
                if let Some(instance) = turn.take() {
                    instance.process.end(None).await;
                }
                Err(status::lost(&lost, self.launch.unit.timeout.value))
            }
        };
        self.report(&id, began, answer.as_ref().err());
        answer
    }

    fn report(&self, id: &str, began: Instant, failure: Option<&Failure>) {
        if let Some(failure) = failure {
            let _ = self.lines.send(format!("ERROR RequestId:{id} Result:{}", failure.message));
        }
        let (ms, memory) = (began.elapsed().as_millis(), self.launch.unit.memory_size.value);
        let _ = self.lines.send(format!("Report RequestId:{id} Duration:{ms}ms Memory:{memory}MB"));
    }

    /// There is no warning: the platform kills.
    pub(super) async fn stop(&self, grace: Duration) {
        if let Ok(mut turn) = tokio::time::timeout(grace, self.turn.lock()).await
            && let Some(instance) = turn.take()
        {
            instance.process.end(None).await;
        }
    }
}
