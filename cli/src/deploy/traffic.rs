//! Moving traffic between versions that are there: what `fx promote` and `fx rollback` share.

use fx_deploy::{Cancel, NoRoute, Options, Outcome, Release, ResourceId, Route};
use fx_spec::{Problem, Severity};

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

/// Which way traffic goes.
#[derive(Debug, Clone, Copy)]
pub enum Verb<'a> {
    /// To the canary.
    Promote,
    /// To the version that is named, else to where it went before.
    Rollback {
        /// The version that is named.
        to: Option<&'a str>,
    },
}

/// Sends the traffic of every function, or of the one that is named.
pub fn send(
    target: &TargetArgs,
    unit: Option<&str>,
    verb: Verb<'_>,
    manner: &Manner,
    output: &Output,
) -> Result<(), Report> {
    let targets = target.resolve()?;
    run::block_on(async |cancel| {
        let bars = Bars::new(*output);
        let prepare = async |target: Target| prepare(&target, unit, verb, &bars, cancel).await;
        let prepared = run::each(targets, |target| &target.to, &bars, prepare).await;
        let again = |prepared: &Prepared, outcome: &Outcome| again(target, verb, prepared, outcome);
        run::all(prepared, &Report::default(), &again, manner, output, cancel).await
    })?
}

/// A command for each function whose traffic has not moved. The same command as before would send back what has: one function
/// after the other goes to the version that was meant.
fn again(target: &TargetArgs, verb: Verb<'_>, prepared: &Prepared, outcome: &Outcome) -> Vec<String> {
    let session = &prepared.session;
    let options = target.typed(Some(session.provider.capabilities().name));
    let moved = |id: &ResourceId| outcome.done.iter().any(|change| change.resource == *id);
    let command = |id: &ResourceId| {
        let unit = session.identity.unit(&id.name);
        match verb {
            Verb::Promote => Some(format!("fx promote {unit}{options}")),
            Verb::Rollback { .. } => {
                let fields = prepared.desired(id)?;
                Some(format!("fx rollback {unit} --to {}{options}", fields.text("version")?))
            }
        }
    };
    let left = prepared.plan.writes().map(|change| &change.resource).filter(|id| !moved(id));
    left.filter_map(command).collect()
}

async fn prepare(
    target: &Target,
    unit: Option<&str>,
    verb: Verb<'_>,
    bars: &Bars,
    cancel: &Cancel,
) -> Result<Prepared, Report> {
    let functions = functions(target, unit)?;
    let session = Session::open(&target.to, cancel).await?;
    let releases = session.releases(&functions).await?;
    let (ours, foreign) = session.ours(&functions, &releases).await?;
    let releases: Vec<_> = ours.iter().filter_map(|function| releases.get_key_value(function)).collect();
    let (routes, mut refused) = choose(verb, unit.is_some(), &releases)?;
    refused.extend(foreign);
    if routes.is_empty() {
        let mut report = Report::default();
        report.extend(refused);
        return Err(report);
    }
    let aliases = routes.iter().map(|(function, route)| session.platform.alias(function, route)).collect();
    let mut prepared = Prepared::new(session, aliases, Vec::new(), Options::default(), bars, cancel).await?;
    // Of several functions, those that have nowhere to go stay where they are.
    prepared.warnings.extend(refused.into_iter().map(|problem| Problem { severity: Severity::Warning, ..problem }));
    Ok(prepared)
}

/// Functions by their names on the platform, and where their traffic goes.
type Moves = Vec<(String, Route)>;

/// Where each function's traffic goes, and why it cannot. `Err`: nothing may move.
fn choose(verb: Verb<'_>, named: bool, releases: &[(&String, &Release)]) -> Result<(Moves, Vec<Problem>), Report> {
    let canary = |release: &Release| release.traffic.as_ref().is_some_and(|traffic| traffic.canary.is_some());
    let running = releases.iter().any(|(_, release)| canary(release));
    // While a canary runs, going back means away from it: functions that have none would go to a version before that.
    let only_canaries = running && !named && !matches!(verb, Verb::Rollback { to: Some(_) });
    let (mut routes, mut refused) = (Vec::new(), Vec::new());
    let mut unknown = false;
    for (function, release) in releases {
        if only_canaries && !canary(release) {
            continue;
        }
        let route = match verb {
            Verb::Promote => Route::promote(release),
            Verb::Rollback { to } => Route::rollback(release, to),
        };
        match route {
            Ok(route) => routes.push(((*function).clone(), route)),
            Err(reason) => {
                unknown |= matches!(reason, NoRoute::Unknown { .. });
                refused.push(problem(function, &reason));
            }
        }
    }
    if unknown {
        let mut report = Report::default();
        report.extend(refused);
        return Err(report);
    }
    Ok((routes, refused))
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

#[cfg(test)]
mod tests {
    use fx_deploy::{Released, Traffic};

    use super::*;

    fn release(now: &str, canary: Option<&str>, before: Option<&str>) -> Release {
        let released =
            ["3", "2", "1"].map(|number| Released { number: number.to_owned(), marker: None, created: None });
        let canary = canary.and_then(|number| Some((number.to_owned(), "10%".parse().ok()?)));
        let traffic = Traffic { version: now.into(), canary, before: before.map(Into::into) };
        Release { versions: released.into(), traffic: Some(traffic), ..Release::default() }
    }

    /// The functions that move, and what is said of the others.
    fn chosen(verb: Verb<'_>, named: bool, releases: &[(&str, Release)]) -> Result<(Vec<String>, Vec<String>), String> {
        let names: Vec<String> = releases.iter().map(|(name, _)| (*name).to_owned()).collect();
        let given: Vec<_> = names.iter().zip(releases).map(|(name, (_, release))| (name, release)).collect();
        let (routes, refused) =
            choose(verb, named, &given).map_err(|report| report.render(false).unwrap_or_default())?;
        Ok((
            routes.into_iter().map(|(name, _)| name).collect(),
            refused.into_iter().map(|problem| problem.message).collect(),
        ))
    }

    #[test]
    fn while_a_canary_runs_only_those_that_have_one_go_back() {
        let releases = [("a", release("1", Some("2"), None)), ("b", release("3", None, Some("2")))];
        let quiet: Vec<String> = Vec::new();
        let back = Verb::Rollback { to: None };
        assert_eq!(chosen(back, false, &releases), Ok((vec!["a".into()], quiet.clone())));
        assert_eq!(chosen(back, true, &releases[1..]), Ok((vec!["b".into()], quiet.clone())));
        assert_eq!(chosen(Verb::Promote, false, &releases), Ok((vec!["a".into()], quiet)));
    }

    #[test]
    fn what_stays_where_it_is_is_told() {
        let releases = [("a", release("2", None, Some("1"))), ("b", release("1", None, None))];
        let (moved, told) = chosen(Verb::Rollback { to: None }, false, &releases).unwrap();
        assert_eq!((moved, told), (vec!["a".into()], vec!["b: there is no version before 1 to go back to".into()]));
        let (moved, told) = chosen(Verb::Promote, false, &releases).unwrap();
        assert_eq!((moved.len(), told.len()), (0, 2));
    }

    #[test]
    fn a_version_that_one_function_does_not_have_moves_none() {
        let mut other = release("1", None, None);
        other.versions.retain(|released| released.number == "1");
        let releases = [("a", release("3", None, None)), ("b", other)];
        let refused = chosen(Verb::Rollback { to: Some("2") }, false, &releases).unwrap_err();
        assert!(refused.contains("b: there is no version 2"), "{refused}");
    }
}
