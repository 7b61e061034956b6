//! The stand-in for the platform against the vendor's own SDK: what the two say to each other is the wire that fx speaks too.

use std::path::Path;

use fx_provider::testing::run_tool;
use fx_tencent_stub::{REGION, SECRET_ID, SECRET_KEY};

use crate::{Cloud, shop};

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdk_reads_what_fx_has_written_and_writes_what_fx_reads() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/sdk.py");
    let endpoint = cloud.stub.endpoint();
    let arguments = [&endpoint, SECRET_ID, SECRET_KEY, REGION].map(ToOwned::to_owned);
    let said = tokio::task::spawn_blocking(move || {
        let arguments: Vec<_> = arguments.iter().map(AsRef::as_ref).collect();
        run_tool("python/bin/python", &[&[script.as_os_str()], arguments.as_slice()].concat())
    });
    let said = said.await.unwrap();
    insta::assert_snapshot!(said.replace(&endpoint, "[endpoint]"));
    // What the SDK has published is a version of somebody else's.
    let release = cloud.release("shop").await;
    assert_eq!(release.versions.len(), 2);
    assert!(release.versions[0].marker.is_none() && release.versions[1].marker.is_some(), "{release:?}");
}
