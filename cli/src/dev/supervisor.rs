//! The loop behind `fx dev`: load, build, start the new, let the old finish; and again on every change.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use fx_build::Cancel;
use fx_spec::{Problem, Service};
use serde::Serialize;
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

use super::{
    board::{Board, Stage},
    console::Console,
    dispatch::Dispatch,
    generation::Generation,
    greeting,
    origin::Origin,
    steps::Steps,
    watch::Watch,
};
use crate::{
    codes,
    local::{
        prepare::Prepared,
        process::{Plan, Running, Said, StartError, ending},
    },
    output::{Problems, Report},
};

/// How long the processes may take to end when fx ends.
const LAST_GRACE: Duration = Duration::from_secs(3);
/// A process that lived this long was healthy: its end is not one more of a series.
const HEALTHY: Duration = Duration::from_secs(30);
/// The longest pause before a process that keeps ending is started again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What the supervisor works on.
#[expect(missing_debug_implementations, reason = "a target has no form to print")]
pub struct Supervisor {
    origin: Origin,
    root: PathBuf,
    url: String,
    console: Arc<Console>,
    board: Arc<Board>,
    said: mpsc::UnboundedSender<Said>,
    current: Option<Arc<Generation>>,
    last: Option<Start>,
    retired: Vec<Arc<Generation>>,
    greeted: bool,
    warned: String,
    crashes: u32,
    /// Folders that processes run in.
    unpacked: Vec<TempDir>,
}

/// All that it takes to start the service again.
#[derive(Debug, Clone)]
struct Start {
    plans: Vec<Plan>,
    dispatch: Dispatch,
}

/// The event of something to mend, for programs.
#[derive(Debug, Serialize)]
struct Broken<'a> {
    event: &'static str,
    #[serde(flatten)]
    report: Problems<'a>,
}

/// What ended a wait.
enum Next {
    Changed(Vec<PathBuf>),
    Crashed(String, Option<std::process::ExitStatus>),
    Retry,
    Closing,
}

impl Supervisor {
    /// A supervisor of what is served from the folder `root` and reached at `url`.
    pub fn new(
        origin: Origin,
        root: PathBuf,
        url: String,
        console: Arc<Console>,
        board: Arc<Board>,
        said: mpsc::UnboundedSender<Said>,
    ) -> Self {
        Self {
            origin,
            root,
            url,
            console,
            board,
            said,
            current: None,
            last: None,
            retired: Vec::new(),
            greeted: false,
            warned: String::new(),
            crashes: 0,
            unpacked: Vec::new(),
        }
    }

    /// Works until `closing` says `true`, then ends every process.
    pub async fn run(mut self, mut watch: Watch, mut closing: watch::Receiver<bool>) {
        let mut retry = None;
        self.rebuild(&mut watch, &mut closing).await;
        while !*closing.borrow() {
            let started = Instant::now();
            match self.wait(&mut watch, &mut closing, retry.take()).await {
                Next::Closing => break,
                Next::Changed(changed) => {
                    self.crashes = 0;
                    self.tell_changed(&changed);
                    self.rebuild(&mut watch, &mut closing).await;
                }
                Next::Crashed(unit, status) => {
                    if started.elapsed() > HEALTHY {
                        self.crashes = 0;
                    }
                    let pause = self.pause();
                    let how = ending(status);
                    self.console.note(format_args!("error: `{unit}` ended ({how}); starting it again in {pause:?}"));
                    self.board.post(Stage::Waiting("restarting"));
                    self.retire();
                    retry = Some(pause);
                }
                Next::Retry => {
                    if !self.start_again().await {
                        let pause = self.pause();
                        self.console.note(format_args!("trying again in {pause:?}, or when a file is saved"));
                        retry = Some(pause);
                    }
                }
            }
        }
        self.end().await;
    }

