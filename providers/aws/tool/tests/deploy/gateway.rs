//! One address for several functions, and domains.

use std::collections::BTreeMap;

use fx_aws_stub::Fault;
use fx_deploy::{Kind, Outcome};
use hyper::Method;
use serde_json::{Value, json};

use crate::{Cloud, Stopped, only_failure, shop};

/// Two functions that answer HTTP.
const TWO: &str = "service: two\nprovider: { memorySize: 128 }\nfunctions:\n\
    \x20 pages: { handler: a.b, events: [ { http: { path: /*, method: get } } ] }\n\
    \x20 user: { handler: c.d, events: [ { http: { path: '/user/:id', method: any } } ] }\n";
const CERTIFICATE: &str = "arn:aws:acm:eu-central-1:123456789012:certificate/one";

/// A service at a domain.
fn at_domain(f_yml: &str) -> String {
    format!("{f_yml}custom: {{ customDomain: {{ domainName: two.example.com, certificateArn: '{CERTIFICATE}' }} }}\n")
}

impl Cloud {
    async fn list(&self, path: &str) -> Vec<Value> {
        let listed = self.ask(Method::GET, "apigateway", &format!("/v2/{path}"), &Value::Null).await;
        listed["items"].as_array().unwrap().clone()
    }

    /// The one API there is.
    async fn the_api(&self) -> Value {
        let apis = self.list("apis").await;
        assert_eq!(apis.len(), 1, "{apis:?}");
        apis[0].clone()
    }

    /// What each route of the API leads to.
    async fn routes(&self) -> BTreeMap<String, String> {
        let id = self.the_api().await["apiId"].as_str().unwrap().to_owned();
        let integrations = self.list(&format!("apis/{id}/integrations")).await;
        let target = |route: &Value| {
            let wanted =
                |one: &&Value| route["target"] == format!("integrations/{}", one["integrationId"].as_str().unwrap());
            let found = integrations.iter().find(wanted).unwrap_or_else(|| panic!("{route}"));
            assert_eq!(
                (&found["integrationType"], &found["payloadFormatVersion"]),
                (&json!("AWS_PROXY"), &json!("2.0"))
            );
            found["integrationUri"].as_str().unwrap().rsplit("function:").next().unwrap().to_owned()
        };
        let routes = self.list(&format!("apis/{id}/routes")).await;
        routes.iter().map(|route| (route["routeKey"].as_str().unwrap().to_owned(), target(route))).collect()
    }

    /// What is left of APIs and domains.
    async fn fronts(&self) -> Vec<Value> {
        [self.list("apis").await, self.list("domainnames").await].concat()
    }

    async fn addresses(&self, outcome: &Outcome) -> Vec<(Option<String>, String, Option<String>)> {
        let addresses = self.platform().await.addresses(&outcome.known);
        addresses.into_iter().map(|address| (address.function, address.url, address.note)).collect()
    }
}

fn routes<const N: usize>(routes: [(&str, &str); N]) -> BTreeMap<String, String> {
    routes.map(|(key, function)| (key.to_owned(), format!("{function}:live"))).into()
}

