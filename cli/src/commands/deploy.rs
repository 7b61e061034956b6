//! `fx deploy`: from f.yml to a service that answers, changing only what differs.

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use fx_build::artifact::Document;
use fx_deploy::{Canary, Options, Outcome, Resource};
use fx_provider::deploy::{Identity, Order};
use fx_spec::Problem;

use super::build::stop_on_signals;
use crate::{
    codes,
    deploy::{
        bars::Bars,
        environment,
        rollout::Prepared,
        run::{self, Manner},
        session::{Destination, Session},
        site::Published,
        target::{TargetArgs, word},
    },
    dev::console::Console,
    local::variables::Variables,
    output::{Output, Report},
    package::{making::Making, opening},
    project::{Project, find},
    targets,
};

/// Arguments of `fx deploy`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fx deploy --provider aws --dry-run
  fx deploy --provider aws,aliyun --yes
  fx deploy --provider tencent --canary 10%
  fx deploy --artifact dist/aws --yes")]
pub struct DeployCommand {
    #[command(flatten)]
    target: TargetArgs,

    /// Deploy what `fx package` made, without f.yml and without a compiler.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["provider", "file", "offline", "target_dir"])]
    artifact: Option<PathBuf>,

    /// Send only this share of the requests to new versions, until `fx promote` or `fx rollback`.
    #[arg(long, value_name = "PERCENT")]
    canary: Option<Canary>,

    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Do not ask.
    #[arg(short, long)]
    yes: bool,

    /// Take over resources that have the right name and were not made by this service.
    #[arg(long)]
    force: bool,

    /// Keep what the service has there and f.yml does not name any more.
    #[arg(long)]
    no_prune: bool,

    /// Do not ask the deployed service for `/`.
    #[arg(long)]
    no_smoke: bool,

    /// Build without the network.
    #[arg(long)]
    offline: bool,

    /// Where compiled code goes [default: where cargo puts it].
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
}

/// A folder of packages and where it goes.
struct Source {
    to: Destination,
    document: Document,
    folder: PathBuf,
}

