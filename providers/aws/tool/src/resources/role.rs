//! The role that a function works under, where f.yml names none: it may write its log, read the queues that feed it, and do what
//! `policies` in f.yml says.

use std::collections::BTreeSet;

use fx_build::artifact::{
    Document,
    document::{TriggerSettings, UnitArtifact},
};
use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Pending, Resource, ResourceId, Value as Setting,
};
use serde_json::{Value, json};

use super::{OWNER, TAG, alias::versions, function_id, owner, policies::Policies, version::old_version_id};
use crate::api::{Api, Call, elements};

/// AWS's own policies for what every function does, for queues, and for a network of one's own.
const LOG: &str = "service-role/AWSLambdaBasicExecutionRole";
const QUEUE: &str = "service-role/AWSLambdaSQSQueueExecutionRole";
const NETWORK: &str = "service-role/AWSLambdaVPCAccessExecutionRole";
/// The setting that is the policies of a role.
pub(super) const POLICIES: &str = "policies";
/// The setting that is where a role is, of one that is elsewhere.
const PATH: &str = "path";
/// The longest name of a role.
const LONGEST: usize = 64;

/// The name of the role of a function. Roles are in no region, functions are: so the region is in the name.
pub(super) fn role_name(api: &Api, function: &str) -> String {
    let name = format!("fx-{function}-{}", api.place().region);
    match name.len() <= LONGEST {
        true => name,
        false => {
            let digest = Fields::new().plain("name", &name).digest();
            format!("{}-{}", &name[..LONGEST - 9], &digest[..8])
        }
    }
}

/// The role of a function, if it is one that fx makes.
pub(super) fn role_id(api: &Api, function: &str) -> ResourceId {
    ResourceId::new("role", role_name(api, function))
}

/// The role that f.yml names, whole.
pub(crate) fn given_role(api: &Api, document: &Document, unit: &UnitArtifact) -> Option<String> {
    let said = unit.extra.get("role").or_else(|| document.extra.get("role")).and_then(Value::as_str)?;
    match said {
        "" => None,
        whole if whole.starts_with("arn:") => Some(whole.to_owned()),
        name => Some(api.iam_arn(&format!("role/{name}"))),
    }
}

/// A role that fx makes.
pub(crate) struct Role {
    api: Api,
    id: ResourceId,
    mark: String,
    desired: Fields,
    /// Versions that work under it.
    held_by: Vec<Vec<ResourceId>>,
}

impl Role {
    /// The role of a unit's function.
    pub fn of(
        api: &Api,
        function: &str,
        mark: &str,
        document: &Document,
        unit: &UnitArtifact,
    ) -> Result<Self, CloudError> {
        let policies = policies(api, document, unit)?;
        let desired = Fields::new().plain(POLICIES, policies).plain(OWNER, mark);
        Ok(Self { desired, ..Self::found(api, &role_name(api, function), mark) })
    }

    /// One that exists, to be deleted.
    pub fn found(api: &Api, name: &str, mark: &str) -> Self {
        let (id, desired) = (ResourceId::new("role", name), Fields::new());
        Self { api: api.clone(), id, mark: mark.to_owned(), desired, held_by: Vec::new() }
    }

    /// What takes away, once the function works without them, the policies that it is not to have any more.
    pub fn policies(&self, function: &str) -> Policies {
        let role = Self::found(&self.api, &self.id.name, &self.mark);
        Policies::of(role, &self.id, function, self.desired.text(POLICIES).unwrap_or_default())
    }

    /// Its name, whole.
    pub fn arn(&self) -> String {
        self.api.iam_arn(&format!("role{}{}", path(&self.api, &self.mark), self.id.name))
    }

    fn call(&self, operation: &'static str, input: &[(&str, &str)]) -> Call {
        let named: Vec<_> = [("RoleName", self.id.name.as_str())].into_iter().chain(input.iter().copied()).collect();
        Call::iam(operation, &named)
    }

