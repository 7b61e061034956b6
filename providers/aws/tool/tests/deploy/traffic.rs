//! Which version visitors meet, and who may come.

use std::{sync::Arc, time::UNIX_EPOCH};

use bytes::Bytes;
use fx_aws_stub::{Deployed, Failed, Fault, Runner, Running, Stub, plain_client};
use fx_deploy::Route;
use fx_provider::deploy::Address;
use http::{Request, Response};
use hyper::Method;
use serde_json::Value;

use crate::{Cloud, everything_public, shop};

/// Says what it was asked to run.
struct Telling;

impl Runner for Telling {
    fn visit(&self, deployed: Deployed, request: Request<Bytes>) -> Running<'_, Response<Bytes>> {
        let Deployed { function, version, zip, environment } = deployed;
        let zip = String::from_utf8_lossy(&zip).into_owned();
        let text = format!("{} {function} {version} {zip} {environment:?}", request.uri().path());
        Box::pin(async { Response::new(text.into()) })
    }

    fn invoke(&self, deployed: Deployed, event: Bytes) -> Running<'_, Result<Bytes, Failed>> {
        Box::pin(async move {
            match event.as_ref() {
                b"{}" => Ok(Bytes::from(deployed.version)),
                _ => Err(Failed { kind: "Unhandled".into(), body: r#"{"errorMessage":"it broke"}"#.into() }),
            }
        })
    }
}

/// A platform that runs what is deployed.
async fn running() -> (Stub, Cloud) {
    let stub = Stub::start(Some(Arc::new(Telling))).await.unwrap();
    let cloud = Cloud::before(stub.proxy().clone(), stub.account().clone());
    (stub, cloud)
}

/// Status and text.
async fn visit(method: Method, url: &str, path: &str) -> (u16, String) {
    let answer = plain_client().request(method, format!("{url}{path}")).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn address(cloud: &Cloud, f_yml: &str, code: &str) -> Vec<Address> {
    let outcome = cloud.deploy(f_yml, code).await;
    assert!(outcome.is_success(), "{outcome:?}");
    cloud.platform().await.addresses(&outcome.known)
}

#[tokio::test]
async fn visitors_meet_what_the_alias_points_at_and_nothing_before() {
    let (stub, mut cloud) = running().await;
    let url = address(&cloud, &shop("a"), "1").await.remove(0).url;
    let page = async || visit(Method::GET, &url, "/page").await.1;
    assert_eq!(page().await, r#"/page shop 1 PK shop 1 {"KEY": "a"}"#);
    // Changed, and not published: nobody sees it.
    stub.fail("PublishVersion", [Fault::Refused(403, "AccessDeniedException", "no")]);
    assert!(!cloud.deploy(&shop("b"), "2").await.is_success());
    assert_eq!(page().await, r#"/page shop 1 PK shop 1 {"KEY": "a"}"#);
    // The package goes through a bucket.
    cloud.size = Some(51 << 20);
    cloud.deployed(&shop("c"), "3").await;
    assert_eq!(page().await, r#"/page shop 2 PK shop 3 {"KEY": "c"}"#);
    cloud.reroute(&Route::rollback(&cloud.release("shop").await, None).unwrap()).await;
    assert_eq!(page().await, r#"/page shop 1 PK shop 1 {"KEY": "a"}"#);
}

#[tokio::test]
async fn an_address_is_open_with_both_permissions_only() {
    let (_stub, cloud) = running().await;
    let url = address(&cloud, &shop("a"), "1").await.remove(0).url;
    for statement in ["fx-url", "fx-url-invoke"] {
        assert_eq!(visit(Method::GET, &url, "/").await.0, 200, "{statement}");
        let path = format!("/2015-03-31/functions/shop/policy/{statement}?Qualifier=live");
        cloud.ask(Method::DELETE, "lambda", &path, &Value::Null).await;
        assert_eq!(visit(Method::GET, &url, "/").await.0, 403, "{statement}");
        cloud.proxy.take_writes();
        // The next deploy opens it again.
        assert_eq!(cloud.deployed(&shop("a"), "1").await, ["AddPermission shop"]);
    }
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(visit(Method::GET, &url, "/").await.0, 403);
}

#[tokio::test]
async fn the_routes_of_an_api_lead_to_their_functions() {
    let (_stub, cloud) = running().await;
    let url = address(&cloud, &everything_public(false), "1").await.remove(0).url;
    assert!(visit(Method::GET, &url, "/a").await.1.starts_with("/a shop 1 "));
    assert!(visit(Method::POST, &url, "/two").await.1.starts_with("/two more 1 "));
    assert_eq!(visit(Method::GET, &url, "/two").await, (404, r#"{"message":"Not Found"}"#.into()));
    let path = "/2015-03-31/functions/more/policy/fx-api?Qualifier=live";
    cloud.ask(Method::DELETE, "lambda", path, &Value::Null).await;
    assert_eq!(visit(Method::POST, &url, "/two").await.0, 500);
}

#[tokio::test]
async fn a_call_is_run_told_and_logged() {
    let (_stub, cloud) = running().await;
    cloud.deployed(&shop("a"), "1").await;
    let platform = cloud.platform().await;
    let called = platform.invoke("shop", b"{}").await.unwrap();
    assert_eq!(called.result, Ok("1".into()));
    let request = called.request.unwrap();
    assert!(called.log.unwrap().starts_with(&format!("START RequestId: {request} Version: 1\n")));
    let failed = platform.invoke("shop", b"[]").await.unwrap().result.unwrap_err();
    assert_eq!(failed.message, "it broke");
    let lines = platform.logs("shop", UNIX_EPOCH).await.unwrap();
    assert_eq!(lines.iter().filter(|line| line.text.starts_with("START")).count(), 2, "{lines:?}");
    assert!(lines.iter().any(|line| line.text.contains("it broke")), "{lines:?}");
}