    async fn wait(&self, watch: &mut Watch, closing: &mut watch::Receiver<bool>, retry: Option<Duration>) -> Next {
        let crash = async {
            match &self.current {
                Some(generation) => generation.first_ended().await,
                None => std::future::pending().await,
            }
        };
        let retry = async {
            match retry {
                Some(pause) => tokio::time::sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = closing.wait_for(|closing| *closing) => Next::Closing,
            changed = watch.changed() => Next::Changed(changed),
            (unit, status) = crash => Next::Crashed(unit, status),
            () = retry => Next::Retry,
        }
    }

    /// The pause before the next try: each is twice as long as the one before.
    fn pause(&mut self) -> Duration {
        let pause = Duration::from_millis(250).saturating_mul(1 << self.crashes.min(10));
        self.crashes += 1;
        pause.min(LONGEST_PAUSE)
    }

    fn tell_changed(&self, changed: &[PathBuf]) {
        let names: Vec<_> = changed.iter().map(|path| path.strip_prefix(&self.root).unwrap_or(path)).collect();
        if self.console.output().is_json() {
            self.console.output().json_line(&json!({ "event": "changed", "files": names }));
        }
        if let [first, rest @ ..] = names.as_slice() {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            self.console.progress(format!("{}{more} changed", first.display()));
        }
    }

    /// Everything from f.yml to running processes.
    async fn rebuild(&mut self, watch: &mut Watch, closing: &mut watch::Receiver<bool>) {
        let began = Instant::now();
        let cancel = Cancel::new();
        let (mut work, found) = {
            let (origin, root, cancel) = (self.origin.clone(), self.root.clone(), cancel.clone());
            let steps = Steps(Arc::clone(&self.console));
            let (found, scope) = tokio::sync::oneshot::channel();
            let work = tokio::task::spawn_blocking(move || {
                // First of all, so that also what keeps the code from being understood can be mended.
                if let Some(scope) = origin.scope(&root) {
                    let _ = found.send(scope);
                }
                origin.prepare(&root, &cancel, &steps)
            });
            (work, scope)
        };
        if let Ok(scope) = found.await {
            watch.rescope(scope);
        }
        let outcome = tokio::select! {
            outcome = &mut work => outcome,
            _ = closing.wait_for(|closing| *closing) => {
                // cargo and its compilers end with fx.
                cancel.cancel();
                let _ = work.await;
                self.console.progress_done();
                return;
            }
        };
        self.console.progress_done();
        match outcome {
            Ok(Ok(prepared)) => self.run_prepared(prepared, began).await,
            Ok(Err(report)) => self.broken(report),
            Err(error) => {
                self.broken(Problem::error(codes::SYSTEM, format!("fx itself failed while building: {error}")).into());
            }
        }
    }

    async fn run_prepared(&mut self, prepared: Prepared, began: Instant) {
        let Prepared { service, built, plans, report, unpacked } = prepared;
        self.unpacked.extend(unpacked);
        self.tell_warnings(&report);
        let fresh = built.iter().all(|unit| unit.fresh);
        if fresh && self.current.as_ref().is_some_and(|current| current.plans == plans) {
            return;
        }
        let start = Start { plans, dispatch: Dispatch::new(&service) };
        self.last = Some(start.clone());
        if self.start(start).await {
            self.tell_ready(&service, began.elapsed());
        }
    }

    /// Starts the units; only when all of them listen they take over, and the old ones finish what they have begun.
    async fn start(&mut self, start: Start) -> bool {
        let starting = start.plans.iter().map(|plan| Running::start(plan, self.said.clone()));
        let started: Result<Vec<Running>, StartError> = join_all(starting).await.into_iter().collect();
        match started {
            Ok(units) => {
                let generation = Generation::new(start.plans, units, start.dispatch);
                self.board.post(Stage::Ready(Arc::clone(&generation)));
                self.retire();
                self.current = Some(generation);
                true
            }
            Err(error) => {
                self.broken(not_started(&error));
                false
            }
        }
    }

    async fn start_again(&mut self) -> bool {
        let Some(start) = self.last.clone() else { return true };
        let again = self.start(start).await;
        if again {
            self.console.note("running again");
        }
        again
    }

    /// Shows what has to be mended, in the terminal and to whoever asks the service for something.
    fn broken(&mut self, report: Report) {
        let report = Arc::new(report);
        self.board.post(Stage::Broken(Arc::clone(&report)));
        self.retire();
        self.console.print(|output| {
            if output.is_json() {
                output.json_line(&Broken { event: "broken", report: report.data() });
            } else {
                output.report(&report);
            }
        });
    }

    /// Takes the current processes out of service; they end when nobody waits for them any more.
    fn retire(&mut self) {
        self.retired.retain(|generation| Arc::strong_count(generation) > 1);
        if let Some(old) = self.current.take() {
            self.retired.push(Arc::clone(&old));
            tokio::spawn(async move { old.retire().await });
        }
    }

    fn tell_warnings(&mut self, report: &Report) {
        let text = report.render(true).unwrap_or_default();
        if text != self.warned {
            self.console.print(|output| {
                if !output.is_json() {
                    output.report(report);
                }
            });
            self.warned = text;
        }
    }

    fn tell_ready(&mut self, service: &Service, took: Duration) {
        let seconds = took.as_secs_f64();
        let first = !std::mem::replace(&mut self.greeted, true);
        self.console.print(|output| match (output.is_json(), first) {
            (true, true) => output.json_line(&greeting::data(service, &self.url)),
            (true, false) => output.json_line(&json!({ "event": "reloaded", "url": self.url })),
            (false, true) => output.line(greeting::text(service, &self.url, self.origin.how_to_reload())),
            (false, false) => output.line(format_args!("reloaded in {seconds:.1} s")),
        });
    }

    async fn end(mut self) {
        if let Some(current) = self.current.take() {
            self.retired.push(current);
        }
        join_all(self.retired.iter().map(|generation| generation.stop(LAST_GRACE))).await;
    }
}

/// A failed start as a problem, with the last things the unit said.
pub fn not_started(error: &StartError) -> Report {
    let mut problem = Problem::error(codes::NOT_STARTED, error.to_string());
    let last = error.last_lines().join("\n");
    if !last.is_empty() {
        let last = anstream::adapter::strip_str(&last).to_string();
        problem = problem.help(format!("the last it said:\n{last}"));
    }
    problem.into()
}
