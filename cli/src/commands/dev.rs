//! `fx dev`: build, serve on this machine, reload on every change.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use clap::Args;
use fx_build::artifact::document::FILE_NAME;
use fx_spec::Problem;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{mpsc, watch},
};

use crate::{
    args::FileArgs,
    codes,
    dev::{
        board::{Board, Stage},
        console::Console,
        control::{Address, Control},
        listener::{bind_localhost, serve},
        origin::Origin,
        proxy::Proxy,
        supervisor::Supervisor,
        watch::Watch,
    },
    local::{artifact::Artifact, log::LogLine, prepare::to_run_as, process::Said},
    output::{Output, Report},
    project::{find, root_of},
    targets,
};

/// Arguments of `fx dev`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: fx dev --port 8080\n          fx dev --provider aws\n          fx dev --artifact dist/aws"
)]
pub struct DevCommand {
    #[command(flatten)]
    file: FileArgs,

    /// Where to serve: http://localhost:PORT; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 3001)]
    port: u16,

    /// The target to run as: this machine, or a platform whose part fx plays on it.
    #[arg(long, value_name = "NAME", value_parser = targets::Names::one(), default_value = "local")]
    provider: String,

    /// Run a package of `fx package` as it is, on its platform as fx plays it; nothing is compiled.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["file", "provider"])]
    artifact: Option<PathBuf>,
}

impl DevCommand {
    /// Serves until Ctrl-C.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        tokio::runtime::Runtime::new().map_err(system)?.block_on(self.serve(*output))
    }

    /// What to serve, the target that it runs as, the file by which `fx invoke` finds it, and the folder of `.env` and `.fx`.
    fn origin(&self) -> Result<(Origin, &'static str, PathBuf, PathBuf), Report> {
        let Some(folder) = &self.artifact else {
            let (provider, file) = (to_run_as(&self.provider)?, find(&self.file)?);
            let (root, target) = (root_of(&file)?, provider.capabilities().name);
            return Ok((Origin::Project { provider, file: file.clone() }, target, file, root));
        };
        let artifact = Artifact::read(folder)?;
        // In the project that it was made of, if this is one.
        let (file, root) = match find(&self.file) {
            Ok(file) => (file.clone(), root_of(&file)?),
            Err(_) => (folder.join(FILE_NAME), std::env::current_dir().map_err(system)?),
        };
        Ok((Origin::Package(folder.clone()), artifact.provider.capabilities().name, file, root))
    }

    async fn serve(self, output: Output) -> Result<(), Report> {
        let (origin, target, file, root) = self.origin()?;
        let (port, listeners) = bind_localhost(self.port).await.map_err(|error| port_problem(self.port, &error))?;
        let control = TcpListener::bind(("127.0.0.1", 0)).await.map_err(system)?;
        let watch = Watch::new(origin.first_scope(&root))
            .map_err(|error| Problem::error(codes::SYSTEM, format!("cannot watch files: {error}")))?;
        let (close, closing) = watch::channel(false);
        end_on_signals(close).map_err(system)?;

        let board = Arc::new(Board::new(Stage::Waiting("building")));
        let console = Arc::new(Console::new(output));
        let (said, lines) = mpsc::unbounded_channel();
        tokio::spawn(show(lines, Arc::clone(&console)));

        let proxy = Proxy::new(board.reader());
        for listener in listeners {
            let proxy = Arc::clone(&proxy);
            tokio::spawn(serve(listener, closing.clone(), move |request, peer| {
                Arc::clone(&proxy).answer(request, peer)
            }));
        }
        let absolute = file.canonicalize().map_err(system)?;
        let public = SocketAddr::from(([127, 0, 0, 1], port));
        let control_address = control.local_addr().map_err(system)?;
        let address = Address::new(absolute, target, public, control_address).map_err(system)?;
        match Address::answering(&root) {
            Some(other) => console.note(format_args!(
                "warning: another `fx dev` runs in this project, at http://localhost:{} (process {}); `fx invoke` keeps \
                 calling that one",
                other.http.port(),
                other.pid
            )),
            None => address.write(&root).map_err(system)?,
        }
        let gate = Control::new(board.reader(), address.token.clone());
        tokio::spawn(serve(control, closing.clone(), move |request, _| gate.clone().answer(request)));

        let url = format!("http://localhost:{port}");
        Supervisor::new(origin, root.clone(), url, console, board, said).run(watch, closing).await;
        address.remove(&root);
        Ok(())
    }
}

/// The first Ctrl-C (or SIGTERM, or a closed terminal) lets everything end in order; the second does not wait for that.
fn end_on_signals(close: watch::Sender<bool>) -> io::Result<()> {
    let mut signals =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = signals.0.recv() => {}
                _ = signals.1.recv() => {}
                _ = signals.2.recv() => {}
            }
            if close.send_replace(true) {
                // The units end with the pipes that this process holds.
                std::process::exit(130);
            }
        }
    });
    Ok(())
}

/// Prints what the units say.
async fn show(mut lines: mpsc::UnboundedReceiver<Said>, console: Arc<Console>) {
    while let Some(Said { raw, line, .. }) = lines.recv().await {
        console.print(|output| match (&line, output.is_json()) {
            (LogLine::Text(_), true) => output.note(&raw),
            (_, true) => output.raw(&format!("{raw}\n")),
            (_, false) if line.is_housekeeping() => {}
            (_, false) => output.line(&line),
        });
    }
}

fn port_problem(port: u16, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::AddrInUse => Problem::error(codes::PORT, format!("port {port} is taken by another program"))
            .help(format!(
                "end that program (another `fx dev`?), or choose a port: `fx dev --port {}`",
                other_port(port)
            )),
        io::ErrorKind::PermissionDenied => Problem::error(codes::PORT, format!("port {port} may not be opened"))
            .help("ports below 1024 are the system's own; choose another: `fx dev --port 3001`"),
        _ => Problem::error(codes::PORT, format!("cannot serve on port {port}: {error}")),
    }
}

fn other_port(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(3001)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
fn system(error: io::Error) -> Problem {
    Problem::error(codes::SYSTEM, format!("the system refuses what fx needs: {error}"))
}
