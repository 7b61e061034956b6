//! Who may call a function.

use fx_aws_stub::Fault;

use crate::{Cloud, everything_public, shop};

#[tokio::test]
async fn nothing_leads_to_a_function_before_it_may_be_called() {
    let tick = shop("a").replace(
        "events: [ { http: { path: /*, method: any } }",
        "events: [ { timer: { name: tick, type: every, value: 5m } }",
    );
    let services = [
        (shop("a"), "CreateFunctionUrlConfig"),
        (everything_public(false), "CreateRoute"),
        (everything_public(false), "CreateIntegration"),
        (tick, "PutRule"),
    ];
    for (f_yml, leads) in services {
        let cloud = Cloud::new().await;
        let denied = Fault::Refused(403, "AccessDeniedException", "not authorized to add permissions");
        cloud.proxy.fail("AddPermission", [denied]);
        let outcome = cloud.deploy(&f_yml, "1").await;
        assert!(!outcome.failed.is_empty(), "{leads}");
        let writes = cloud.proxy.take_writes();
        assert!(writes.iter().any(|write| write.starts_with("AddPermission")), "{writes:?}");
        assert!(!writes.iter().any(|write| write.starts_with(leads)), "{writes:?}");

        let writes = cloud.deployed(&f_yml, "1").await;
        let allowed = writes.iter().rposition(|write| write.starts_with("AddPermission")).unwrap();
        assert!(writes.iter().position(|write| write.starts_with(leads)).unwrap() > allowed, "{writes:?}");
        assert_eq!(cloud.deployed(&f_yml, "1").await, [""; 0]);
    }
}
