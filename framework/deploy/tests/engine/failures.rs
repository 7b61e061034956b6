//! Platforms that are slow, busy, unreachable, or say no.

use std::time::Duration;

use fx_deploy::{Cancel, Kind, Owner, Patience, ResourceId, apply};

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
