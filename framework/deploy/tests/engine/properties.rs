//! Whatever goes wrong on the way, and wherever it is stopped: running again gets there, and nothing is made twice.

use std::collections::BTreeMap;

use fx_deploy::{Cancel, Kind, Outcome, Patience, Plan, Resource, ResourceId, apply};
use proptest::prelude::*;

use crate::{
    deploy, planned,
    platform::{Fault, Platform},
    service,
};

const THINGS: [&str; 9] = [
    "role todo",
    "function todo",
    "version todo",
    "alias todo/live",
    "url todo",
    "topic todo/orders",
    "timer todo/nightly",
    "bucket old/uploads",
    "bucket new/uploads",
];

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::LostAfter),
        Just(Fault::Refused(Kind::Throttled)),
        Just(Fault::Refused(Kind::Unavailable)),
        Just(Fault::Refused(Kind::Denied)),
        Just(Fault::Refused(Kind::Invalid)),
    ]
}

/// Faults by call.
fn faults() -> impl Strategy<Value = BTreeMap<String, Vec<Fault>>> {
    let call = (prop_oneof![Just("create"), Just("update"), Just("delete")], prop::sample::select(&THINGS[..]))
        .prop_map(|(verb, thing)| format!("{verb} {thing}"));
    prop::collection::btree_map(call, prop::collection::vec(fault(), 1..4), 0..6)
}

/// The events of a bucket, which one function at a time can have.
fn bucket(platform: &Platform, function: &str, needs: &[&ResourceId]) -> Box<dyn Resource> {
    let mut bucket = platform.thing("bucket", &format!("{function}/uploads"), "created", needs);
    bucket.claims = Some("uploads");
    bucket
}

/// Two states of a service: from the first to the second, code changes, a topic has to be made anew, a bucket goes over to another
/// function, and a timer goes.
fn wanted(platform: &Platform, code: &str) -> Vec<Box<dyn Resource>> {
    let mut wanted = service(platform, code);
    let alias = ResourceId::new("alias", "todo/live");
    let mut topic = platform.thing("topic", "todo/orders", code, &[&alias]);
    topic.fixed = &["setting"];
    wanted.push(topic);
    wanted.push(bucket(platform, if code == "1" { "old" } else { "new" }, &[&alias]));
    if code == "1" {
        wanted.push(platform.thing("timer", "todo/nightly", "daily", &[&alias]));
    }
    wanted
}

/// What exists and is not wanted any more.
fn surplus(platform: &Platform, code: &str) -> Vec<Box<dyn Resource>> {
    let mut old: Vec<Box<dyn Resource>> =
        vec![platform.thing("timer", "todo/nightly", "daily", &[]), bucket(platform, "old", &[])];
    old.retain(|resource| code == "2" && platform.world().things.contains_key(resource.id()));
    old
}

async fn run(platform: &Platform, code: &str) -> Outcome {
    deploy(wanted(platform, code), surplus(platform, code)).await
}

/// How often each call had an effect.
fn counted(writes: &[String], verb: &str) -> usize {
    writes.iter().filter(|write| write.starts_with(verb)).count()
}

/// Every change that was planned is told of once, as done, begun, failed or left.
fn assert_accounted_for(plan: &Plan, outcome: &Outcome) {
    let mut planned: Vec<&ResourceId> = plan.writes().map(|change| &change.resource).collect();
    let told = [&outcome.done, &outcome.begun, &outcome.left];
    let failed = outcome.failed.iter().filter_map(|failure| failure.id.as_ref());
    let mut told: Vec<&ResourceId> = told.into_iter().flatten().map(|change| &change.resource).chain(failed).collect();
    planned.sort();
    told.sort();
    assert_eq!(planned, told, "{outcome:?}");
}

fn in_no_time<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(work)
}

proptest! {
    #[test]
    fn running_again_gets_there(faults in faults(), busy in 0..3_usize, lingering in 0..3_usize) {
        in_no_time(async {
            let platform = Platform::default();
            let total: usize = faults.values().map(Vec::len).sum();
            for (call, faults) in faults {
                platform.fail(&call, faults);
            }
            (platform.world().busy, platform.world().lingering) = (busy, lingering);
            // Every run that ends badly has used up one fault at least.
            for code in ["1", "2"] {
                let mut runs = 0;
                while !run(&platform, code).await.is_success() {
                    runs += 1;
                    assert!(runs <= total, "run {runs} of {total} faults");
                }
            }
            let writes = platform.take_writes();
            assert_eq!((counted(&writes, "create"), counted(&writes, "update")), (10, 3), "{writes:?}");
            assert!(run(&platform, "2").await.is_success());
            assert!(platform.take_writes().is_empty());
        });
    }

    /// By Ctrl-C, which finishes the calls under way, or by SIGKILL, which does not.
    #[test]
    fn stopped_anywhere_it_can_be_gone_on_with(
        moment in 1..90_usize, killed in any::<bool>(), lost in prop::sample::select(&THINGS[..]), lingering in 0..3_usize,
    ) {
        in_no_time(async {
            let platform = Platform::default();
            assert!(run(&platform, "1").await.is_success());
            platform.world().lingering = lingering;
            platform.fail(&format!("update {lost}"), [Fault::LostAfter]);
            let (wanted, surplus) = (wanted(&platform, "2"), surplus(&platform, "2"));
            let (plan, observed) = planned(&wanted, &surplus, fx_deploy::Options::default()).await;
            let plan = plan.unwrap();
            let resources: Vec<_> = wanted.into_iter().chain(surplus).collect();
            let (patience, cancel, kill) = (Patience::default(), Cancel::new(), Cancel::new());
            platform.at_moment(moment, if killed { &kill } else { &cancel });
            platform.take_writes();
            tokio::select! {
                biased;
                () = kill.cancelled() => {}
                outcome = apply(&plan, &resources, observed.known, &patience, &(), &cancel) => {
                    assert_accounted_for(&plan, &outcome);
                    assert_eq!(outcome.interrupted, !outcome.is_success());
                }
            }
            assert!(run(&platform, "2").await.is_success());
            let writes = platform.take_writes();
            assert_eq!((counted(&writes, "create"), counted(&writes, "update")), (2, 3), "{writes:?}");
            assert!(run(&platform, "2").await.is_success());
            assert!(platform.take_writes().is_empty());
        });
    }
}
