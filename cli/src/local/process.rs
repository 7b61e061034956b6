//! One unit as a process: started, watched, and stopped without losing what it is answering.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fx_provider::emulator::{self, Emulated, Emulator, Launch};
use fx_spec::Unit;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, ChildStdin, Command},
    sync::{mpsc, oneshot, watch},
};

use super::log::LogLine;

/// How long a unit may take from its first instruction to "listening".
const START_DEADLINE: Duration = Duration::from_secs(60);
/// How many of its last lines are kept to explain a failed start.
const LINES_KEPT: usize = 40;

/// All that it takes to start a unit. Equal plans make equal processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Name of the unit.
    pub unit: String,
    /// The program.
    pub executable: PathBuf,
    /// The folder it runs in, so that relative paths in f.yml start where f.yml stands.
    pub folder: PathBuf,
    /// The folder it finds its assets in.
    pub assets: PathBuf,
    /// How long the unit may take for an answer.
    pub timeout: Duration,
    /// Variables on top of those fx itself was started with.
    pub environment: BTreeMap<String, String>,
    /// As on which platform; none: as on this machine.
    pub emulation: Option<Emulation>,
}

/// A unit as on its platform.
#[derive(Clone)]
pub struct Emulation {
    /// Who plays the platform.
    pub emulator: &'static dyn Emulator,
    /// Name of the target.
    pub target: &'static str,
    /// What the platform is told of the unit.
    pub unit: Box<Unit>,
    /// Where the unit believes to be.
    pub region: Option<String>,
}

impl std::fmt::Debug for Emulation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { emulator: _, target, unit, region } = self;
        formatter.debug_tuple("Emulation").field(target).field(unit).field(region).finish()
    }
}

/// All that the platform is told is in the words of [`fmt::Debug`](std::fmt::Debug).
impl PartialEq for Emulation {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

impl Eq for Emulation {}

/// A line that a unit wrote.
#[derive(Debug)]
pub struct Said {
    /// Which unit.
    pub unit: String,
    /// The line as it was written.
    pub raw: String,
    /// What it says.
    pub line: LogLine,
}

/// A unit that did not come up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The program could not be started at all.
    #[error("cannot start {}: {error}", executable.display())]
    Spawn {
        /// The program.
        executable: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It ended before it listened.
    #[error("`{unit}` ended ({}) before it was ready", ending(*status))]
    Ended {
        /// Name of the unit.
        unit: String,
        /// How.
        status: Option<ExitStatus>,
        /// The last things it wrote.
        last: Vec<String>,
    },
    /// It neither listened nor ended.
    #[error("`{unit}` was not ready after {} seconds", START_DEADLINE.as_secs())]
    Silent {
        /// Name of the unit.
        unit: String,
        /// The last things it wrote.
        last: Vec<String>,
    },
    /// The platform does not get it to run.
    #[error("`{unit}` does not start on {target}: {error}")]
    Emulated {
        /// Name of the unit.
        unit: String,
        /// The platform.
        target: &'static str,
        /// Why.
        error: emulator::StartError,
        /// The last things it wrote.
        last: Vec<String>,
    },
}

impl StartError {
    /// The last things the unit wrote.
    pub fn last_lines(&self) -> &[String] {
        match self {
            StartError::Spawn { .. } => &[],
            StartError::Ended { last, .. } | StartError::Silent { last, .. } | StartError::Emulated { last, .. } => {
                last
            }
        }
    }
}

/// How a process ended, in words.
pub fn ending(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "for an unknown reason".to_owned(), |status| status.to_string())
}

/// A unit that listens. Dropping it stops the process at once; [`Running::stop`] lets it finish.
#[derive(Debug)]
pub struct Running {
    /// Name of the unit.
    pub unit: String,
    /// Where it answers HTTP.
    pub http: SocketAddr,
    /// Where it takes events.
    pub control: Option<SocketAddr>,
    stop: mpsc::Sender<Duration>,
    ended: watch::Receiver<Option<Ended>>,
}

type Ended = Option<ExitStatus>;

impl Running {
    /// Starts a unit and waits until it listens. Its lines go to `said`.
    pub async fn start(plan: &Plan, said: mpsc::UnboundedSender<Said>) -> Result<Self, StartError> {
        match &plan.emulation {
            Some(emulation) => Self::emulated(plan, emulation, said).await,
            None => Self::here(plan, said).await,
        }
    }

    /// Starts a unit as on its platform.
    async fn emulated(
        plan: &Plan,
        emulation: &Emulation,
        said: mpsc::UnboundedSender<Said>,
    ) -> Result<Self, StartError> {
        let launch = Launch {
            unit: (*emulation.unit).clone(),
            executable: plan.executable.clone(),
            code: plan.assets.clone(),
            environment: plan.environment.clone(),
            region: emulation.region.clone(),
        };
        let last = Arc::new(Mutex::new(VecDeque::new()));
        let (lines, mut heard) = mpsc::unbounded_channel::<String>();
        let (unit, kept) = (plan.unit.clone(), Arc::clone(&last));
        let passing = tokio::spawn(async move {
            while let Some(raw) = heard.recv().await {
                let line = LogLine::parse(&raw);
                if !matches!(line, LogLine::Listening { .. }) {
                    pass_on(&unit, raw, line, &kept, &said);
                }
            }
        });
        let starting = async {
            let platform = emulation.emulator.start(launch, lines).await?;
            Ok(Emulated::serve(platform).await?)
        };
        let emulated = match starting.await {
            Ok(emulated) => emulated,
            Err(error) => {
                // All that could still write has ended: its last words are the explanation.
                let _ = tokio::time::timeout(Duration::from_secs(1), passing).await;
                let (unit, target) = (plan.unit.clone(), emulation.target);
                return Err(StartError::Emulated { unit, target, error, last: taken(&last) });
            }
        };
        let (http, control) = (emulated.http, Some(emulated.control));
        let (stop, mut stops) = mpsc::channel::<Duration>(1);
        let (end, ended) = watch::channel(None);
        // The platform starts its processes again by itself: it ends only when it is told to.
        tokio::spawn(async move {
            let grace = stops.recv().await.unwrap_or_default();
            emulated.stop(grace).await;
            drop(emulated);
            let _ = end.send(Some(None));
        });
        Ok(Self { unit: plan.unit.clone(), http, control, stop, ended })
    }

