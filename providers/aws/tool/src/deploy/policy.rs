//! The permissions that a deploy needs, in the language of IAM.

use std::collections::BTreeSet;

use fx_provider::{deploy::Identity, site::files};
use fx_spec::{
    Service, Unit,
    service::{Domain, TriggerKind},
};
use serde_json::{Value, json};

use crate::{api::code_bucket, regions::partition, resources::name_start, translate};

/// What is done to functions, each of them named, and to their versions and aliases.
const FUNCTION: [&str; 21] = [
    "AddPermission",
    "CreateAlias",
    "CreateFunction",
    "CreateFunctionUrlConfig",
    "DeleteAlias",
    "DeleteFunction",
    "DeleteFunctionUrlConfig",
    "GetAlias",
    "GetFunction",
    "GetFunctionUrlConfig",
    "GetPolicy",
    "InvokeFunction",
    "ListAliases",
    "ListVersionsByFunction",
    "PublishVersion",
    "RemovePermission",
    "TagResource",
    "UpdateAlias",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "UpdateFunctionUrlConfig",
];
/// Of these, what makes one. A function that f.yml does not name any more is looked at and taken away, and not made.
const MAKING: [&str; 2] = ["CreateFunction", "TagResource"];
/// What is done to the queues of a function.
const QUEUES: [&str; 3] = ["CreateEventSourceMapping", "DeleteEventSourceMapping", "UpdateEventSourceMapping"];
/// What is done to schedules.
const RULES: [&str; 6] = ["DeleteRule", "DescribeRule", "ListTargetsByRule", "PutRule", "PutTargets", "RemoveTargets"];
/// What is done to schedules in a time zone.
const SCHEDULES: [&str; 4] = ["CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule"];
/// What is done to a role that fx makes.
const ROLES: [&str; 3] = ["AttachRolePolicy", "CreateRole", "TagRole"];
/// What takes one away, which may be of a function that f.yml does not name any more.
const OLD_ROLES: [&str; 6] =
    ["DeleteRole", "DeleteRolePolicy", "DetachRolePolicy", "GetRole", "ListAttachedRolePolicies", "ListRolePolicies"];
/// What Lambda asks about a network, in the name of whoever deploys.
const NETWORK: [&str; 3] = ["DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"];

/// What is done to roles under which schedules call.
const SCHEDULE_ROLES: [&str; 2] = ["GetRolePolicy", "PutRolePolicy"];
/// What is done to the logs of functions.
const LOGS: [&str; 3] = ["CreateLogGroup", "FilterLogEvents", "PutRetentionPolicy"];
/// What is done to the logs that call functions.
const SUBSCRIPTIONS: [&str; 3] = ["DeleteSubscriptionFilter", "DescribeSubscriptionFilters", "PutSubscriptionFilter"];
/// What is done to the buckets that call functions. They are nobody's in particular: only what they call is asked and said.
const BUCKETS: [&str; 2] = ["GetBucketNotification", "PutBucketNotification"];

