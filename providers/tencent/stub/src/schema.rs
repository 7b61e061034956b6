//! What each call may say, and must. The names are those of the API's own description.

use serde_json::{Map, Value};

use crate::answer::{Refusal, Result};

/// A service of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Cam,
    Scf,
    Sts,
    Tag,
}

impl Service {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cam => "cam",
            Self::Scf => "scf",
            Self::Sts => "sts",
            Self::Tag => "tag",
        }
    }

    pub fn version(self) -> &'static str {
        match self {
            Self::Cam => "2019-01-16",
            Self::Scf => "2018-04-16",
            Self::Sts | Self::Tag => "2018-08-13",
        }
    }

    pub fn needs_region(self) -> bool {
        !matches!(self, Self::Cam | Self::Tag)
    }
}

/// A call.
#[derive(Debug)]
pub(crate) struct Action {
    pub name: &'static str,
    pub service: Service,
    pub writes: bool,
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

const fn scf(
    name: &'static str,
    writes: bool,
    required: &'static [&'static str],
    optional: &'static [&'static str],
) -> Action {
    Action { name, service: Service::Scf, writes, required, optional }
}

const FUNCTION: &[&str] = &["FunctionName"];
const PAGES: &[&str] = &["Namespace", "Offset", "Limit", "Order", "OrderBy", "Filters"];

const ACTIONS: &[Action] = &[
    Action { name: "GetUserAppId", service: Service::Cam, writes: false, required: &[], optional: &[] },
    Action { name: "GetCallerIdentity", service: Service::Sts, writes: false, required: &[], optional: &[] },
    Action {
        name: "ModifyResourceTags",
        service: Service::Tag,
        writes: true,
        required: &["Resource"],
        optional: &["ReplaceTags", "DeleteTags"],
    },
    scf(
        "CreateFunction",
        true,
        &["FunctionName", "Code"],
        &[
            "Type",
            "Runtime",
            "Handler",
            "Description",
            "MemorySize",
            "Timeout",
            "InitTimeout",
            "Environment",
            "Namespace",
            "Role",
            "VpcConfig",
            "Layers",
            "ClsLogsetId",
            "ClsTopicId",
            "AutoCreateClsTopic",
            "AutoDeployClsTopicIndex",
            "DeadLetterConfig",
            "PublicNetConfig",
            "CfsConfig",
            "Tags",
            "AsyncRunEnable",
            "TraceEnable",
            "InstallDependency",
            "DnsCache",
            "ProtocolType",
            "ProtocolParams",
            "InstanceConcurrencyConfig",
            "IntranetConfig",
            "CodeSource",
        ],
    ),
    scf(
        "UpdateFunctionCode",
        true,
        FUNCTION,
        &[
            "Code",
            "ZipFile",
            "CosBucketName",
            "CosObjectName",
            "CosBucketRegion",
            "Handler",
            "Namespace",
            "InstallDependency",
            "EnvId",
            "Publish",
            "CodeSource",
        ],
    ),
    scf(
        "UpdateFunctionConfiguration",
        true,
        FUNCTION,
        &[
            "Description",
            "MemorySize",
            "Timeout",
            "InitTimeout",
            "Environment",
            "Namespace",
            "VpcConfig",
            "Role",
            "Layers",
            "ClsLogsetId",
            "ClsTopicId",
            "DeadLetterConfig",
            "PublicNetConfig",
            "L5Enable",
            "CfsConfig",
            "ProtocolParams",
            "InstanceConcurrencyConfig",
            "DnsCache",
            "IntranetConfig",
            "IgnoreSysLog",
            "Publish",
            "InstallDependency",
        ],
    ),
    scf("GetFunction", false, FUNCTION, &["Namespace", "Qualifier", "ShowCode"]),
    scf("GetFunctionAddress", false, FUNCTION, &["Namespace", "Qualifier"]),
    scf("DeleteFunction", true, FUNCTION, &["Namespace", "Qualifier"]),
    scf("DeleteFunctionVersion", true, &["FunctionName", "Qualifier"], &["Namespace", "ForceDelete"]),
    scf(
        "ListFunctions",
        false,
        &[],
        &["Namespace", "Offset", "Limit", "SearchKey", "Order", "Orderby", "Description", "Filters"],
    ),
    scf("PublishVersion", true, FUNCTION, &["Description", "Namespace"]),
    scf("ListVersionByFunction", false, FUNCTION, &["Namespace", "Offset", "Limit", "Order", "OrderBy"]),
    scf("ListAliases", false, FUNCTION, &["Namespace", "FunctionVersion", "Offset", "Limit"]),
    scf("GetAlias", false, &["FunctionName", "Name"], &["Namespace"]),
    scf(
        "UpdateAlias",
        true,
        &["FunctionName", "Name", "FunctionVersion"],
        &["Namespace", "Description", "RoutingConfig"],
    ),
    scf(
        "CreateTrigger",
        true,
        &["FunctionName", "TriggerName", "Type"],
        &["TriggerDesc", "Namespace", "Qualifier", "Enable", "CustomArgument", "Description"],
    ),
    scf(
        "UpdateTrigger",
        true,
        &["FunctionName", "TriggerName", "Type"],
        &["Enable", "Qualifier", "Namespace", "TriggerDesc", "Description", "CustomArgument"],
    ),
    scf(
        "UpdateTriggerStatus",
        true,
        &["Enable", "FunctionName", "TriggerName", "Type"],
        &["Qualifier", "Namespace", "TriggerDesc"],
    ),
    scf("DeleteTrigger", true, &["FunctionName", "TriggerName", "Type"], &["Namespace", "TriggerDesc", "Qualifier"]),
    scf("ListTriggers", false, FUNCTION, PAGES),
    scf("ListNamespaces", false, &[], &["Limit", "Offset", "Orderby", "Order", "SearchKey"]),
    scf("CreateNamespace", true, &["Namespace"], &["Description", "ResourceEnv"]),
    scf("InvokeFunction", false, FUNCTION, &["Qualifier", "Event", "LogType", "Namespace", "RoutingKey"]),
    scf(
        "GetFunctionLogs",
        false,
        &[],
        &[
            "FunctionName",
            "Offset",
            "Limit",
            "Order",
            "OrderBy",
            "Filter",
            "Namespace",
            "Qualifier",
            "FunctionRequestId",
            "StartTime",
            "EndTime",
            "SearchContext",
        ],
    ),
];

