//! `kill -9` in the middle of a deploy, and the same command again.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use crate::{
    cloud::{Cloud, printed},
    support::dev::SOON,
};

/// Deploys until a call has done its work, and is killed before it hears of it.
fn killed_at(cloud: &Cloud, call: &str) {
    let (name, action) = (cloud.name(), call.split(' ').next().unwrap());
    cloud.take_writes();
    cloud.silence(action);
    let mut command = cloud.command(&["deploy", "--artifact", &cloud.artifact(), "--yes", "--no-smoke"]);
    let mut deploy = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (deadline, mut done) = (Instant::now() + SOON, Vec::new());
    while !done.iter().any(|done| done == call) {
        assert!(Instant::now() < deadline, "{name}: {call} was not called: {done:?}");
        assert!(deploy.try_wait().unwrap().is_none(), "{name}: it ended before {call}: {done:?}");
        std::thread::sleep(Duration::from_millis(5));
        done.extend(cloud.take_writes());
    }
    // SIGKILL: no handler of the command hears of it.
    deploy.kill().unwrap();
    deploy.wait().unwrap();
}

/// Deploys to the end, and again: nothing is left to do, and nothing was made twice.
fn goes_on(cloud: &Cloud, call: &str, versions: usize) {
    let name = cloud.name();
    let (again, json) = cloud.deploy(&[]);
    assert_eq!(again.code, Some(0), "{name}, killed at {call}: {}", printed(&again));
    cloud.take_writes();
    let (third, _) = cloud.deploy(&[]);
    assert!(third.code == Some(0) && cloud.take_writes().is_empty(), "{name}, killed at {call}: {json}");
    assert_eq!(
        (cloud.functions(), cloud.versions("tiny")),
        (vec!["tiny".into()], versions),
        "{name}, killed at {call}"
    );
}

/// The writing calls of the first deploy of a service.
fn calls_of(cloud: &Cloud) -> Vec<String> {
    cloud.take_writes();
    cloud.deploy(&[]);
    cloud.take_writes()
}

#[test]
fn whatever_call_of_a_first_deploy_it_was_killed_at_the_next_run_goes_on() {
    let calls: Vec<_> = Cloud::all().iter().map(calls_of).collect();
    for (index, calls) in calls.iter().enumerate() {
        assert!(calls.len() > 3, "{calls:?}");
        for call in calls {
            let cloud = Cloud::all().swap_remove(index);
            killed_at(&cloud, call);
            goes_on(&cloud, call, 1);
        }
    }
}

#[test]
fn whatever_call_of_a_change_it_was_killed_at_the_next_run_goes_on() {
    for cloud in Cloud::all() {
        cloud.deploy(&[]);
        cloud.store("0");
        let calls = calls_of(&cloud);
        assert!(calls.len() > 2, "{calls:?}");
        for (index, call) in calls.iter().enumerate() {
            cloud.store(&format!("{}", index + 1));
            killed_at(&cloud, call);
            goes_on(&cloud, call, index + 3);
        }
    }
}
