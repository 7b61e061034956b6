//! `fx remove`: everything that a service has on a platform goes.

use clap::Args;
use fx_deploy::{Cancel, Options, Outcome};

use crate::{
    deploy::{
        bars::Bars,
        rollout::Prepared,
        run::{self, Manner},
        session::Session,
        site,
        target::{Target, TargetArgs},
    },
    output::{Output, Report},
};

/// Arguments of `fx remove`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx remove --provider aws --stage staging

Buckets, queues, databases and logs stay: they hold data. Of a bucket, what `static` has uploaded goes.
With --purge also go the logs and the packages in buckets that fx has made for the service's functions.")]
pub struct RemoveCommand {
    #[command(flatten)]
    target: TargetArgs,

    /// Show what would go, and remove nothing.
    #[arg(long)]
    dry_run: bool,

    /// Leave in the bucket what `static` has uploaded: pages that somebody has open go on working.
    #[arg(long)]
    keep_assets: bool,

    /// Delete also what fx has made and a removal leaves: logs of the functions, and their packages in fx's own bucket.
    #[arg(long)]
    purge: bool,

    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

impl RemoveCommand {
    /// Shows what goes, asks, and removes it.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let targets = self.target.resolve()?;
        let manner = Manner {
            dry_run: self.dry_run,
            yes: self.yes,
            smoke: false,
            question: "Remove all of this?",
            key: "removals",
            canary: None,
        };
        run::block_on(async |cancel| {
            let bars = Bars::new(*output);
            let prepare = async |target: Target| self.prepare(&target, &bars, cancel).await;
            let prepared = run::each(targets, |target| &target.to, &bars, prepare).await;
            let again = |prepared: &Prepared, _: &Outcome| {
                let provider = prepared.session.provider.capabilities().name;
                let keep = if self.keep_assets { " --keep-assets" } else { "" };
                let purge = if self.purge { " --purge" } else { "" };
                vec![format!("fx remove{}{keep}{purge}", self.target.typed(Some(provider)))]
            };
            run::all(prepared, &Report::default(), &again, &manner, output, cancel).await
        })?
    }

    async fn prepare(&self, target: &Target, bars: &Bars, cancel: &Cancel) -> Result<Prepared, Report> {
        let session = Session::open(&target.to, cancel).await?;
        let mut owned = session.owned().await?;
        if !self.keep_assets {
            owned.extend(site::left(&session, &target.service).await?);
        }
        if self.purge {
            let kept = session.kept(&target.functions(), &owned).await?;
            owned.extend(kept);
        }
        Prepared::new(session, Vec::new(), owned, Options::default(), bars, cancel).await
    }
}
