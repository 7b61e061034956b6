//! Plans on several platforms: shown together, confirmed once, applied one after the other, each for itself.

use std::future::Future;

use fx_deploy::{Cancel, Outcome};
use fx_spec::Problem;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::{ask::confirm, bars::Bars, result::Ended, rollout::Prepared, session::Destination};
use crate::{
    codes,
    output::{Output, Report},
};

/// How to go about it.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Only show what would happen.
    pub dry_run: bool,
    /// Do not ask.
    pub yes: bool,
    /// Ask the deployed service for `/`.
    pub smoke: bool,
    /// What the user is asked.
    pub question: &'static str,
    /// The key of the results in JSON: `deploys`.
    pub key: &'static str,
    /// What to say once a part of the requests goes to a new version.
    pub canary: Option<String>,
}

/// Runs a command's calls; Ctrl-C or SIGTERM stops them between two of them, a second one at once.
pub fn block_on<T>(work: impl AsyncFnOnce(&Cancel) -> T) -> Result<T, Report> {
    let refused = |error: std::io::Error| Problem::error(codes::SYSTEM, format!("cannot start: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
    runtime.block_on(async {
        // A build before this has a handler for SIGTERM that stays: without one of its own here the signal would go nowhere.
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt()).map_err(refused)?, signal(SignalKind::terminate()).map_err(refused)?);
        let cancel = Cancel::new();
        let stop = cancel.clone();
        tokio::spawn(async move {
            loop {
                let code = tokio::select! {
                    _ = interrupt.recv() => 130,
                    _ = terminate.recv() => 143,
                };
                if stop.is_cancelled() {
                    std::process::exit(code);
                }
                stop.cancel();
            }
        });
        Ok(work(&cancel).await)
    })
}

/// Shows what would happen everywhere, asks, applies, and tells what came of it. What failed before there was a plan is told
/// beside the others: one platform's trouble does not keep another's deploy back.
pub async fn all(
    prepared: Vec<Result<Prepared, Report>>,
    warnings: &Report,
    again: &dyn Fn(&Prepared, &Outcome) -> Vec<String>,
    manner: &Manner,
    output: &Output,
    cancel: &Cancel,
) -> Result<(), Report> {
    let mut refused = Report::default();
    let mut warnings = warnings.clone();
    let mut plans = Vec::new();
    for result in prepared {
        match result {
            Ok(prepared) => {
                if !output.is_json() {
                    output.report(&prepared.warnings);
                }
                warnings.extend(prepared.warnings.warnings().cloned());
                plans.push(prepared);
            }
            Err(report) => refused.extend(report.errors().cloned()),
        }
    }
    let mut ended: Vec<Ended> = plans.iter().map(Ended::planned).collect();
    for planned in &ended {
        planned.show_plan(output);
    }
    // Before the question: whoever answers it ought to know where nothing will happen.
    if refused.has_errors() && !output.is_json() {
        output.report(&refused);
    }
    if !manner.dry_run {
        if plans.iter().any(|prepared| !prepared.plan.is_empty()) {
            match confirm(manner.question, manner.yes, output) {
                Ok(true) => {}
                Ok(false) => {
                    output.note("nothing was changed");
                    return if refused.has_errors() { Err(Report::default()) } else { Ok(()) };
                }
                Err(unasked) => {
                    // People have been told the others already.
                    let mut all = if output.is_json() { refused } else { Report::default() };
                    all.extend(unasked.errors().cloned());
                    return Err(all);
                }
            }
        }
        for (prepared, ended) in plans.iter().zip(&mut ended) {
            let bars = Bars::new(*output);
            let outcome = tokio::select! {
                biased;
                never = tell_of_stopping(&bars, cancel) => match never {},
                outcome = prepared.apply(&bars, cancel) => outcome,
            };
            *ended = Ended::applied(prepared, &outcome, again(prepared, &outcome));
            if manner.smoke {
                bars.wait("asking its address for /");
                ended.smoke(cancel).await;
            }
            if let Some(site) = &prepared.site {
                bars.wait("asking for a file of the page");
                ended.look(site).await;
                warnings.extend(ended.warning());
            }
            bars.clear();
            ended.show(output);
        }
    }
    tell(&ended, &refused, &warnings, manner.key, output);
    if let Some(hint) =
        manner.canary.as_ref().filter(|_| !output.is_json() && ended.iter().any(Ended::has_begun_canary))
    {
        output.note(hint);
    }
    match refused.has_errors() || !ended.iter().all(Ended::is_success) {
        // All of it has been told.
        true => Err(Report::default()),
        false => Ok(()),
    }
}

/// Says once, and no sooner than it happens, that the user's signal has come through.
async fn tell_of_stopping(bars: &Bars, cancel: &Cancel) -> std::convert::Infallible {
    cancel.cancelled().await;
    bars.line("  stopping: calls under way are finished, nothing new is begun (once more: end at once)");
    std::future::pending().await
}

fn tell(ended: &[Ended], refused: &Report, warnings: &Report, key: &str, output: &Output) {
    if output.is_json() {
        output.json(&json!({
            key: ended,
            "problems": refused.errors().collect::<Vec<_>>(),
            "warnings": warnings.warnings().collect::<Vec<_>>(),
        }));
        return;
    }
    if ended.len() > 1 {
        output.line(Ended::summary(ended));
    }
}

/// The same for every platform, one after the other. Of several, trouble says whose it is.
pub async fn each<T, F>(
    targets: Vec<T>,
    to: impl Fn(&T) -> &Destination,
    bars: &Bars,
    mut work: impl FnMut(T) -> F,
) -> Vec<Result<Prepared, Report>>
where
    F: Future<Output = Result<Prepared, Report>>,
{
    let several = targets.len() > 1;
    let mut all = Vec::new();
    for target in targets {
        let title = to(&target).provider.capabilities().title;
        bars.wait(&format!("asking {title}"));
        let result = work(target).await;
        bars.clear();
        all.push(if several { result.map_err(|report| report.said_of(title)) } else { result });
    }
    all
}
