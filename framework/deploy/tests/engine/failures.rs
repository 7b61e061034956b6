//! Platforms that are slow, busy, unreachable, or say no.

use std::time::Duration;

use fx_deploy::{Cancel, Kind, Owner, Patience, Resource, ResourceId, apply};

use crate::{
    deploy, deploy_until, planned,
    platform::{Fault, Held, Platform},
    service,
};

#[tokio::test(start_paused = true)]
async fn three_failures_that_pass_are_survived() {
    for kind in [Kind::Throttled, Kind::Unavailable, Kind::Busy] {
        let platform = Platform::default();
        platform.fail("create function todo", [Fault::Refused(kind); 3]);
        let outcome = deploy(service(&platform, "1"), vec![]).await;
        assert!(outcome.is_success(), "{kind:?}: {outcome:?}");
        assert_eq!(platform.take_writes().len(), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_lost_after_the_write_does_not_write_twice() {
    let platform = Platform::default();
    for call in ["create function todo", "create version todo", "create alias todo/live"] {
        platform.fail(call, [Fault::LostAfter]);
    }
    let outcome = deploy(service(&platform, "1"), vec![]).await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(platform.take_writes().len(), 5);
    platform.fail("update function todo", [Fault::LostAfter, Fault::LostAfter]);
    assert!(deploy(service(&platform, "2"), vec![]).await.is_success());
    assert_eq!(platform.take_writes().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_ends_the_run_before_anything_is_visible() {
    let platform = Platform::default();
    platform.fail("create version todo", [Fault::Refused(Kind::Denied)]);
    let outcome = deploy(service(&platform, "1"), vec![]).await;
    assert_eq!(outcome.failed.len(), 1);
    assert_eq!(outcome.failed[0].id, Some(ResourceId::new("version", "todo")));
    let left: Vec<_> = outcome.left.iter().map(|change| change.resource.to_string()).collect();
    assert_eq!(left, ["url todo", "alias todo/live"]);
    assert_eq!(platform.take_writes(), ["create role todo", "create function todo"]);
    // Once it is allowed, the same command goes on.
    assert!(deploy(service(&platform, "1"), vec![]).await.is_success());
    assert_eq!(platform.take_writes(), ["create version todo", "create alias todo/live", "create url todo"]);
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_stays_busy_is_given_up_with_its_own_words() {
    let platform = Platform::default();
    platform.fail("create role todo", [Fault::Refused(Kind::Throttled); 50]);
    let outcome = deploy(service(&platform, "1"), vec![]).await;
    assert_eq!(outcome.failed[0].error.kind(), Kind::Throttled);
    assert_eq!(outcome.left.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn changes_wait_until_the_platform_is_through() {
    let platform = Platform::default();
    platform.world().busy = 3;
    assert!(deploy(service(&platform, "1"), vec![]).await.is_success());
    // Somebody else is at it.
    platform.world().things.values_mut().for_each(|held| held.busy = 2);
    assert!(deploy(service(&platform, "2"), vec![]).await.is_success());
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_with_the_time_there_is() {
    let platform = Platform::default();
    platform.world().busy = usize::MAX;
    let wanted = service(&platform, "1");
    let (plan, observed) = planned(&wanted, &[], fx_deploy::Options::default()).await;
    let patience = Patience { total: Duration::from_secs(60), ..Patience::default() };
    let outcome = apply(&plan.unwrap(), &wanted, observed.known, &patience, &(), &Cancel::new()).await;
    assert_eq!(outcome.failed[0].error.kind(), Kind::TimedOut);
    assert_eq!(outcome.failed[0].error.to_string(), "role todo: not done within 60 s");
}

#[tokio::test(start_paused = true)]
async fn a_function_that_cannot_start_is_no_success() {
    let platform = Platform::default();
    platform.world().broken.insert(ResourceId::new("function", "todo"));
    let outcome = deploy(service(&platform, "1"), vec![]).await;
    assert_eq!(outcome.failed[0].error.to_string(), "function todo: it does not start");
    assert_eq!(outcome.left.len(), 3);
    // The second run finds every setting as it shall be, and still does not build upon it.
    let again = deploy(service(&platform, "1"), vec![]).await;
    assert_eq!(again.failed[0].error.to_string(), "function todo: it does not start");
    assert_eq!(again.left.len(), 3);
    // A change may be what mends it, so it is made.
    platform.take_writes();
    let mended = deploy(service(&platform, "2"), vec![]).await;
    assert_eq!(platform.take_writes(), ["update function todo"], "{mended:?}");
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_function_made_in_the_meantime_is_not_touched() {
    let platform = Platform::default();
    let wanted = service(&platform, "1");
    let (plan, observed) = planned(&wanted, &[], fx_deploy::Options::default()).await;
    let theirs = Held::new(fx_deploy::Fields::new().plain("setting", "9"), Owner::Foreign("no fx tag".into()));
    platform.world().things.insert(ResourceId::new("function", "todo"), theirs.clone());
    let outcome = apply(&plan.unwrap(), &wanted, observed.known, &Patience::default(), &(), &Cancel::new()).await;
    assert_eq!(outcome.failed[0].error.kind(), Kind::Changed);
    assert_eq!(platform.world().things[&ResourceId::new("function", "todo")], theirs);
}

#[tokio::test(start_paused = true)]
async fn what_was_deleted_in_the_meantime_is_made_again() {
    for gone in ["version", "function"] {
        let platform = Platform::default();
        deploy(service(&platform, "1"), vec![]).await;
        let wanted = service(&platform, "2");
        let (plan, observed) = planned(&wanted, &[], fx_deploy::Options::default()).await;
        platform.world().things.remove(&ResourceId::new(gone, "todo"));
        let outcome = apply(&plan.unwrap(), &wanted, observed.known, &Patience::default(), &(), &Cancel::new()).await;
        assert!(outcome.is_success(), "{gone}: {outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn taking_over_survives_failures_that_pass() {
    let platform = Platform::default();
    let theirs = Held::new(fx_deploy::Fields::new().plain("setting", "9"), Owner::Foreign("no fx tag".into()));
    platform.world().things.insert(ResourceId::new("function", "todo"), theirs);
    platform.fail("update function todo", [Fault::Refused(Kind::Throttled)]);
    let wanted = service(&platform, "1");
    let options = fx_deploy::Options { force: true, ..fx_deploy::Options::default() };
    let (plan, observed) = planned(&wanted, &[], options).await;
    let outcome = apply(&plan.unwrap(), &wanted, observed.known, &Patience::default(), &(), &Cancel::new()).await;
    assert!(outcome.is_success(), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn no_change_begins_once_the_time_is_over() {
    let platform = Platform::default();
    let wanted = service(&platform, "1");
    let (plan, observed) = planned(&wanted, &[], fx_deploy::Options::default()).await;
    let patience = Patience { total: Duration::ZERO, ..Patience::default() };
    let outcome = apply(&plan.unwrap(), &wanted, observed.known, &patience, &(), &Cancel::new()).await;
    assert_eq!(outcome.failed[0].error.kind(), Kind::TimedOut);
    assert_eq!((outcome.left.len(), platform.take_writes().len()), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_run_says_what_is_left_and_can_go_on() {
    let platform = Platform::default();
    platform.fail("create version todo", [Fault::Refused(Kind::Busy); 50]);
    let cancel = Cancel::new();
    let stop = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        cancel.cancel();
    };
    let (outcome, ()) = tokio::join!(deploy_until(service(&platform, "1"), vec![], &cancel), stop);
    assert!(outcome.interrupted && outcome.failed.is_empty(), "{outcome:?}");
    assert_eq!((outcome.done.len(), outcome.begun.len(), outcome.left.len()), (2, 1, 2));
    platform.world().faults.clear();
    assert!(deploy(service(&platform, "1"), vec![]).await.is_success());
}

#[tokio::test(start_paused = true)]
async fn what_was_ours_and_is_somebody_elses_by_now_is_not_taken_over() {
    let platform = Platform::default();
    deploy(service(&platform, "1"), vec![]).await;
    let wanted = service(&platform, "2");
    let (plan, observed) = planned(&wanted, &[], fx_deploy::Options::default()).await;
    // It was deleted, and somebody has made one of the same name.
    platform.fail("update function todo", [Fault::Refused(Kind::NotFound)]);
    let theirs = Held::new(fx_deploy::Fields::new().plain("setting", "9"), Owner::Foreign("no fx tag".into()));
    platform.world().things.insert(ResourceId::new("function", "todo"), theirs.clone());
    let outcome = apply(&plan.unwrap(), &wanted, observed.known, &Patience::default(), &(), &Cancel::new()).await;
    assert_eq!(outcome.failed[0].error.kind(), Kind::Changed, "{outcome:?}");
    assert_eq!(platform.world().things[&ResourceId::new("function", "todo")], theirs);
}

/// A function and a timer that are not wanted any more.
fn old(platform: &Platform) -> Vec<Box<dyn Resource>> {
    vec![platform.thing("function", "old", "1", &[]), platform.thing("timer", "older", "1", &[])]
}

#[tokio::test(start_paused = true)]
async fn waiting_for_what_goes_ends_with_the_time_there_is() {
    let platform = Platform::default();
    deploy(old(&platform), vec![]).await;
    platform.world().lingering = 3;
    assert!(deploy(vec![], old(&platform)).await.is_success());
    assert!(platform.world().things.is_empty());

    deploy(old(&platform), vec![]).await;
    platform.world().lingering = usize::MAX;
    let outcome = deploy(vec![], old(&platform)).await;
    let mut said: Vec<_> = outcome.failed.iter().map(|failure| failure.error.to_string()).collect();
    said.sort();
    assert_eq!(said, ["function old: not done within 900 s", "timer older: not done within 900 s"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_deleted_keeps_nothing_back_that_is_wanted() {
    let platform = Platform::default();
    deploy(old(&platform), vec![]).await;
    platform.take_writes();
    platform.fail("delete function old", [Fault::Refused(Kind::Denied)]);
    let outcome = deploy(service(&platform, "1"), old(&platform)).await;
    assert_eq!((outcome.failed.len(), outcome.done.len(), outcome.left.len()), (1, 6, 0), "{outcome:?}");
    assert_eq!(deploy(service(&platform, "1"), old(&platform)).await.done.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn reading_ends_when_the_user_has_had_enough_or_the_time_is_over() {
    let platform = Platform::default();
    let cancel = Cancel::new();
    platform.at_moment(2, &cancel);
    let wanted = service(&platform, "1");
    let stopped = fx_deploy::observe(&wanted, &Patience::default(), &(), &cancel).await.unwrap_err();
    assert_eq!(stopped.error.kind(), Kind::Interrupted);
    let patience = Patience { total: Duration::ZERO, ..Patience::default() };
    let late = fx_deploy::observe(&wanted, &patience, &(), &Cancel::new()).await.unwrap_err();
    assert_eq!(late.error.kind(), Kind::TimedOut);
}