    pub(super) async fn attached(&self) -> Result<BTreeSet<String>, CloudError> {
        let answer = self.api.call(&self.call("ListAttachedRolePolicies", &[])).await?;
        Ok(elements(&String::from_utf8_lossy(&answer.body), "PolicyArn").into_iter().collect())
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let answer = match self.api.call(&self.call("GetRole", &[])).await {
            Ok(answer) => answer,
            Err(error) if error.kind() == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let xml = String::from_utf8_lossy(&answer.body);
        let mark = tag(&xml);
        let attached: BTreeSet<String> = self.attached().await?.intersection(&self.wanted()).cloned().collect();
        let mut fields = Fields::new().plain(POLICIES, joined(attached));
        if let Some(mark) = &mark {
            fields.set(OWNER, Setting::plain(mark));
        }
        let own = path(&self.api, &self.mark);
        if let Some(elsewhere) = elements(&xml, "Path").into_iter().next().filter(|found| *found != own) {
            fields.set(PATH, Setting::plain(elsewhere));
        }
        Ok(Some(Actual { fields, owner: owner(mark.as_deref(), &self.mark), outputs: Outputs::new() }))
    }

    /// The policies that it must have.
    fn wanted(&self) -> BTreeSet<String> {
        listed(&self.desired)
    }

    /// Attaches what is missing. What is not wanted any more the version that still serves may need: see [`Policies`].
    async fn attach(&self) -> Result<(), CloudError> {
        for policy in self.wanted().difference(&self.attached().await?) {
            self.api.call(&self.call("AttachRolePolicy", &[("PolicyArn", policy)])).await?;
        }
        Ok(())
    }

    pub(super) async fn detach(&self, policy: &str) -> Result<(), CloudError> {
        self.api.remove(&self.call("DetachRolePolicy", &[("PolicyArn", policy)])).await
    }

    async fn make(&self) -> Result<Outputs, CloudError> {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }],
        });
        let input = [
            ("Path", path(&self.api, &self.mark)),
            ("AssumeRolePolicyDocument", trust.to_string()),
            ("Description", "made by fx".to_owned()),
            ("Tags.member.1.Key", TAG.to_owned()),
            ("Tags.member.1.Value", self.mark.clone()),
        ];
        let input: Vec<(&str, &str)> = input.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.api.call(&self.call("CreateRole", &input)).await?;
        self.attach().await?;
        Ok(Outputs::new())
    }

    async fn change(&self, changes: &[FieldChange]) -> Result<Outputs, CloudError> {
        let place = changes.iter().find(|change| change.field == PATH).and_then(|change| change.before.as_ref());
        if let Some(place) = place {
            let message = format!("the role {} is at {place} and cannot be moved", self.id.name);
            return Err(CloudError::new(Kind::Invalid, "deploy", message)
                .help("delete it if nobody needs it, or let the function use it: name it with `role` in f.yml"));
        }
        // Nothing of somebody else's is changed before it is ours.
        if changes.iter().any(|change| change.field == OWNER) {
            let input = [("Tags.member.1.Key", TAG), ("Tags.member.1.Value", self.mark.as_str())];
            self.api.call(&self.call("TagRole", &input)).await?;
        }
        self.attach().await?;
        Ok(Outputs::new())
    }

    /// Takes it away, with the policies that are in it: one that has any cannot go.
    pub async fn go(&self) -> Result<(), CloudError> {
        for policy in self.attached().await? {
            self.detach(&policy).await?;
        }
        let answer = self.api.call(&self.call("ListRolePolicies", &[])).await?;
        for policy in elements(&String::from_utf8_lossy(&answer.body), "member") {
            self.api.remove(&self.call("DeleteRolePolicy", &[("PolicyName", &policy)])).await?;
        }
        self.api.remove(&self.call("DeleteRole", &[])).await
    }
}

impl Resource for Role {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn held_by(&self) -> &[Vec<ResourceId>] {
        &self.held_by
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.make())
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.change(changes))
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(self.go())
    }
}

/// Where the roles of a service are. Roles are in no region, functions are: so the region is in it.
pub(super) fn path(api: &Api, mark: &str) -> String {
    format!("/fx/{}/{mark}/", api.place().region)
}

