//! The life of one function: whatever is deployed, promoted and rolled back, what requests go to is there.

use std::collections::BTreeSet;

use fx_deploy::{Canary, Fields, Marker, NoRoute, Release, Released, Route, Traffic};
use proptest::prelude::*;

/// What somebody does.
#[derive(Debug, Clone)]
enum Act {
    /// Deploys this code, to all requests or a share of them, and keeps so many versions.
    Deploy(u8, bool, u32),
    Promote,
    Rollback,
    /// To one of the versions that there are.
    RollbackTo(prop::sample::Index),
    /// Somebody else's alias points at one of the versions that there are.
    Hold(prop::sample::Index),
    /// A deploy publishes and does not get to the alias.
    Publish(u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..4_u8, any::<bool>(), 0..4_u32).prop_map(|(code, canary, keep)| Act::Deploy(code, canary, keep)),
        1 => Just(Act::Promote),
        2 => Just(Act::Rollback),
        1 => any::<prop::sample::Index>().prop_map(Act::RollbackTo),
        1 => any::<prop::sample::Index>().prop_map(Act::Hold),
        1 => (0..4_u8).prop_map(Act::Publish),
    ]
}

fn marker(code: u8) -> Marker {
    Marker::of(&Fields::new().plain("code", code.to_string()))
}

/// A function that keeps what it is told to.
#[derive(Default)]
struct Life {
    release: Release,
    published: u32,
}

impl Life {
    /// Publishes, unless it is published already.
    fn publish(&mut self, code: u8) -> String {
        let marker = marker(code);
        if let Some(found) = self.release.find(&marker) {
            return found.number.clone();
        }
        self.published += 1;
        let number = self.published.to_string();
        self.release.versions.insert(0, Released { number: number.clone(), marker: Some(marker), created: None });
        number
    }

    /// Moves the alias, which remembers by its description alone.
    fn go(&mut self, route: &Route, new: Option<&str>) {
        let traffic = route.resolve(new).expect("a number for every version");
        let before = Traffic::past(&traffic.description());
        self.release.traffic = Some(Traffic { before, ..traffic });
    }

    fn deploy(&mut self, code: u8, canary: Option<Canary>, keep: u32) {
        let known = (self.published > 0).then_some(&self.release);
        let route = Route::deploy(&marker(code), known, canary);
        let gone: Vec<String> = self.release.surplus(&route, keep).iter().map(|old| old.number.clone()).collect();
        let number = self.publish(code);
        self.go(&route, Some(&number));
        self.release.versions.retain(|version| !gone.contains(&version.number));
        let room = usize::try_from(keep.max(1)).expect("a small number");
        assert!(self.release.versions.len() >= room.min(gone.len()), "{gone:?} went, and {keep} are to be kept");
    }

    fn reroute(&mut self, route: Result<Route, NoRoute>) {
        if let Ok(route) = route {
            self.go(&route, None);
        }
    }

    fn pick(&self, index: prop::sample::Index) -> Option<String> {
        let versions = &self.release.versions;
        (!versions.is_empty()).then(|| index.get(versions).number.clone())
    }
}

proptest! {
    #[test]
    fn what_requests_go_to_is_there(acts in prop::collection::vec(act(), 1..24)) {
        let share: Canary = "10%".parse().expect("a share");
        let mut life = Life::default();
        for act in acts {
            let before = life.release.traffic.clone();
            match act.clone() {
                Act::Deploy(code, canary, keep) => {
                    life.deploy(code, canary.then_some(share), keep);
                    let traffic = life.release.traffic.clone().expect("traffic after a deploy");
                    let newest = life.release.find(&marker(code)).expect("what was deployed").number.clone();
                    let to: Vec<&String> = traffic.canary.iter().map(|(number, _)| number).collect();
                    prop_assert!(traffic.version == newest || to == [&newest], "{traffic:?} is not to {newest}");
                    // A rollback leads to where all requests went before.
                    let main = before.map(|traffic| traffic.version).filter(|version| *version != newest);
                    if let Some(main) = main {
                        let back = Route::rollback(&life.release, None).expect("a way back");
                        prop_assert_eq!(back.resolve(None).expect("a number").version, main);
                    }
                }
                Act::Promote => life.reroute(Route::promote(&life.release)),
                Act::Rollback => life.reroute(Route::rollback(&life.release, None)),
                Act::RollbackTo(index) => {
                    let to = life.pick(index);
                    life.reroute(Route::rollback(&life.release, to.as_deref()));
                }
                Act::Hold(index) => life.release.held.extend(life.pick(index)),
                Act::Publish(code) => drop(life.publish(code)),
            }
            let there: BTreeSet<&str> = life.release.versions.iter().map(|version| version.number.as_str()).collect();
            let traffic = life.release.traffic.iter().flat_map(Traffic::in_use);
            for used in traffic.chain(life.release.held.iter().map(String::as_str)) {
                prop_assert!(there.contains(used), "{used} is in use and gone after {act:?}");
            }
        }
    }
}
