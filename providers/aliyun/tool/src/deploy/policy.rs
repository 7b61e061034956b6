//! The permissions that a deploy needs, as a policy of Resource Access Management.

use std::collections::BTreeSet;

use fx_provider::{deploy::Identity, site::files};
use fx_spec::{
    Service,
    service::{Domain, TriggerKind},
};
use serde_json::{Value, json};

use crate::api::code_bucket;

/// On a function, and on all that hangs on it.
const OF_FUNCTIONS: [&str; 26] = [
    "fc:CreateAlias",
    "fc:CreateFunction",
    "fc:CreateTrigger",
    "fc:DeleteAlias",
    "fc:DeleteAsyncInvokeConfig",
    "fc:DeleteConcurrencyConfig",
    "fc:DeleteFunction",
    "fc:DeleteFunctionVersion",
    "fc:DeleteTrigger",
    "fc:GetAlias",
    "fc:GetAsyncInvokeConfig",
    "fc:GetConcurrencyConfig",
    "fc:GetFunction",
    "fc:GetTrigger",
    "fc:InvokeFunction",
    "fc:ListAliases",
    "fc:ListFunctionVersions",
    "fc:ListTriggers",
    "fc:PublishFunctionVersion",
    "fc:PutAsyncInvokeConfig",
    "fc:PutConcurrencyConfig",
    "fc:TagResources",
    "fc:UntagResources",
    "fc:UpdateAlias",
    "fc:UpdateFunction",
    "fc:UpdateTrigger",
];

const OF_DOMAINS: [&str; 4] =
    ["fc:CreateCustomDomain", "fc:DeleteCustomDomain", "fc:GetCustomDomain", "fc:UpdateCustomDomain"];

/// The policy of a service.
pub(super) fn of(service: &Service, identity: &Identity) -> String {
    let region = service.region.as_ref().map_or("*", |region| region.value.as_str());
    let functions: Vec<String> = service
        .units
        .iter()
        .map(|unit| identity.function(&unit.name.value))
        .flat_map(|name| ["", "/*"].map(|rest| format!("acs:fc:{region}:*:functions/{name}{rest}")))
        .collect();
    let mut statements = vec![
        statement(&OF_FUNCTIONS, &functions),
        // Lists cannot be narrowed: what is in them is looked at one by one.
        statement(&["fc:ListFunctions"], &[format!("acs:fc:{region}:*:functions/*")]),
        statement(&["fc:ListCustomDomains"], &[format!("acs:fc:{region}:*:custom-domains/*")]),
    ];
    if let Domain::Named(name) = &service.domain {
        let domain = format!("acs:fc:{region}:*:custom-domains/{}", name.value);
        statements.push(statement(&OF_DOMAINS, &[domain]));
    }
    // For packages that are larger than a request.
    let bucket = code_bucket("*", region);
    statements.push(statement(&["oss:PutBucket"], &[format!("acs:oss:*:*:{bucket}")]));
    statements.push(statement(&["oss:GetObject", "oss:PutObject"], &[format!("acs:oss:*:*:{bucket}/*")]));
    if let Some((bucket, files)) = files(service, identity) {
        statements.push(statement(&["oss:ListObjects"], &[format!("acs:oss:*:*:{bucket}")]));
        statements.push(statement(&["oss:DeleteObject", "oss:PutObject"], &[format!("acs:oss:*:*:{bucket}/{files}*")]));
    }
    let stores = stores(service, region);
    if !stores.is_empty() {
        statements.push(statement(&["log:GetLogStoreLogs"], &stores));
    }
    let roles = roles(service);
    if !roles.is_empty() {
        statements.push(statement(&["ram:PassRole"], &roles));
    }
    let policy = json!({ "Version": "1", "Statement": statements });
    serde_json::to_string_pretty(&policy).unwrap_or_default()
}

fn statement(actions: &[&str], resources: &[String]) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

/// Where functions hand their logs to, for reading them.
fn stores(service: &Service, region: &str) -> Vec<String> {
    let said =
        service.units.iter().filter_map(|unit| unit.extra.get("logConfig")).chain(service.extra.get("logConfig"));
    let store = |config: &Value| {
        let text = |name: &str| config[name].as_str();
        Some(format!("acs:log:{region}:*:project/{}/logstore/{}", text("project")?, text("logstore")?))
    };
    let stores: BTreeSet<String> = said.filter_map(|config| store(&config.value)).collect();
    stores.into_iter().collect()
}

/// Roles that the platform is told to take: of the functions, and of what calls them.
fn roles(service: &Service) -> Vec<String> {
    let mut roles = BTreeSet::new();
    for unit in &service.units {
        let said = unit.extra.get("role").or_else(|| service.extra.get("role"));
        roles.extend(said.and_then(|role| role.value.as_str()));
        for named in unit.triggers() {
            let usual = match named.trigger.kind {
                TriggerKind::Http(_) | TriggerKind::Timer { .. } => continue,
                TriggerKind::Object { .. } => "aliyunosseventnotificationrole",
                TriggerKind::Message { .. } => "aliyunmnsnotificationrole",
                TriggerKind::Log { .. } => "aliyunlogetlrole",
            };
            let said = named.trigger.extra.get("role");
            roles.insert(said.and_then(|role| role.value.as_str()).unwrap_or(usual));
        }
    }
    let whole = |role: &str| if role.starts_with("acs:") { role.to_owned() } else { format!("acs:ram::*:role/{role}") };
    roles.into_iter().filter(|role| !role.is_empty()).map(whole).collect()
}
