//! What AWS knows and moto does not: how long a change takes, whether it came to an end, and some of what was said.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Call, Fault, operations::UNKNOWN};

const NOT_KNOWN: Fault =
    Fault::Refused(404, "UnknownOperationException", "nothing is known of this call: `operations.rs` or `wire.rs`");
const IN_PROGRESS: Fault = Fault::Refused(
    409,
    "ResourceConflictException",
    "The operation cannot be performed at this time. An update is in progress for resource",
);
const IN_USE: Fault =
    Fault::Refused(400, "ResourceInUseException", "Cannot update the event source mapping because it is in use.");
const THERE_ALREADY: Fault =
    Fault::Refused(409, "ResourceConflictException", "An event source mapping with this SQS arn already exists.");
const NOT_YET: Fault = Fault::Refused(400, "BadRequestException", "The domain name is not available yet");
const ANOTHER_REVISION: Fault =
    Fault::Refused(412, "PreconditionFailedException", "The RevisionId provided does not match");

#[derive(Default)]
pub struct World {
    pub calls: Vec<Call>,
    pub faults: BTreeMap<String, Vec<Fault>>,
    /// Looks that it takes until a change is through.
    pub slow: u32,
    functions: BTreeMap<String, Function>,
    mappings: BTreeMap<String, Mapping>,
    /// Functions whose address has lost its rules for other sites, which moto does not take away.
    closed: BTreeSet<String>,
    /// Looks that are left until a domain is there.
    domains: BTreeMap<String, u32>,
    /// What moto forgets of statements, by function and id.
    conditions: BTreeMap<(String, String), Value>,
    /// Changes of who may call a function so far.
    policies: BTreeMap<String, u32>,
}

/// What moto does not know of a function.
#[derive(Default)]
struct Function {
    /// Looks that are left until the last change is through.
    busy: u32,
    /// Whether that change made it.
    new: bool,
    /// Why the last change has failed.
    failed: Option<&'static str>,
    /// Changes so far.
    revision: u32,
}

/// What moto does not know of an event source mapping.
struct Mapping {
    busy: u32,
    state: &'static str,
    /// What is still listed of one that moto has deleted at once.
    last: Value,
}

impl World {
    /// Notes a call, and says what becomes of it.
    pub fn receive(&mut self, call: &Call) -> Option<Fault> {
        self.calls.push(call.clone());
        let function = self.functions.get(call.subject());
        let mapping = |key: &str| self.mappings.get(key).filter(|mapping| mapping.busy > 0);
        let body = &call.body;
        let usual = match call.operation() {
            UNKNOWN => Some(NOT_KNOWN),
            operation if changes(operation) && function.is_some_and(|function| function.busy > 0) => Some(IN_PROGRESS),
            "PublishVersion" => {
                let revision = function.map_or(0, |found| found.revision).to_string();
                (body["RevisionId"].as_str() != Some(&revision)).then_some(ANOTHER_REVISION)
            }
            "UpdateEventSourceMapping" | "DeleteEventSourceMapping" if mapping(call.last()).is_some() => Some(IN_USE),
            "CreateApiMapping" if self.domains.values().any(|looks| *looks > 0) => Some(NOT_YET),
            "CreateEventSourceMapping" => {
                let same =
                    |mapping: &&Mapping| mapping.busy > 0 && mapping.last["EventSourceArn"] == body["EventSourceArn"];
                self.mappings.values().find(same).map(|_| THERE_ALREADY)
            }
            _ => None,
        };
        let faults = self.faults.get_mut(call.operation()).filter(|faults| !faults.is_empty());
        faults.map(|faults| faults.remove(0)).or(usual)
    }

    /// Adds to an answer of moto what AWS has and moto has not.
    pub fn complete(&mut self, call: &Call, fault: Option<&Fault>, answer: Bytes) -> Bytes {
        let subject = call.subject();
        match call.operation() {
            "CreateFunction" | "UpdateFunctionCode" | "UpdateFunctionConfiguration" => {
                let function = self.functions.entry(subject.to_owned()).or_default();
                function.busy = self.slow;
                function.new = call.operation() == "CreateFunction";
                function.failed = match fault {
                    Some(Fault::GivenUp(reason)) => Some(reason),
                    _ => None,
                };
                function.revision += 1;
                answer
            }
            "DeleteFunction" => {
                self.functions.remove(subject);
                answer
            }
            "GetFunction" => {
                let function = self.functions.entry(subject.to_owned()).or_default();
                rewritten(&answer, |found| function.describe(&mut found["Configuration"]))
            }
            "UpdateFunctionUrlConfig" => {
                match call.body["Cors"].as_object().is_some_and(serde_json::Map::is_empty) {
                    true => self.closed.insert(subject.to_owned()),
                    false => self.closed.remove(subject),
                };
                answer
            }
            "GetFunctionUrlConfig" if self.closed.contains(subject) => {
                rewritten(&answer, |address| address["Cors"] = Value::Null)
            }
            "CreateDomainName" => {
                self.domains.insert(id(&call.body["domainName"]), self.slow);
                rewritten(&answer, |domain| self.domain(domain))
            }
            "GetDomainName" => rewritten(&answer, |domain| self.domain(domain)),
            "CreateEventSourceMapping" => self.mapping(answer, "Creating"),
            "UpdateEventSourceMapping" => self.mapping(answer, "Updating"),
            "DeleteEventSourceMapping" => self.mapping(answer, "Deleting"),
            "ListEventSourceMappings" => rewritten(&answer, |page| self.list(page)),
            "AddPermission" => {
                self.conditions.insert((subject.to_owned(), id(&call.body["StatementId"])), conditions(&call.body));
                answer
            }
            "GetPolicy" => rewritten(&answer, |policy| self.with_conditions(subject, policy)),
            _ => answer,
        }
    }

