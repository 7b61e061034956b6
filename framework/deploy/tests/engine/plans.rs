//! What is planned, and done when nothing goes wrong.

use fx_deploy::{Action, Fields, Kind, Options, Owner, Resource, ResourceId};

use crate::{
    deploy, planned,
    platform::{Fault, Held, Platform},
    service,
};

#[tokio::test(start_paused = true)]
async fn a_first_deploy_makes_everything_in_order() {
    let platform = Platform::default();
    let outcome = deploy(service(&platform, "1"), vec![]).await;
    assert!(outcome.is_success(), "{outcome:?}");
    let writes = platform.take_writes();
    assert_eq!(
        writes,
        [
            "create role todo",
            "create function todo",
            "create version todo",
            "create alias todo/live",
            "create url todo"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_deploy_writes_nothing() {
    let platform = Platform::default();
    deploy(service(&platform, "1"), vec![]).await;
    platform.take_writes();
    let (plan, _) = planned(&service(&platform, "1"), &[], Options::default()).await;
    assert!(plan.unwrap().is_empty());
    assert!(deploy(service(&platform, "1"), vec![]).await.is_success());
    assert_eq!(platform.take_writes(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_change_changes_what_differs_and_says_how() {
    let platform = Platform::default();
    deploy(service(&platform, "1"), vec![]).await;
    platform.take_writes();
    let (plan, _) = planned(&service(&platform, "2"), &[], Options::default()).await;
    insta::assert_json_snapshot!(plan.unwrap());
    deploy(service(&platform, "2"), vec![]).await;
    assert_eq!(platform.take_writes(), ["update function todo", "update version todo", "update alias todo/live"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_changed_is_made_anew() {
    let platform = Platform::default();
    let topic = |setting| -> Vec<Box<dyn Resource>> {
        let mut thing = platform.thing("topic", "t", setting, &[]);
        thing.fixed = &["setting"];
        vec![thing]
    };
    deploy(topic("a"), vec![]).await;
    platform.take_writes();
    let (plan, _) = planned(&topic("b"), &[], Options::default()).await;
    assert_eq!(plan.unwrap().count(Action::Replace), 1);
    assert!(deploy(topic("b"), vec![]).await.is_success());
    assert_eq!(platform.take_writes(), ["delete topic t", "create topic t"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_named_any_more_goes_last_and_from_the_outside_in() {
    let platform = Platform::default();
    let outer = ResourceId::new("function", "old");
    let old = || -> Vec<Box<dyn Resource>> {
        vec![platform.thing("function", "old", "1", &[]), platform.thing("timer", "old/nightly", "1", &[&outer])]
    };
    deploy(old(), vec![]).await;
    platform.take_writes();
    platform.fail("delete timer old/nightly", [Fault::Refused(Kind::Throttled)]);
    let outcome = deploy(service(&platform, "1"), old()).await;
    assert!(outcome.is_success(), "{outcome:?}");
    let writes = platform.take_writes();
    assert_eq!(writes[5..], ["delete timer old/nightly", "delete function old"], "{writes:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_pruned_if_it_shall_not_be() {
    let platform = Platform::default();
    let old: Vec<Box<dyn Resource>> = vec![platform.thing("function", "old", "1", &[])];
    let (plan, _) = planned(&service(&platform, "1"), &old, Options { prune: false, ..Options::default() }).await;
    assert_eq!(plan.unwrap().count(Action::Delete), 0);
}

#[tokio::test(start_paused = true)]
async fn what_others_made_is_left_alone_unless_it_is_taken_over() {
    let platform = Platform::default();
    let theirs = Held::new(Fields::new().plain("setting", "9"), Owner::Foreign("no fx tag".into()));
    platform.world().things.insert(ResourceId::new("function", "todo"), theirs);
    let (plan, _) = planned(&service(&platform, "1"), &[], Options::default()).await;
    let foreign = plan.unwrap_err();
    assert_eq!(foreign.len(), 1);
    assert_eq!(foreign[0].to_string(), "function todo exists and was not made by this service: no fx tag");
    let (plan, _) = planned(&service(&platform, "1"), &[], Options { force: true, ..Options::default() }).await;
    assert_eq!(plan.unwrap().count(Action::Update), 1);
    assert_eq!(platform.take_writes(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_goes_makes_way_for_what_claims_the_same_and_not_a_moment_before() {
    let platform = Platform::default();
    let renamed = |name: &str| -> Vec<Box<dyn Resource>> {
        let (function, alias) = (ResourceId::new("function", name), ResourceId::new("url", name));
        let mut bucket = platform.thing("bucket", &format!("{name}/uploads"), "1", &[&alias, &function]);
        bucket.claims = Some("uploads");
        vec![
            bucket,
            platform.thing("function", name, "1", &[]),
            platform.thing("url", name, "1", &[&function]),
            platform.thing("timer", name, "1", &[&function]),
        ]
    };
    deploy(renamed("old"), vec![]).await;
    platform.take_writes();
    let outcome = deploy(renamed("new"), renamed("old")).await;
    assert!(outcome.is_success(), "{outcome:?}");
    let writes = platform.take_writes();
    let at = |write: &str| writes.iter().position(|known| known == write).unwrap_or_else(|| panic!("{write}"));
    assert!(at("create url new") < at("delete bucket old/uploads"), "{writes:?}");
    assert!(at("create bucket new/uploads") < at("delete timer old"), "{writes:?}");
    assert!(platform.world().things.keys().all(|id| id.name.starts_with("new")));
}

#[tokio::test(start_paused = true)]
async fn what_something_works_with_that_stays_is_not_pruned() {
    let platform = Platform::default();
    let [function, version] =
        [("function", "old"), ("version", "old/1")].map(|(kind, name)| ResourceId::new(kind, name));
    let role = || -> Box<dyn Resource> {
        let mut role = platform.thing("role", "old", "1", &[]);
        role.held_by = vec![vec![version.clone(), function.clone()]];
        role
    };
    let going = async |surplus: Vec<Box<dyn Resource>>| {
        let (plan, _) = planned(&service(&platform, "1"), &surplus, Options::default()).await;
        let deleted = plan.unwrap().changes.into_iter().filter(|change| change.action == Action::Delete);
        deleted.map(|change| change.resource.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(going(vec![role()]).await, [""; 0]);
    for holder in [&function, &version] {
        let gone = platform.thing(holder.kind, &holder.name, "1", &[]);
        assert_eq!(going(vec![role(), gone]).await, ["role old".to_owned(), holder.to_string()]);
    }
}