/// The policy for a service: its own functions and nobody else's, apart from lists, which cannot be narrowed.
pub(super) fn of(service: &Service, identity: &Identity) -> String {
    // Without a region or an account, a name is one of all of them.
    let region = service.region.as_ref().map_or("*", |region| region.value.as_str());
    let partition = partition(region).name;
    let names: Vec<String> = service.units.iter().map(|unit| identity.function(&unit.name.value)).collect();
    let all = |name: &dyn Fn(&String) -> String| -> Vec<String> { names.iter().map(name).collect() };
    let function = |name: &String| format!("arn:{partition}:lambda:{region}:*:function:{name}");
    let functions: Vec<String> = names.iter().flat_map(|name| [function(name), function(name) + ":*"]).collect();
    let log = |group: &str| {
        let group = format!("arn:{partition}:logs:{region}:*:log-group:{group}");
        [group.clone(), group + ":*"]
    };
    let anybody = function(&"*".to_owned());
    let looked_at: Vec<&str> = FUNCTION.into_iter().filter(|action| !MAKING.contains(action)).collect();
    let (given, own) = roles(service, partition);
    let mut passed: Vec<String> = given.into_iter().collect();
    let mut statements = vec![
        allow("lambda", &FUNCTION, &json!(functions)),
        when(
            allow("lambda", &looked_at, &json!(anybody)),
            &json!({ "StringEquals": { "aws:ResourceTag/fx": identity.mark() } }),
        ),
        // Whose a function is stands in its tags, so every function's are asked for.
        allow("lambda", &["ListTags"], &json!(anybody)),
        when(allow("lambda", &QUEUES, &json!("*")), &json!({ "ArnLike": { "lambda:FunctionArn": functions } })),
        allow("lambda", &["ListEventSourceMappings", "ListFunctions"], &json!("*")),
        allow(
            "events",
            &RULES,
            &json!(all(&|name| format!("arn:{partition}:events:{region}:*:rule/{}*", name_start(name)))),
        ),
        allow("events", &["ListRules"], &json!("*")),
        allow(
            "scheduler",
            &SCHEDULES,
            &json!(all(&|name| {
                format!("arn:{partition}:scheduler:{region}:*:schedule/default/{}*", name_start(name))
            })),
        ),
        allow("scheduler", &["ListSchedules"], &json!("*")),
        allow(
            "logs",
            &LOGS,
            &json!(names.iter().flat_map(|name| log(&format!("/aws/lambda/{name}"))).collect::<Vec<_>>()),
        ),
        allow("logs", &["DescribeLogGroups"], &json!("*")),
        allow("iam", &["ListRoles"], &json!("*")),
    ];
    statements.extend(fronts(service, partition, region));
    let groups: BTreeSet<String> = kinds(service).filter_map(group).flat_map(log).collect();
    if !groups.is_empty() {
        statements.push(allow("logs", &SUBSCRIPTIONS, &json!(groups)));
    }
    let bucket_named = |name: &str| format!("arn:{partition}:s3:::{name}");
    let buckets: BTreeSet<String> = kinds(service).filter_map(bucket).map(bucket_named).collect();
    if !buckets.is_empty() {
        statements.push(allow("s3", &BUCKETS, &json!(buckets)));
    }
    // For packages that do not go into a request: Lambda reads them with the keys of whoever deploys.
    let packages = bucket_named(&code_bucket("*", region));
    statements.push(allow("s3", &["CreateBucket", "ListBucket"], &json!([packages])));
    statements.push(allow("s3", &["GetObject", "PutObject"], &json!([format!("{packages}/*")])));
    let zoned = kinds(service).any(is_in_a_time_zone);
    let place = format!("arn:{partition}:iam::*:role/fx/{region}/{}/*", identity.mark());
    statements.push(allow("iam", &OLD_ROLES, &json!([place])));
    if zoned {
        statements.push(allow("iam", &SCHEDULE_ROLES, &json!([place])));
        let scheduler = json!({ "StringEquals": { "iam:PassedToService": "scheduler.amazonaws.com" } });
        statements.push(when(allow("iam", &["PassRole"], &json!([place])), &scheduler));
    }
    if own || zoned {
        statements.push(allow("iam", &ROLES, &json!([place])));
    }
    if own {
        passed.push(place);
    }
    // Of a role that does not exist IAM knows no path, only the name that was asked for.
    statements.push(allow("iam", &["GetRole"], &json!([format!("arn:{partition}:iam::*:role/fx-*")])));
    let layers: BTreeSet<&str> =
        service.units.iter().flat_map(|unit| &unit.layers).map(|layer| layer.value.as_str()).collect();
    if !layers.is_empty() {
        statements.push(allow("lambda", &["GetLayerVersion"], &json!(layers)));
    }
    if service.units.iter().any(|unit| unit.extra.contains_key("vpcConfig")) || service.extra.contains_key("vpcConfig")
    {
        statements.push(allow("ec2", &NETWORK, &json!("*")));
    }
    if let Some((bucket, files)) = files(service, identity) {
        let bucket = format!("arn:{partition}:s3:::{bucket}");
        statements.push(allow("s3", &["ListBucket"], &json!([bucket])));
        statements.push(allow("s3", &["DeleteObject", "PutObject"], &json!([format!("{bucket}/{files}*")])));
    }
    let lambda = json!({ "StringEquals": { "iam:PassedToService": "lambda.amazonaws.com" } });
    statements.push(when(allow("iam", &["PassRole"], &json!(passed)), &lambda));
    format!("{:#}\n", json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// What is done to APIs and domains. They are asked about and taken away in every service: it may have had some before. API Gateway's
/// permissions are methods of HTTP and paths, and the ids of APIs are not known before.
fn fronts(service: &Service, partition: &str, region: &str) -> Vec<Value> {
    let arn = |path: &str| format!("arn:{partition}:apigateway:{region}::{path}");
    let domain = match &service.domain {
        Domain::Named(name) if service.units.iter().any(|unit| !unit.routes.is_empty()) => Some(&name.value),
        _ => None,
    };
    let several = service.units.iter().filter(|unit| !unit.routes.is_empty()).count() > 1;
    let all = ["/apis", "/apis/*", "/domainnames", "/domainnames/*"].map(arn);
    let mut statements = vec![
        allow("apigateway", &["GET"], &json!(all)),
        allow("apigateway", &["DELETE"], &json!([arn("/apis/*"), arn("/domainnames/*")])),
    ];
    let mut made: Vec<String> = Vec::new();
    if several || domain.is_some() {
        made.extend(["/apis", "/apis/*"].map(arn));
    }
    if let Some(name) = domain {
        let own =
            ["/domainnames".to_owned(), format!("/domainnames/{name}"), format!("/domainnames/{name}/apimappings")];
        made.extend(own.iter().map(|path| arn(path)));
    }
    if !made.is_empty() {
        // What is made carries a tag, which is a permission of its own, beside the method on the tags' own paths.
        made.push(arn("/tags/*"));
        statements.push(allow("apigateway", &["PATCH", "POST", "TagResource"], &json!(made)));
    }
    if domain.is_some() {
        // The first domain of an account brings the role of API Gateway's own.
        let role = format!("arn:{partition}:iam::*:role/aws-service-role/ops.apigateway.amazonaws.com/*");
        let gateway = json!({ "StringEquals": { "iam:AWSServiceName": "ops.apigateway.amazonaws.com" } });
        statements.push(when(allow("iam", &["CreateServiceLinkedRole"], &json!([role])), &gateway));
    }
    statements
}

fn kinds(service: &Service) -> impl Iterator<Item = &TriggerKind> {
    let functions = service.units.iter().flat_map(|unit| &unit.functions);
    functions.flat_map(|function| &function.triggers).map(|trigger| &trigger.kind)
}

fn bucket(kind: &TriggerKind) -> Option<&str> {
    match kind {
        TriggerKind::Object { bucket, .. } => Some(&bucket.value),
        _ => None,
    }
}

fn group(kind: &TriggerKind) -> Option<&str> {
    match kind {
        TriggerKind::Log { source, log, .. } => source.as_ref().map(|source| source.value.as_str()).or(log.as_deref()),
        _ => None,
    }
}

fn is_in_a_time_zone(kind: &TriggerKind) -> bool {
    let TriggerKind::Timer { schedule, timezone, .. } = kind else { return false };
    let said = translate(&schedule.value, timezone.as_ref().map(|name| name.value.as_str()));
    said.is_ok_and(|said| said.timezone.is_some())
}

fn allow(service: &str, actions: &[&str], resources: &Value) -> Value {
    let mut actions: Vec<String> = actions.iter().map(|action| format!("{service}:{action}")).collect();
    actions.sort();
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

fn when(mut statement: Value, condition: &Value) -> Value {
    statement["Condition"] = condition.clone();
    statement
}

/// The roles that f.yml names, and whether fx makes any.
fn roles(service: &Service, partition: &str) -> (BTreeSet<String>, bool) {
    let said = |unit: &Unit| {
        let role = unit.extra.get("role").or_else(|| service.extra.get("role"))?;
        role.value.as_str().filter(|role| !role.is_empty()).map(str::to_owned)
    };
    let whole = |role: String| match role.starts_with("arn:") {
        true => role,
        false => format!("arn:{partition}:iam::*:role/{role}"),
    };
    let given = service.units.iter().filter_map(said).map(whole).collect();
    let own = service.units.iter().any(|unit| said(unit).is_none());
    (given, own)
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
            target: Some("aws"),
            targets: &[&LIMITS],
            variables: &|_| None,
            udev: BTreeSet::new(),
            code: &[],
        };
        let service = document.resolve(&request).service.unwrap();
        of(&service, &Identity { service: "shop".into(), stage: Some("staging".into()) })
    }

    #[test]
    fn names_the_services_own_things_and_nothing_else() {
        let text = "service: shop\nprovider: { name: aws, region: eu-central-1 }\nfunctions:\n  api: { handler: a.b }\n  work: { handler: c.d, role: worker, events: [ { os: { bucket: uploads, events: [created] } }, \
                    { log: { source: access, project: p, log: l } } ] }\n";
        insta::assert_snapshot!(policy(text));
    }

    #[test]
    fn a_time_zone_needs_a_role_for_the_scheduler_even_where_all_others_are_given() {
        let timer = |zone: &str| {
            policy(&format!(
                "service: shop\nprovider: {{ name: aws, role: reader }}\nfunctions:\n  api:\n    handler: a.b\n    events:\n      \
                 - timer: {{ type: cron, value: '0 0 3 * * *', timezone: {zone} }}\n"
            ))
        };
        let zoned = timer("Asia/Shanghai");
        for permission in ["iam:CreateRole", "iam:PutRolePolicy", "scheduler.amazonaws.com"] {
            assert!(zoned.contains(permission) && !timer("UTC").contains(permission), "{permission} in {zoned}");
        }
    }

    #[test]
    fn a_name_that_is_cut_is_named_as_it_is() {
        let name = "f".repeat(64);
        let said =
            policy(&format!("service: shop\nprovider: {{ name: aws }}\nfunctions:\n  {name}: {{ handler: a.b }}\n"));
        let cut = &name[..55];
        assert!(said.contains(&format!("rule/{cut}*")) && said.contains(&format!("schedule/default/{cut}*")), "{said}");
    }

    #[test]
    fn layers_networks_and_domains_are_asked_about_in_the_name_of_whoever_deploys() {
        let plain = "service: shop\nprovider: { name: aws }\nfunctions:\n  api: { handler: a.b, events: [ { http: { path: / } } ] }\n";
        let layer = "arn:aws:lambda:eu-central-1:123456789012:layer:fonts:3";
        let more = plain
            .replace("name: aws", "name: aws, vpcConfig: { SubnetIds: [subnet-1], SecurityGroupIds: [sg-1] }")
            .replace("handler: a.b", &format!("handler: a.b, layers: ['{layer}']"))
            + "custom: { customDomain: { domainName: shop.example.com, certificateArn: 'arn:aws:acm:eu-central-1:1:certificate/one' } }\n";
        let (plain, more) = (policy(plain), policy(&more));
        for said in [layer, "ec2:DescribeSubnets", "apigateway:TagResource", "iam:CreateServiceLinkedRole"] {
            assert!(more.contains(said) && !plain.contains(said), "{said} in {more}");
        }
    }

    #[test]
    fn names_begin_as_in_the_part_of_aws_that_the_region_is_in() {
        for (region, start) in
            [("cn-north-1", "arn:aws-cn:"), ("us-gov-west-1", "arn:aws-us-gov:"), ("eu-west-1", "arn:aws:")]
        {
            let said = policy(&format!(
                "service: shop\nprovider: {{ name: aws, region: {region} }}\nfunctions:\n  api: {{ handler: a.b }}\n"
            ));
            assert_eq!(said.matches("\"arn:").count(), said.matches(&format!("\"{start}")).count(), "{said}");
        }
    }

    #[test]
    fn makes_no_role_where_all_are_given() {
        let said =
            policy("service: shop\nprovider: { name: aws, role: reader }\nfunctions:\n  api: { handler: a.b }\n");
        assert!(said.contains("role/reader") && !said.contains("iam:CreateRole\""), "{said}");
    }
}