#[tokio::test]
async fn one_address_leads_to_each_function_by_its_routes() {
    let cloud = Cloud::new().await;
    let outcome = cloud.deploy(TWO, "1").await;
    assert!(outcome.is_success(), "{outcome:?}");
    let writes = cloud.proxy.take_writes();
    let last = writes.iter().rposition(|write| write.starts_with("CreateAlias")).unwrap();
    let first = writes.iter().position(|write| write.starts_with("CreateRoute")).unwrap();
    assert!(last < first, "nothing is visible before all of it is published: {writes:?}");
    assert!(!writes.iter().any(|write| write.starts_with("CreateFunctionUrlConfig")), "{writes:?}");
    let api = cloud.the_api().await;
    assert_eq!(
        (&api["name"], &api["protocolType"], &api["tags"]["fx"]),
        (&json!("two"), &json!("HTTP"), &json!("two"))
    );
    let id = api["apiId"].as_str().unwrap();
    let stages = cloud.list(&format!("apis/{id}/stages")).await;
    assert_eq!((&stages[0]["stageName"], &stages[0]["autoDeploy"]), (&json!("$default"), &json!(true)));
    let wanted = [
        ("ANY /user/{id}", "user"),
        ("GET /", "pages"),
        ("GET /{proxy+}", "pages"),
        ("HEAD /", "pages"),
        ("HEAD /{proxy+}", "pages"),
    ];
    assert_eq!(cloud.routes().await, routes(wanted));
    for function in ["pages", "user"] {
        let policy =
            cloud.look(&format!("/{function}/policy?Qualifier=live")).await["Policy"].as_str().unwrap().to_owned();
        assert!(policy.contains("apigateway.amazonaws.com") && !policy.contains("\"*\""), "{policy}");
        let source = format!("arn:aws:execute-api:eu-central-1:{}:{id}/*/*", cloud.account);
        assert!(policy.contains(&source), "{policy}");
    }
    let address = api["apiEndpoint"].as_str().unwrap().to_owned();
    assert_eq!(cloud.addresses(&outcome).await, [(None, address, None)]);
    assert_eq!(cloud.deployed(TWO, "1").await, [""; 0]);
    assert!(cloud.remove("two").await.is_success());
    assert_eq!((cloud.fronts().await, cloud.functions().await), (vec![], vec![]));
}

#[tokio::test]
async fn routes_are_added_moved_and_taken_away() {
    let cloud = Cloud::new().await;
    cloud.deployed(TWO, "1").await;
    let added = TWO.replace("method: any } }", "method: any } }, { http: { path: /me, method: post } }");
    assert_eq!(cloud.deployed(&added, "1").await, ["CreateRoute POST /me"]);
    let moved = TWO.replace("method: get } }", "method: get } }, { http: { path: /me, method: post } }");
    assert_eq!(cloud.deployed(&moved, "1").await, ["UpdateRoute POST /me"]);
    assert_eq!(cloud.routes().await["POST /me"], "pages:live");
    assert_eq!(cloud.deployed(TWO, "1").await, ["DeleteRoute"]);

    // Somebody has led a route elsewhere in the console, and made one of his own.
    let id = cloud.the_api().await["apiId"].as_str().unwrap().to_owned();
    let elsewhere = json!({ "integrationType": "HTTP_PROXY", "integrationUri": "https://example.com", "payloadFormatVersion": "1.0" });
    let made = cloud.ask(Method::POST, "apigateway", &format!("/v2/apis/{id}/integrations"), &elsewhere).await;
    let theirs = json!({ "routeKey": "GET /theirs", "target": format!("integrations/{}", made["integrationId"].as_str().unwrap()) });
    cloud.ask(Method::POST, "apigateway", &format!("/v2/apis/{id}/routes"), &theirs).await;
    assert_eq!(cloud.deployed(TWO, "1").await, ["DeleteRoute", "DeleteIntegration"]);
}

#[tokio::test]
async fn a_service_gets_an_api_with_its_second_function_and_loses_it_with_it() {
    let cloud = Cloud::new().await;
    let one = TWO.lines().filter(|line| !line.contains("user")).collect::<Vec<_>>().join("\n") + "\n";
    cloud.deployed(&one, "1").await;
    let writes = cloud.deployed(TWO, "1").await;
    assert!(writes.contains(&"DeleteFunctionUrlConfig pages".to_owned()), "{writes:?}");
    assert_eq!(cloud.routes().await["GET /"], "pages:live");
    let writes = cloud.deployed(&one, "1").await;
    assert!(writes.contains(&"DeleteApi".to_owned()) && writes.contains(&"CreateFunctionUrlConfig pages".to_owned()));
    assert_eq!(cloud.fronts().await, [json!(null); 0]);
    assert_eq!(cloud.deployed(&one, "1").await, [""; 0]);
}

#[tokio::test]
async fn cross_origin_rules_are_the_apis() {
    let cloud = Cloud::new().await;
    let with = TWO.replace("method: get", "method: get, cors: { AllowOrigins: ['https://a.example.com'], MaxAge: 60 }");
    cloud.deployed(&with, "1").await;
    let rules = json!({ "allowOrigins": ["https://a.example.com"], "maxAge": 60 });
    assert_eq!(cloud.the_api().await["corsConfiguration"], rules);
    assert_eq!(cloud.deployed(&with, "1").await, [""; 0]);
    assert_eq!(cloud.deployed(&with.replace("60", "90"), "1").await, ["UpdateApi"]);
    assert_eq!(cloud.the_api().await["corsConfiguration"]["maxAge"], 90);
    assert_eq!(cloud.deployed(TWO, "1").await, ["DeleteCorsConfiguration"]);
    assert_eq!(cloud.deployed(TWO, "1").await, [""; 0]);
}