const NUMBERS: &[&str] = &["MemorySize", "Timeout", "InitTimeout", "Offset", "Limit", "MaxConcurrency", "LayerVersion"];

/// Members of objects, and of the objects in lists: their own names, those that must be there first.
const OBJECTS: &[(&str, &[&str], &[&str])] = &[
    ("Code", &[], &["ZipFile", "CosBucketName", "CosObjectName", "CosBucketRegion", "ImageConfig"]),
    ("Environment", &["Variables"], &[]),
    ("VpcConfig", &[], &["VpcId", "SubnetId"]),
    ("PublicNetConfig", &["PublicNetStatus"], &["EipConfig"]),
    ("EipConfig", &["EipStatus"], &[]),
    ("InstanceConcurrencyConfig", &[], &["DynamicEnabled", "MaxConcurrency", "InstanceIsolationEnabled", "Type"]),
    ("RoutingConfig", &[], &["AdditionalVersionWeights", "AddtionVersionMatchs"]),
];
const LISTS: &[(&str, &[&str], &[&str])] = &[
    ("Variables", &["Key", "Value"], &[]),
    ("Tags", &["Key", "Value"], &[]),
    ("Layers", &["LayerName", "LayerVersion"], &[]),
    ("Filters", &["Name", "Values"], &[]),
    ("ReplaceTags", &["TagKey", "TagValue"], &[]),
    ("DeleteTags", &["TagKey"], &[]),
    ("AdditionalVersionWeights", &["Version", "Weight"], &[]),
    ("AddtionVersionMatchs", &["Version", "Key", "Method", "Expression"], &[]),
];

impl Action {
    pub fn find(name: &str) -> Result<&'static Self> {
        let found = ACTIONS.iter().find(|action| action.name == name);
        found.ok_or_else(|| Refusal::new("InvalidAction", format!("there is no action {name}")))
    }

    /// The members of a request, each of the right kind, none missing and none too many.
    pub fn parse(&self, body: &[u8]) -> Result {
        let invalid = |reason: String| Refusal::new("InvalidParameter", reason);
        let said: Value = serde_json::from_slice(body).map_err(|error| invalid(error.to_string()))?;
        let Value::Object(mut members) = said else { return Err(invalid("the body is no object".into())) };
        // The pages of this one list are asked for in text.
        let paged = ["Offset", "Limit"].map(|name| (name, members.get(name).cloned()));
        if self.name == "ListAliases" {
            for (name, value) in paged {
                let Some(value) = value else { continue };
                let number = value.as_str().and_then(|text| text.parse::<u64>().ok());
                let number = number.ok_or_else(|| invalid(format!("`{name}` is no number in text")))?;
                members.insert(name.into(), number.into());
            }
        }
        check(&members, self.required, self.optional)?;
        Ok(members)
    }
}

fn check(members: &Map<String, Value>, required: &[&str], optional: &[&str]) -> Result<()> {
    for (name, value) in members {
        if !required.contains(&name.as_str()) && !optional.contains(&name.as_str()) {
            return Err(Refusal::new("UnknownParameter", format!("The parameter `{name}` is not recognized.")));
        }
        kind(name, value)?;
    }
    match required.iter().find(|name| !members.contains_key(**name)) {
        Some(name) => {
            Err(Refusal::new("MissingParameter", format!("The request is missing a required parameter `{name}`.")))
        }
        None => Ok(()),
    }
}

fn kind(name: &str, value: &Value) -> Result<()> {
    let wrong = || Err(Refusal::new("InvalidParameter", format!("The value type of parameter `{name}` is not valid.")));
    let find = |table: &'static [(&str, &[&str], &[&str])]| table.iter().find(|(known, ..)| *known == name);
    if let Some((_, required, optional)) = find(OBJECTS) {
        let Value::Object(members) = value else { return wrong() };
        return check(members, required, optional);
    }
    if let Some((_, required, optional)) = find(LISTS) {
        let Value::Array(items) = value else { return wrong() };
        return items.iter().try_for_each(|item| match item {
            Value::Object(members) => check(members, required, optional),
            _ => wrong(),
        });
    }
    let right = match name {
        "Values" => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        "Weight" => value.is_number(),
        "IgnoreSysLog" => value.is_boolean(),
        name if NUMBERS.contains(&name) => value.is_u64(),
        _ => value.is_string(),
    };
    if right { Ok(()) } else { wrong() }
}
