//! `fx dev`: build, serve on this machine, reload on every change.

use std::{io, net::SocketAddr, sync::Arc};

use clap::Args;
use fx_provider::Provider;
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
        proxy::Proxy,
        scope,
        supervisor::Supervisor,
        watch::Watch,
    },
    local::{log::LogLine, prepare::to_run_as, process::Said},
    output::{Output, Report},
    project::{find, root_of},
    targets,
};

/// Arguments of `fx dev`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx dev --port 8080")]
pub struct DevCommand {
    #[command(flatten)]
    file: FileArgs,

    /// Where to serve: http://localhost:PORT; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 3001)]
    port: u16,

    /// The target to run as: this machine, or a platform whose part fx plays on it.
    #[arg(long, value_name = "NAME", value_parser = targets::Names::one(), default_value = "local")]
    provider: String,
}

impl DevCommand {
    /// Serves until Ctrl-C.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let provider = to_run_as(&self.provider)?;
        tokio::runtime::Runtime::new().map_err(system)?.block_on(self.serve(provider, *output))
    }

    async fn serve(self, provider: &'static dyn Provider, output: Output) -> Result<(), Report> {
        let file = find(&self.file)?;
        let root = root_of(&file)?;
        let (port, listeners) = bind_localhost(self.port).await.map_err(|error| port_problem(self.port, &error))?;
        let control = TcpListener::bind(("127.0.0.1", 0)).await.map_err(system)?;
        let watch = Watch::new(scope::of_file(&root, &file))
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
        let (target, control_address) = (provider.capabilities().name, control.local_addr().map_err(system)?);
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
        Supervisor::new(provider, file, root.clone(), url, console, board, said).run(watch, closing).await;
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