#[tokio::test]
async fn a_domain_leads_to_the_one_function_with_all_its_routes() {
    let cloud = Cloud::new().await;
    cloud.proxy.be_slow(2);
    let f_yml = at_domain(&shop("a").replace("shop", "two"));
    let outcome = cloud.deploy(&f_yml, "1").await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(cloud.routes().await, routes([("$default", "two")]));
    let api = cloud.the_api().await;
    let mapped = cloud.list("domainnames/two.example.com/apimappings").await;
    assert_eq!((&mapped[0]["apiId"], &mapped[0]["stage"]), (&api["apiId"], &json!("$default")));
    let domain = &cloud.list("domainnames").await[0];
    let configuration = &domain["domainNameConfigurations"][0];
    assert_eq!(configuration["certificateArn"], CERTIFICATE);
    assert_eq!((&configuration["endpointType"], &domain["tags"]["fx"]), (&json!("REGIONAL"), &json!("two")));
    let addresses = cloud.addresses(&outcome).await;
    assert_eq!(addresses[0].1, api["apiEndpoint"].as_str().unwrap(), "the one that answers without a record");
    assert_eq!(addresses[1].1, "https://two.example.com");
    let note = addresses[1].2.as_deref().unwrap();
    assert!(note.contains("two.example.com CNAME d-two.execute-api.eu-central-1.amazonaws.com"), "{note}");
    cloud.proxy.take_calls();
    assert_eq!(cloud.deployed(&f_yml, "1").await, [""; 0]);

    let other = f_yml.replace("certificate/one", "certificate/two");
    cloud.proxy.fail("UpdateDomainName", [Fault::Answered(vec![], domain.to_string())]);
    let outcome = cloud.deploy(&other, "1").await;
    assert!(outcome.is_success(), "{outcome:?}");
    let calls = cloud.proxy.take_calls();
    let update = calls.iter().find(|call| call.writes).unwrap();
    assert_eq!(update.name, "UpdateDomainName");
    let certificate = &update.body["domainNameConfigurations"][0]["certificateArn"];
    assert_eq!(certificate, CERTIFICATE.replace("/one", "/two").as_str());

    assert!(cloud.remove("two").await.is_success());
    assert_eq!(cloud.fronts().await, [json!(null); 0]);
}

#[tokio::test]
async fn a_domain_without_a_certificate_is_refused_with_what_to_do() {
    let cloud = Cloud::new().await;
    let without = at_domain(TWO).replace(&format!(", certificateArn: '{CERTIFICATE}'"), "");
    let outcome = cloud.deploy(&without, "1").await;
    let error = only_failure(&outcome);
    assert_eq!(error.to_string(), "f.yml: the domain two.example.com needs a certificate");
    let help = error.remedy().unwrap();
    assert!(help.contains("Certificate Manager in eu-central-1") && help.contains("certificateArn"), "{help}");
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);
}

#[tokio::test]
async fn a_domain_of_somebody_elses_is_not_touched_without_force() {
    let mut cloud = Cloud::new().await;
    let theirs =
        json!({ "domainName": "two.example.com", "domainNameConfigurations": [{ "certificateArn": "theirs" }] });
    cloud.ask(Method::POST, "apigateway", "/v2/domainnames", &theirs).await;
    let Err(Stopped::Foreign(foreign)) = cloud.planned(&at_domain(TWO), "1").await else { panic!("taken over") };
    assert_eq!(foreign[0].to_string(), "domain two.example.com exists and was not made by this service: no fx tag");
    cloud.options.force = true;
    // moto knows neither of the two.
    cloud.proxy.fail("TagResource", [Fault::Answered(vec![], "{}".into())]);
    cloud.proxy.fail("UpdateDomainName", [Fault::Answered(vec![], theirs.to_string())]);
    let writes = cloud.deployed(&at_domain(TWO), "1").await;
    let place = |operation: &str| writes.iter().position(|write| write == operation).unwrap();
    assert!(place("TagResource") < place("UpdateDomainName"), "{writes:?}");
}

