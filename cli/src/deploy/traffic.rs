//! Moving traffic between versions that are there: what `fx promote` and `fx rollback` share.

use fx_deploy::{Cancel, NoRoute, Options, Release, Route};
use fx_spec::Problem;

use super::{
    bars::Bars,
    rollout::Prepared,
    run::{self, Manner},
    session::Session,
    target::{Target, TargetArgs},
};
use crate::{
    codes,
    output::{Output, Report},
};

/// Sends the traffic of every function, or of the one that is named, where `choose` says.
pub fn send(
    target: &TargetArgs,
    unit: Option<&str>,
    choose: &dyn Fn(&Release) -> Result<Route, NoRoute>,
    again: &str,
    manner: &Manner,
    output: &Output,
) -> Result<(), Report> {
    let targets = target.resolve()?;
    run::block_on(async |cancel| {
        let bars = Bars::new(*output);
        let prepared = run::each(targets, async |target| {
            let prepared = prepare(&target, unit, choose, &bars, cancel).await;
            bars.clear();
            prepared
        })
        .await;
        let again =
            |prepared: &Prepared| format!("{again} --provider {}", prepared.session.provider.capabilities().name);
        run::all(prepared, &Report::default(), &again, manner, output, cancel).await
    })?
}

async fn prepare(
    target: &Target,
    unit: Option<&str>,
    choose: &dyn Fn(&Release) -> Result<Route, NoRoute>,
    bars: &Bars,
    cancel: &Cancel,
) -> Result<Prepared, Report> {
    let functions = functions(target, unit)?;
    let session = Session::open(&target.to).await?;
    let releases = session.releases(&functions).await?;
    let mut refused = Report::default();
    let mut aliases = Vec::new();
    let nothing = Release::default();
    for function in &functions {
        match choose(releases.get(function).unwrap_or(&nothing)) {
            Ok(route) => aliases.push(session.platform.alias(function, &route)),
            Err(reason) => refused.extend([problem(function, &reason)]),
        }
    }
    // Of several functions, those that have nowhere to go stay where they are.
    if aliases.is_empty() {
        return Err(refused);
    }
    Prepared::new(session, aliases, Vec::new(), Options::default(), bars, cancel).await
}

/// The functions that are meant, by their names on the platform.
pub fn functions(target: &Target, unit: Option<&str>) -> Result<Vec<String>, Report> {
    let Some(unit) = unit else { return Ok(target.functions()) };
    let units: Vec<&str> = target.service.units.iter().map(|unit| unit.name.value.as_str()).collect();
    match units.contains(&unit) {
        true => Ok(vec![target.to.identity.function(unit)]),
        false => Err(Problem::error(codes::FUNCTION, format!("the service deploys no `{unit}`"))
            .help(format!("it deploys {}", units.join(", ")))
            .into()),
    }
}

fn problem(function: &str, reason: &NoRoute) -> Problem {
    let problem = Problem::error(codes::TRAFFIC, format!("{function}: {reason}"));
    match reason {
        NoRoute::Nothing => problem.help("deploy it with `fx deploy`"),
        NoRoute::NoCanary(_) => problem.help("a canary is started with `fx deploy --canary 10%`"),
        NoRoute::NoPast(_) | NoRoute::Already(_) | NoRoute::Unknown { .. } => {
            problem.help("`fx info` lists the versions; name one with --to")
        }
    }
}
