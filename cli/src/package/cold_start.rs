//! How long a packed unit takes from its start until it is ready, as its platform would start it.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use fx_build::artifact::unpack;
use fx_provider::{
    Provider,
    emulator::{Emulator, Launch, Lines},
};
use fx_spec::{Unit, service::Arch};
use tokio::sync::mpsc;

/// Starts of which the shortest counts: what this machine does besides only ever adds to one.
const STARTS: usize = 3;
/// A unit that takes longer has no cold start worth measuring.
const PATIENCE: Duration = Duration::from_secs(10);

/// The shortest of a few starts. `None` where this machine cannot run the unit, or the unit does not come up here: it may want a
/// database that only its platform has, and a package does not depend on that.
pub fn measure(
    provider: &dyn Provider,
    unit: &Unit,
    zip: &Path,
    environment: &BTreeMap<String, String>,
    region: Option<&str>,
) -> Option<Duration> {
    let emulator = provider.emulator().filter(|_| runs_here(unit))?;
    let program = provider.package()?.bundle(unit).program;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let mut shortest = None;
    for _ in 0..STARTS {
        // A folder of its own each time: what a start leaves behind is neither found by the next nor by the user.
        let code = tempfile::tempdir().ok()?;
        unpack(zip, None, code.path()).ok()?;
        let launch = Launch {
            unit: unit.clone(),
            executable: code.path().join(program),
            code: code.path().to_owned(),
            environment: environment.clone(),
            region: region.map(str::to_owned),
        };
        let took = runtime.block_on(start(emulator, launch))?;
        shortest = Some(shortest.map_or(took, |shortest: Duration| shortest.min(took)));
    }
    shortest
}

/// Whether this machine can run what the unit was built to.
pub fn runs_here(unit: &Unit) -> bool {
    let arch = match unit.arch.value {
        Arch::X86_64 => "x86_64",
        Arch::Aarch64 => "aarch64",
    };
    cfg!(target_os = "linux") && std::env::consts::ARCH == arch
}

async fn start(emulator: &dyn Emulator, launch: Launch) -> Option<Duration> {
    // Nobody reads what the unit says.
    let (lines, _): (Lines, _) = mpsc::unbounded_channel();
    let began = Instant::now();
    let started = tokio::time::timeout(PATIENCE, emulator.start(launch, lines)).await;
    let took = began.elapsed();
    started.ok()?.ok().map(|_ended_when_dropped| took)
}