    /// Notes a change of who may call a function, and says which one it is.
    pub fn change_policy(&mut self, function: &str) -> u32 {
        let changes = self.policies.entry(function.to_owned()).or_default();
        *changes += 1;
        *changes
    }

    /// How many there have been.
    pub fn policy_changes(&self, function: &str) -> u32 {
        self.policies.get(function).copied().unwrap_or_default()
    }

    /// Whether moto has answered what AWS would not have found: the versions of a function that is not there. Every function has one.
    pub fn is_missing(call: &Call, answer: &Bytes) -> bool {
        let answer = || serde_json::from_slice::<Value>(answer).unwrap_or_default();
        call.operation() == "ListVersionsByFunction" && answer()["Versions"].as_array().is_none_or(Vec::is_empty)
    }

    fn mapping(&mut self, answer: Bytes, state: &'static str) -> Bytes {
        let last: Value = serde_json::from_slice(&answer).unwrap();
        self.mappings.insert(id(&last["UUID"]), Mapping { busy: self.slow, state, last });
        answer
    }

    fn list(&mut self, page: &mut Value) {
        let Some(listed) = page["EventSourceMappings"].as_array_mut() else { return };
        for (id, mapping) in self.mappings.iter_mut().filter(|(_, mapping)| mapping.busy > 0) {
            mapping.busy -= 1;
            match listed.iter_mut().find(|listed| listed["UUID"] == id.as_str()) {
                Some(listed) => listed["State"] = mapping.state.into(),
                None => {
                    let mut gone = mapping.last.clone();
                    gone["State"] = mapping.state.into();
                    listed.push(gone);
                }
            }
        }
    }

    /// One look at a domain.
    fn domain(&mut self, domain: &mut Value) {
        let name = id(&domain["domainName"]);
        let looks = self.domains.entry(name.clone()).or_default();
        let status = if *looks > 0 { "UPDATING" } else { "AVAILABLE" };
        *looks = looks.saturating_sub(1);
        let target = format!("d-{}.execute-api.eu-central-1.amazonaws.com", name.split('.').next().unwrap_or_default());
        let configuration = &mut domain["domainNameConfigurations"][0];
        configuration["apiGatewayDomainName"] = target.into();
        configuration["hostedZoneId"] = "Z1U9ULNL0V5AJ3".into();
        configuration["domainNameStatus"] = status.into();
    }

    pub fn with_conditions(&self, function: &str, policy: &mut Value) {
        let mut said: Value = serde_json::from_str(policy["Policy"].as_str().unwrap_or_default()).unwrap_or_default();
        for statement in said["Statement"].as_array_mut().into_iter().flatten() {
            let more = self.conditions.get(&(function.to_owned(), id(&statement["Sid"])));
            for (kind, value) in more.and_then(Value::as_object).into_iter().flatten() {
                statement["Condition"][kind] = value.clone();
            }
        }
        policy["Policy"] = said.to_string().into();
    }
}

impl Function {
    /// One look at it.
    fn describe(&mut self, configuration: &mut Value) {
        configuration["RevisionId"] = self.revision.to_string().into();
        let state = if self.new { "State" } else { "LastUpdateStatus" };
        if self.busy > 0 {
            self.busy -= 1;
            configuration[state] = if self.new { "Pending" } else { "InProgress" }.into();
        } else if let Some(reason) = self.failed {
            configuration[state] = "Failed".into();
            configuration[format!("{state}Reason")] = reason.into();
            configuration[format!("{state}ReasonCode")] = "InternalError".into();
        }
    }
}

/// What moto drops of a statement.
fn conditions(statement: &Value) -> Value {
    let mut conditions = json!({});
    if let Some(auth) = statement["FunctionUrlAuthType"].as_str() {
        conditions["StringEquals"] = json!({ "lambda:FunctionUrlAuthType": auth });
    }
    if statement["InvokedViaFunctionUrl"] == true {
        conditions["Bool"] = json!({ "lambda:InvokedViaFunctionUrl": "true" });
    }
    conditions
}

fn changes(operation: &str) -> bool {
    ["UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion"].contains(&operation)
}

fn id(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn rewritten(answer: &Bytes, change: impl FnOnce(&mut Value)) -> Bytes {
    let mut value: Value = serde_json::from_slice(answer).unwrap();
    change(&mut value);
    value.to_string().into()
}