/// The roles of a service, also those whose function is gone, and which of the versions of its functions work under them.
pub(crate) async fn found_roles(api: &Api, functions: &[String], mark: &str) -> Result<Vec<Role>, CloudError> {
    let mut roles = listed_roles(api, mark).await?;
    if roles.is_empty() {
        return Ok(roles);
    }
    for function in functions {
        for version in versions(api, function).await?.unwrap_or_default() {
            let number = version.version().filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
            let role = roles.iter_mut().find(|role| version.role() == Some(&role.arn()));
            if let (Some(number), Some(role)) = (number, role) {
                role.held_by.push(vec![old_version_id(function, number), function_id(function)]);
            }
        }
    }
    Ok(roles)
}

async fn listed_roles(api: &Api, mark: &str) -> Result<Vec<Role>, CloudError> {
    let path = path(api, mark);
    let mut names = Vec::new();
    let mut from: Option<String> = None;
    loop {
        let mut input = vec![("PathPrefix", path.as_str())];
        input.extend(from.as_deref().map(|marker| ("Marker", marker)));
        let answer = api.call(&Call::iam("ListRoles", &input)).await?;
        let xml = String::from_utf8_lossy(&answer.body).into_owned();
        // The roles of a stage are below those of the service without one.
        let listed = elements(&xml, "RoleName").into_iter().zip(elements(&xml, "Path"));
        names.extend(listed.filter(|(_, found)| *found == path).map(|(name, _)| name));
        from = elements(&xml, "Marker").into_iter().next().filter(|marker| !marker.is_empty());
        if from.is_none() {
            return Ok(names.iter().map(|name| Role::found(api, name, mark)).collect());
        }
    }
}

/// What the function needs, and what f.yml says, as whole names.
fn policies(api: &Api, document: &Document, unit: &UnitArtifact) -> Result<String, CloudError> {
    let whole = |name: &str| match name.starts_with("arn:") {
        true => name.to_owned(),
        false => format!("arn:{}:iam::aws:policy/{name}", api.partition()),
    };
    let mut wanted = BTreeSet::from([whole(LOG)]);
    if unit.triggers.iter().any(|trigger| matches!(trigger.kind, TriggerSettings::Message { .. })) {
        wanted.insert(whole(QUEUE));
    }
    let said = |key: &str| unit.extra.get(key).or_else(|| document.extra.get(key));
    if said("vpcConfig").is_some() {
        wanted.insert(whole(NETWORK));
    }
    let listed = match said("policies") {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one.clone()],
    };
    for policy in listed {
        let Some(name) = policy.as_str() else {
            let message = format!("`policies` of {} has {policy}, which only SAM understands", unit.name);
            return Err(CloudError::new(Kind::Invalid, "f.yml", message)
                .help("say the names of managed policies, or make a role and name it with `role`"));
        };
        wanted.insert(whole(name));
    }
    Ok(joined(wanted))
}

/// The policies of a setting.
pub(super) fn listed(fields: &Fields) -> BTreeSet<String> {
    let text = fields.text(POLICIES).unwrap_or_default();
    text.split(", ").filter(|policy| !policy.is_empty()).map(str::to_owned).collect()
}

pub(super) fn joined(policies: BTreeSet<String>) -> String {
    policies.into_iter().collect::<Vec<_>>().join(", ")
}

/// The mark in the answer that describes a role.
pub(super) fn tag(xml: &str) -> Option<String> {
    let (keys, values) = (elements(xml, "Key"), elements(xml, "Value"));
    keys.into_iter().zip(values).find(|(key, _)| key == TAG).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_found_among_other_tags() {
        let role = |tags: &str| format!("<GetRoleResponse><Role><Tags>{tags}</Tags></Role></GetRoleResponse>");
        let member = |key: &str, value: &str| format!("<member><Key>{key}</Key><Value>{value}</Value></member>");
        assert_eq!(tag(&role(&(member("team", "a") + &member("fx", "shop")))).as_deref(), Some("shop"));
        assert_eq!(tag(&role("")), None);
    }
}