    async fn here(plan: &Plan, said: mpsc::UnboundedSender<Said>) -> Result<Self, StartError> {
        let mut command = Command::new(&plan.executable);
        command
            .current_dir(&plan.folder)
            .envs(&plan.environment)
            .env("FX_LISTEN", "127.0.0.1:0")
            .env("FX_CONTROL", "127.0.0.1:0")
            .env("FX_ASSETS", &plan.assets)
            .env("FX_STAGE", "dev")
            // The process ends itself when this pipe closes, so it cannot outlive fx, however fx ends.
            .env("FX_PARENT_PIPE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal is for fx alone: fx then lets its children finish.
            .process_group(0)
            .kill_on_drop(true);
        let mut child =
            command.spawn().map_err(|error| StartError::Spawn { executable: plan.executable.clone(), error })?;
        let lifeline = child.stdin.take();
        let last = Arc::new(Mutex::new(VecDeque::new()));
        let (ready, listening) = oneshot::channel();
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(relay(stdout, plan.unit.clone(), said.clone(), Arc::clone(&last), Some(ready)));
        }
        let stderr = child
            .stderr
            .take()
            .map(|stderr| tokio::spawn(relay(stderr, plan.unit.clone(), said, Arc::clone(&last), None)));
        let (stop, stops) = mpsc::channel(1);
        let (end, mut ended) = watch::channel(None);
        tokio::spawn(own(child, lifeline, stops, end));

        let outcome = tokio::time::timeout(START_DEADLINE, listening).await;
        let unit = plan.unit.clone();
        match outcome {
            Ok(Ok((http, control))) => Ok(Self { unit, http, control, stop, ended }),
            Ok(Err(_)) => {
                // stdout is closed: the process is ending. What it wrote to stderr is the explanation.
                if let Some(stderr) = stderr {
                    let _ = tokio::time::timeout(Duration::from_secs(1), stderr).await;
                }
                let status = tokio::time::timeout(Duration::from_secs(1), ended.wait_for(Option::is_some)).await;
                let status = status.ok().and_then(Result::ok).and_then(|ended| ended.flatten());
                Err(StartError::Ended { unit, status, last: taken(&last) })
            }
            Err(_) => Err(StartError::Silent { unit, last: taken(&last) }),
        }
    }

    /// Waits for the process to end by itself.
    pub async fn ended(&self) -> Option<ExitStatus> {
        let mut ended = self.ended.clone();
        let status = ended.wait_for(Option::is_some).await;
        status.ok().and_then(|status| status.flatten())
    }

    /// Asks the process to finish what it is answering and end; after `grace` it is killed.
    pub async fn stop(&self, grace: Duration) {
        // A full channel means that it has been asked already.
        let _ = self.stop.try_send(grace);
        self.ended().await;
    }
}

/// Owns the process for all of its life, so that a signal can never reach a stranger with the same number.
async fn own(
    mut child: Child,
    lifeline: Option<ChildStdin>,
    mut stops: mpsc::Receiver<Duration>,
    end: watch::Sender<Option<Ended>>,
) {
    let status = tokio::select! {
        status = child.wait() => status,
        grace = stops.recv() => {
            let grace = grace.unwrap_or_default();
            signal(&child, Signal::TERM);
            match tokio::time::timeout(grace, child.wait()).await {
                Ok(status) => status,
                Err(_) => {
                    signal(&child, Signal::KILL);
                    child.wait().await
                }
            }
        }
    };
    drop(lifeline);
    let _ = end.send(Some(status.ok()));
}

fn signal(child: &Child, signal: Signal) {
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(group) = group {
        // It may have ended in this very moment; then there is nothing to signal.
        let _ = kill_process_group(group, signal);
    }
}

type Ready = oneshot::Sender<(SocketAddr, Option<SocketAddr>)>;

/// Passes a stream on line by line. Output that is not UTF-8 is shown as well as it can be.
async fn relay(
    stream: impl AsyncRead + Unpin,
    unit: String,
    said: mpsc::UnboundedSender<Said>,
    last: Arc<Mutex<VecDeque<String>>>,
    mut ready: Option<Ready>,
) {
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while let Ok(1..) = reader.read_until(b'\n', &mut bytes).await {
        let raw = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        bytes.clear();
        let line = LogLine::parse(&raw);
        if let LogLine::Listening { http, control } = line
            && let Some(ready) = ready.take()
        {
            let _ = ready.send((http, control));
            continue;
        }
        pass_on(&unit, raw, line, &last, &said);
    }
}

/// Keeps a line to explain a failed start, and passes it on. If nobody listens any more it is read all the same, so that the process
/// is not stopped by a full pipe.
fn pass_on(unit: &str, raw: String, line: LogLine, last: &Mutex<VecDeque<String>>, said: &mpsc::UnboundedSender<Said>) {
    {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == LINES_KEPT {
            last.pop_front();
        }
        last.push_back(line.to_string());
    }
    let _ = said.send(Said { unit: unit.to_owned(), raw, line });
}

fn taken(last: &Mutex<VecDeque<String>>) -> Vec<String> {
    last.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
}
