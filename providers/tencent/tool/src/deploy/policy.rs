//! The permissions that a deploy needs, in the language of CAM.

use std::collections::BTreeSet;

use fx_provider::{deploy::Identity, site::files};
use fx_spec::{Service, Unit};
use serde_json::{Value, json};

use super::namespace;
use crate::{api::code_bucket, resources::COMMON};

/// What is done to functions, each of them named.
const FUNCTION: [&str; 19] = [
    "CreateFunction",
    "CreateTrigger",
    "DeleteFunction",
    "DeleteFunctionVersion",
    "DeleteTrigger",
    "GetAlias",
    "GetFunction",
    "GetFunctionAddress",
    "GetFunctionLogs",
    "InvokeFunction",
    "ListAliases",
    "ListTriggers",
    "ListVersionByFunction",
    "PublishVersion",
    "UpdateAlias",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "UpdateTrigger",
    "UpdateTriggerStatus",
];

/// The policy for a service: its own functions and nobody else's, apart from lists, which cannot be narrowed.
pub(super) fn of(service: &Service, identity: &Identity) -> String {
    // Without a region, a resource is one of all regions.
    let region = service.region.as_ref().map(|region| region.value.as_str()).unwrap_or_default();
    let namespace = namespace(service.extra.get("namespace").map(|said| &said.value));
    // Without an account, a resource is one of whoever makes the policy.
    let resource = |unit: &Unit| {
        format!("qcs::scf:{region}::namespace/{namespace}/function/{}", identity.function(&unit.name.value))
    };
    let functions: Vec<String> = service.units.iter().map(resource).collect();
    let mut statements = vec![
        allow(&FUNCTION.map(|action| format!("scf:{action}")), &json!(functions)),
        allow(&["cam:GetUserAppId".into(), "scf:ListFunctions".into(), "sts:GetCallerIdentity".into()], &json!("*")),
        // For --force alone, which puts fx's tag on a function that somebody else has made.
        allow(&["tag:ModifyResourceTags".into()], &json!(functions)),
    ];
    // For packages that do not go into a request: the bucket for them, whatever the account's number.
    let bucket = match region {
        "" => "qcs::cos:::fx-code-*".to_owned(),
        region => format!("qcs::cos:{region}::{}-*", code_bucket(region)),
    };
    let packages = ["HeadBucket", "PutBucket", "PutObject"].map(|action| format!("cos:{action}"));
    statements.push(allow(&packages, &json!([bucket])));
    if let Some((bucket, files)) = files(service, identity) {
        let bucket = format!("qcs::cos:{region}::{bucket}");
        statements.push(allow(&["cos:GetBucket".into()], &json!([format!("{bucket}/*")])));
        let objects = ["DeleteObject", "PutObject"].map(|action| format!("cos:{action}"));
        statements.push(allow(&objects, &json!([format!("{bucket}/{files}*")])));
    }
    if namespace != COMMON {
        statements.push(allow(&["scf:CreateNamespace".into(), "scf:ListNamespaces".into()], &json!("*")));
    }
    let roles = roles(service);
    if !roles.is_empty() {
        statements.push(allow(&["cam:PassRole".into()], &json!(roles)));
    }
    format!("{:#}\n", json!({ "version": "2.0", "statement": statements }))
}

fn allow(actions: &[String], resources: &Value) -> Value {
    json!({ "effect": "allow", "action": actions, "resource": resources })
}

/// The roles that functions are given, which takes a permission of its own.
fn roles(service: &Service) -> BTreeSet<String> {
    let said = |unit: &Unit| {
        let role = unit.extra.get("role").or_else(|| service.extra.get("role"))?;
        role.value.as_str().map(|role| format!("qcs::cam:::roleName/{role}"))
    };
    service.units.iter().filter_map(said).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use fx_spec::{Document, Request};

    use super::*;
    use crate::LIMITS;

    fn policy(text: &str) -> String {
        let document = Document::parse("f.yml", text, Path::new(".")).unwrap();
        let request = Request {
            target: Some("tencent"),
            targets: &[&LIMITS],
            variables: &|_| None,
            udev: Default::default(),
            code: &[],
        };
        let service = document.resolve(&request).service.unwrap();
        of(&service, &Identity { service: "shop".into(), stage: Some("staging".into()) })
    }

    #[test]
    fn names_the_services_own_functions_and_nothing_else() {
        let text = "service: shop\nprovider: { name: tencent, region: ap-tokyo, namespace: web, role: reader }\nfunctions:\n  api: { handler: a.b }\n  work: { handler: c.d }\n";
        insta::assert_snapshot!(policy(text));
    }

    #[test]
    fn asks_for_no_namespace_and_no_role_where_none_is_named() {
        let said = policy("service: shop\nprovider: { name: tencent }\nfunctions:\n  api: { handler: a.b }\n");
        assert!(said.contains("qcs::scf:::namespace/default/function/api-staging"), "{said}");
        assert!(!said.contains("CreateNamespace") && !said.contains("PassRole"), "{said}");
    }
}
