//! Which version visitors meet.

use std::sync::Arc;

use bytes::Bytes;
use fx_deploy::{Http, Route};
use fx_provider::emulator::Failure;
use fx_tencent_stub::{Deployed, Failed, Runner, Running};
use http::{Request, Response};

use crate::{Cloud, shop};

/// Says what it was asked to run.
struct Telling;

impl Runner for Telling {
    fn visit(&self, deployed: Deployed, request: Request<Bytes>) -> Running<'_, Response<Bytes>> {
        let text = format!("{} {} with {:?}", request.uri().path(), deployed.version, deployed.environment);
        Box::pin(async { Response::new(text.into()) })
    }

    fn invoke(&self, deployed: Deployed, event: Bytes) -> Running<'_, Result<Bytes, Failed>> {
        Box::pin(async move {
            match event.as_ref() {
                b"{}" => Ok(Bytes::from(deployed.version)),
                _ => Err(Failed { kind: "430".into(), body: "it broke".into() }),
            }
        })
    }
}

#[tokio::test]
async fn visitors_meet_what_the_alias_points_at_and_nothing_before() {
    let cloud = Cloud::running(Some(Arc::new(Telling))).await;
    let outcome = cloud.deploy(&shop("a"), "1").await;
    let platform = cloud.connect().await.unwrap();
    let url = platform.addresses(&outcome.known).remove(0).url;
    let visit = async || {
        let http = Http::new().unwrap();
        let request = http.client().get(format!("{url}/page")).build().unwrap();
        String::from_utf8(http.send("visit", request).await.unwrap().body).unwrap()
    };
    assert_eq!(visit().await, r#"/page 1 with {"KEY": "a"}"#);
    // Changed, and not published: nobody sees it.
    cloud.stub.world().fail("PublishVersion", [fx_tencent_stub::Fault::Denied]);
    assert!(!cloud.deploy(&shop("b"), "2").await.is_success());
    assert_eq!(visit().await, r#"/page 1 with {"KEY": "a"}"#);
    cloud.deployed(&shop("b"), "2").await;
    assert_eq!(visit().await, r#"/page 2 with {"KEY": "b"}"#);
    cloud.reroute(&Route::rollback(&cloud.release("shop").await, None).unwrap()).await;
    assert_eq!(visit().await, r#"/page 1 with {"KEY": "a"}"#);

    assert_eq!(platform.invoke("shop", b"{}").await.unwrap().result, Ok("1".into()));
    assert_eq!(platform.invoke("shop", b"[]").await.unwrap().result, Err(Failure::new("FunctionError", "it broke")));
}
