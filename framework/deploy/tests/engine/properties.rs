//! Whatever goes wrong on the way, running again gets there, and nothing is made twice.

use fx_deploy::Kind;
use proptest::prelude::*;

use crate::{
    deploy,
    platform::{Fault, Platform},
    service,
};

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::LostAfter),
        Just(Fault::Refused(Kind::Throttled)),
        Just(Fault::Refused(Kind::Unavailable)),
        Just(Fault::Refused(Kind::Denied)),
        Just(Fault::Refused(Kind::Invalid)),
    ]
}

proptest! {
    #[test]
    fn running_again_gets_there(
        faults in prop::collection::vec((0..5_usize, any::<bool>(), prop::collection::vec(fault(), 1..4)), 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let platform = Platform::default();
            let names = ["role todo", "function todo", "version todo", "alias todo/live", "url todo"];
            let total: usize = faults.iter().map(|(_, _, list)| list.len()).sum();
            for (thing, update, list) in faults {
                platform.fail(&format!("{} {}", if update { "update" } else { "create" }, names[thing]), list);
            }
            // Every run that ends badly has used up one fault at least.
            for code in ["1", "2"] {
                let mut runs = 0;
                while !deploy(service(&platform, code), vec![]).await.is_success() {
                    runs += 1;
                    assert!(runs <= total, "run {runs} of {total} faults");
                }
            }
            let writes = platform.take_writes();
            assert_eq!(writes.iter().filter(|write| write.starts_with("create")).count(), 5, "{writes:?}");
            assert_eq!(writes.iter().filter(|write| write.starts_with("update")).count(), 3, "{writes:?}");
            assert!(deploy(service(&platform, "2"), vec![]).await.is_success());
            assert!(platform.take_writes().is_empty());
        });
    }
}