#[tokio::test]
async fn another_services_api_stays_and_one_too_many_goes() {
    let cloud = Cloud::new().await;
    let make = async |name: &str, tag: &str| {
        let api = json!({ "name": name, "protocolType": "HTTP", "tags": { "fx": tag } });
        cloud.ask(Method::POST, "apigateway", "/v2/apis", &api).await["apiId"].as_str().unwrap().to_owned()
    };
    let other = make("two", "two/staging").await;
    cloud.deployed(TWO, "1").await;
    let more = make("two", "two").await;
    cloud.proxy.take_calls();
    // Of two that are as old as each other it may be either.
    let writes = cloud.deployed(TWO, "1").await;
    assert_eq!(writes.iter().filter(|write| *write == "DeleteApi").count(), 1, "{writes:?}");
    assert_eq!(cloud.deployed(TWO, "1").await, [""; 0]);
    assert_eq!(cloud.list("apis").await.len(), 2, "{other} and {more} or the first");
    assert!(cloud.remove("two").await.is_success());
    assert_eq!(cloud.the_api().await["apiId"], other);
}

#[tokio::test]
async fn what_a_route_cannot_say_is_refused_before_anything_is_made() {
    let cloud = Cloud::new().await;
    let outcome = cloud.deploy(&TWO.replace("/user/:id", "/用户/:id"), "1").await;
    let error = only_failure(&outcome);
    assert!(error.to_string().contains("the route ANY /用户/{id} of user has `用`"), "{error}");
    assert!(error.remedy().unwrap().contains("aggregation"), "{error:?}");
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);
    // One function knows its routes itself.
    cloud.deployed(&shop("a").replace("path: /*", "path: /用户"), "1").await;
}

/// What is written about APIs and domains.
const MADE: [&str; 7] = [
    "CreateApi",
    "CreateStage",
    "CreateIntegration",
    "CreateRoute",
    "AddPermission",
    "CreateDomainName",
    "CreateApiMapping",
];
const REMOVED: [&str; 3] = ["DeleteApiMapping", "DeleteDomainName", "DeleteApi"];

#[tokio::test]
async fn every_write_survives_failures_that_pass_and_answers_that_get_lost() {
    let slow_down = Fault::Refused(429, "LimitExceededException", "Too many requests");
    let another =
        Fault::Refused(409, "ConflictException", "Unable to complete operation due to concurrent modification.");
    for faults in [vec![slow_down, another, Fault::LostBefore], vec![Fault::LostAfter]] {
        let cloud = Cloud::new().await;
        MADE.iter().for_each(|operation| cloud.proxy.fail(operation, faults.clone()));
        cloud.deployed(&at_domain(TWO), "1").await;
        assert_eq!(cloud.deployed(&at_domain(TWO), "1").await, [""; 0]);
        assert_eq!((cloud.list("apis").await.len(), cloud.routes().await.len()), (1, 5));
        let id = cloud.the_api().await["apiId"].as_str().unwrap().to_owned();
        assert_eq!(cloud.list(&format!("apis/{id}/integrations")).await.len(), 2, "none is made twice");
        REMOVED.iter().for_each(|operation| cloud.proxy.fail(operation, faults.clone()));
        let outcome = cloud.remove("two").await;
        assert!(outcome.is_success(), "{outcome:?}");
        assert_eq!(cloud.proxy.left_to_fail(), [""; 0]);
        assert_eq!(cloud.fronts().await, [json!(null); 0]);
    }
}

#[tokio::test]
async fn a_domain_that_cannot_be_made_is_no_success() {
    let cloud = Cloud::new().await;
    let refused = Fault::Refused(400, "BadRequestException", "The provided certificate does not exist.");
    cloud.proxy.fail("CreateDomainName", [refused]);
    let outcome = cloud.deploy(&at_domain(TWO), "1").await;
    assert_eq!(only_failure(&outcome).kind(), Kind::Invalid);
    assert!(outcome.left.iter().any(|change| change.resource.kind == "mapping"), "{outcome:?}");
    cloud.deployed(&at_domain(TWO), "1").await;
}