impl DeployCommand {
    /// Packs, plans, asks, applies, and tries what was deployed.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let (sources, warnings) = match &self.artifact {
            Some(folder) => (vec![self.opened(folder.clone())?], Report::default()),
            None => self.packed(output)?,
        };
        if !output.is_json() {
            output.report(&warnings);
        }
        let names: Vec<_> = sources.iter().map(|source| source.to.provider.capabilities().name).collect();
        let manner = Manner {
            dry_run: self.dry_run,
            yes: self.yes,
            smoke: !self.no_smoke,
            question: "Apply?",
            key: "deploys",
            canary: self.canary.map(|share| self.after_canary(share, &names.join(","))),
        };
        let again = |prepared: &Prepared, _: &Outcome| vec![self.again(prepared.session.provider.capabilities().name)];
        run::block_on(async |cancel| {
            let bars = Bars::new(*output);
            let prepare = async |source: Source| self.prepare(&source, &bars, cancel).await;
            let prepared = run::each(sources, |source| &source.to, &bars, prepare).await;
            run::all(prepared, &warnings, &again, &manner, output, cancel).await
        })?
    }

    async fn prepare(&self, source: &Source, bars: &Bars, cancel: &fx_deploy::Cancel) -> Result<Prepared, Report> {
        let variables = Variables::of_process();
        let mut environment = environment::evaluate(&source.document, &|name| variables.get(name))?;
        let identity = &source.to.identity;
        let mut document = source.document.clone();
        let domain = identity.leave_domain(&mut document);
        let session = Session::open(&source.to, cancel).await?;
        let functions: Vec<String> = source.document.units.iter().map(|unit| identity.function(&unit.name)).collect();
        let releases = session.releases(&functions).await?;
        let site = source.document.site.as_ref().map(|site| Published::of(&session, site, &source.folder));
        let needs: Vec<_> = site.iter().map(|(_, resource)| resource.id().clone()).collect();
        if let Some((published, _)) = &site {
            published.tell(&mut environment);
        }
        let order = Order {
            document: &document,
            folder: &source.folder,
            identity,
            environment: &environment,
            releases: &releases,
            canary: self.canary,
            needs: &needs,
        };
        let options = Options { force: self.force, prune: !self.no_prune };
        let mut prepared = Prepared::order(session, &order, site, options, bars, cancel).await?;
        let makes_domains = source.to.provider.capabilities().keys.is_some_and(|keys| keys.domain);
        prepared.warnings.extend(domain.filter(|_| makes_domains).map(|domain| left_alone(&domain, identity)));
        Ok(prepared)
    }

    /// What `fx package` made earlier.
    fn opened(&self, folder: PathBuf) -> Result<Source, Report> {
        let document = opening::read_checked(&folder)?;
        let found = targets::provider(&document.provider).and_then(|provider| Some((provider, provider.deploy()?)));
        let Some((provider, deploy)) = found else {
            let message = format!("{} is for {}, and fx cannot deploy there", folder.display(), document.provider);
            return Err(Problem::error(codes::NOT_FOR_TARGET, message).into());
        };
        let region = self.target.region.clone().or_else(|| document.region.clone());
        let identity = Identity::new(&document.service, self.target.stage.as_deref(), document.stage.as_deref());
        let settings = document.extra.clone();
        Ok(Source { to: Destination { provider, deploy, identity, region, settings }, document, folder })
    }

    /// What f.yml and the code say now.
    fn packed(&self, output: &Output) -> Result<(Vec<Source>, Report), Report> {
        let mut project = Project::open(&find(&self.target.file)?)?;
        if !project.scan() {
            let message = format!("there is no Cargo package in {}", project.root().display());
            return Err(Problem::error(codes::NO_CODE, message)
                .help("name its folder with `crate:` in f.yml, or deploy packages with --artifact")
                .into());
        }
        let variables = Variables::of_process();
        let mut all = project.report();
        let mut jobs = Vec::new();
        for provider in self.target.providers(Some(&project))? {
            let (report, service) = project.check(Some(&[provider.capabilities()]), &variables);
            all.extend(report.errors().chain(report.warnings()).cloned());
            let Some(((service, package), deploy)) = service.zip(provider.package()).zip(provider.deploy()) else {
                continue;
            };
            jobs.push((package, self.target.target(provider, deploy, service)));
        }
        let all = all.sorted();
        if all.has_errors() {
            return Err(all);
        }
        let cancel = fx_build::Cancel::new();
        stop_on_signals(cancel.clone())?;
        let console = Arc::new(Console::new(*output));
        let out = project.root().join("dist");
        let mut sources = Vec::new();
        for (package, target) in jobs {
            let making = Making {
                project: &project,
                provider: target.to.provider,
                package,
                service: &target.service,
                out: &out,
                offline: self.offline,
                target_dir: self.target_dir.as_deref(),
                cancel: &cancel,
                console: &console,
            };
            let made = making.make();
            console.progress_done();
            let made = made?;
            sources.push(Source { to: target.to, document: made.document, folder: made.folder });
        }
        Ok((sources, all))
    }

    /// What to do once a canary runs.
    fn after_canary(&self, share: Canary, providers: &str) -> String {
        let options = self.target.typed(Some(providers));
        format!(
            "{share} of the requests go to the new version now\n  all of them: fx promote{options}\n  none:        fx rollback{options}"
        )
    }

    /// The command that goes on where this one stopped, for one platform.
    fn again(&self, provider: &str) -> String {
        let mut words = vec![match &self.artifact {
            Some(folder) => {
                let folder = word(&folder.display().to_string());
                format!("fx deploy --artifact {folder}{}", self.target.typed(None))
            }
            None => format!("fx deploy{}", self.target.typed(Some(provider))),
        }];
        words.extend(self.canary.map(|share| format!("--canary {share}")));
        let flags = [(self.force, "--force"), (self.no_prune, "--no-prune"), (self.no_smoke, "--no-smoke")];
        words.extend(flags.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag.to_owned()));
        words.join(" ")
    }
}

fn left_alone(domain: &str, identity: &Identity) -> Problem {
    let copy = match &identity.stage {
        Some(stage) => format!("stage {stage}"),
        None => "copy without a stage".to_owned(),
    };
    Problem::warning(
        codes::DOMAIN,
        format!("{domain} stays with the copy that f.yml names it for: this {copy} gets no domain"),
    )
    .help(
        "a stage has a domain if f.yml says both: `provider.stage: ${env.STAGE:-}` and \
             `custom.customDomain.domainName: ${env.DOMAIN}`",
    )
}
