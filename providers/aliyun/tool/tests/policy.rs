//! The permissions that a deploy asks for.

use std::path::Path;

use fx_aliyun_tool::{LIMITS, provider};
use fx_provider::deploy::Identity;
use fx_spec::{Document, Request};

#[test]
fn names_the_functions_the_domain_and_the_roles_and_no_more() {
    let text =
        include_str!("manifest/shop.yml").to_owned() + "custom: { customDomain: { domainName: shop.example.com } }\n";
    let document = Document::parse("f.yml", &text, Path::new(".")).unwrap();
    let request = Request {
        target: Some("aliyun"),
        targets: &[&LIMITS],
        variables: &|_| None,
        udev: Default::default(),
        code: &[],
    };
    let service = document.resolve(&request).service.unwrap();
    let identity = Identity { service: "shop".into(), stage: Some("staging".into()) };
    insta::assert_snapshot!(provider().deploy().unwrap().policy(&service, &identity).unwrap());
}
