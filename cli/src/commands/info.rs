//! `fx info`: what is deployed, and where traffic goes.

use std::collections::BTreeMap;

use clap::Args;
use fx_deploy::{Cancel, Patience, Release, observe};
use fx_provider::deploy::{Address, Identity, Place};
use fx_spec::Problem;
use serde::Serialize;
use serde_json::json;

use crate::{
    codes,
    deploy::{
        bars::Bars,
        result::show_addresses,
        run,
        session::{Session, failed},
        target::{Target, TargetArgs},
    },
    output::{Output, Report, Table},
};

/// Arguments of `fx info`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx info --provider aws")]
pub struct InfoCommand {
    #[command(flatten)]
    target: TargetArgs,
}

/// What is deployed on one platform.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Deployed {
    provider: &'static str,
    #[serde(skip)]
    title: &'static str,
    #[serde(flatten)]
    place: Place,
    #[serde(flatten)]
    identity: Identity,
    addresses: Vec<Address>,
    functions: BTreeMap<String, Release>,
    /// Functions that are named like the service's and are not its own.
    #[serde(skip)]
    others: Vec<Problem>,
    resources: Vec<String>,
}

impl InfoCommand {
    /// Reads, and tells.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let targets = self.target.resolve()?;
        run::block_on(async |cancel| {
            let mut all = Vec::new();
            let mut refused = Report::default();
            let bars = Bars::new(*output);
            for target in &targets {
                let found = deployed(target, &bars, cancel).await;
                bars.clear();
                let title = target.to.provider.capabilities().title;
                match found.map_err(|report| if targets.len() > 1 { report.said_of(title) } else { report }) {
                    Ok(mut deployed) => {
                        refused.extend(deployed.others.drain(..));
                        all.push(deployed);
                    }
                    Err(report) => refused.extend(report.errors().cloned()),
                }
            }
            if output.is_json() {
                output.json(&json!({ "services": all, "problems": refused.errors().collect::<Vec<_>>() }));
            } else {
                all.iter().for_each(|deployed| deployed.show(output));
                if refused.has_errors() {
                    output.report(&refused);
                }
            }
            if refused.has_errors() { Err(Report::default()) } else { Ok(()) }
        })?
    }
}

async fn deployed(target: &Target, bars: &Bars, cancel: &Cancel) -> Result<Deployed, Report> {
    bars.wait(&format!("asking {}", target.to.provider.capabilities().title));
    let session = Session::open(&target.to, cancel).await?;
    let mut functions = session.releases(&target.functions()).await?;
    let (ours, mut others) = session.ours(&target.functions(), &functions).await?;
    others.retain(|problem| problem.code == codes::FOREIGN);
    functions.retain(|function, _| ours.contains(function));
    let owned = session.owned().await?;
    let capabilities = target.to.provider.capabilities();
    if functions.is_empty() && owned.is_empty() {
        let Place { account, region } = session.platform.place();
        let message = format!(
            "{} is not deployed to {} in {region}, account {account}",
            target.to.identity.mark(),
            capabilities.title
        );
        let mut report: Report = Problem::error(codes::NOT_DEPLOYED, message)
            .help(format!(
                "deploy it with `fx deploy --provider {}`, or name another --region or --stage",
                capabilities.name
            ))
            .into();
        report.extend(others);
        return Err(report);
    }
    let observed = observe(&owned, &Patience::default(), bars, cancel).await;
    let observed = observed.map_err(|failure| failed(&failure))?;
    Ok(Deployed {
        provider: capabilities.name,
        title: capabilities.title,
        place: session.platform.place().clone(),
        identity: target.to.identity.clone(),
        addresses: session.platform.addresses(&observed.known),
        functions,
        others,
        resources: owned.iter().map(|resource| resource.id().to_string()).collect(),
    })
}

impl Deployed {
    fn show(&self, output: &Output) {
        let Place { account, region } = &self.place;
        output.line(format_args!("{} · account {account} · {region} · {}", self.title, self.identity.mark()));
        show_addresses(&self.addresses, output);
        for (function, release) in &self.functions {
            output.line(format_args!("  {function}"));
            let mut table = Table::indented(4);
            for version in &release.versions {
                let share = share(release, &version.number);
                let created = version.created.clone().unwrap_or_default();
                let made = if version.marker.is_some() { "" } else { "not made by fx" };
                table.row([version.number.clone(), share, created, made.to_owned()]);
            }
            if !table.is_empty() {
                output.line(table);
            }
        }
        output.line(format_args!("  resources: {}", self.resources.join(", ")));
    }
}

/// A version's part in the traffic, in words.
fn share(release: &Release, version: &str) -> String {
    let Some(traffic) = &release.traffic else { return String::new() };
    match &traffic.canary {
        Some((canary, share)) if canary == version => format!("{share}, canary"),
        Some((_, share)) if traffic.version == version => format!("{}%, live", 100 - share.percent()),
        None if traffic.version == version => "100%, live".to_owned(),
        _ if traffic.before.as_deref() == Some(version) => "before".to_owned(),
        _ => String::new(),
    }
}
