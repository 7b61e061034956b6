//! The role under which EventBridge Scheduler calls a function: it may do that and nothing else. It is found and deleted like the roles
//! that functions work under.

use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Pending, Resource, ResourceId, Value as Setting,
};
use serde_json::{Value, json};

use super::{
    ALIAS, OWNER, TAG, owner,
    role::{path, role_name, tag},
};
use crate::api::{Api, Call, elements};

/// The one policy in it.
const POLICY: &str = "fx";
/// The setting that is what it may call.
const CALLS: &str = "calls";

/// The role under which a function's schedules call it.
pub(crate) struct ScheduleRole {
    api: Api,
    id: ResourceId,
    mark: String,
    desired: Fields,
}

impl ScheduleRole {
    /// The role for a function's schedules.
    pub fn of(api: &Api, function: &str, mark: &str) -> Self {
        let target = api.arn("lambda", &format!("function:{function}:{ALIAS}"));
        // No function has a dot in its name, so no function's own role is called like this.
        let name = role_name(api, &format!("{function}.schedules"));
        Self {
            api: api.clone(),
            id: ResourceId::new("role", name),
            mark: mark.to_owned(),
            desired: Fields::new().plain(CALLS, target).plain(OWNER, mark),
        }
    }

    /// Its name, whole.
    pub fn arn(&self) -> String {
        self.api.iam_arn(&format!("role{}{}", path(&self.api, &self.mark), self.id.name))
    }

    fn call(&self, operation: &'static str, input: &[(&str, &str)]) -> Call {
        let named: Vec<_> = [("RoleName", self.id.name.as_str())].into_iter().chain(input.iter().copied()).collect();
        Call::iam(operation, &named)
    }

    /// What IAM answers, as XML. `None`: it is not there.
    async fn ask(&self, operation: &'static str, input: &[(&str, &str)]) -> Result<Option<String>, CloudError> {
        match self.api.call(&self.call(operation, input)).await {
            Ok(answer) => Ok(Some(String::from_utf8_lossy(&answer.body).into_owned())),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let Some(role) = self.ask("GetRole", &[]).await? else { return Ok(None) };
        let mark = tag(&role);
        let policy = self.ask("GetRolePolicy", &[("PolicyName", POLICY)]).await?;
        let mut fields = Fields::new();
        if let Some(document) = policy.and_then(|xml| elements(&xml, "PolicyDocument").into_iter().next()) {
            fields.set(CALLS, Setting::plain(self.said(&document)));
        }
        if let Some(mark) = &mark {
            fields.set(OWNER, Setting::plain(mark));
        }
        Ok(Some(Actual { fields, owner: owner(mark.as_deref(), &self.mark), outputs: Outputs::new() }))
    }

    /// What a policy lets call, if it is one like ours; else all of it.
    fn said(&self, document: &str) -> String {
        let document = unescaped(document);
        let same = serde_json::from_str::<Value>(&document).is_ok_and(|found| found == self.policy());
        if same { self.target().to_owned() } else { document }
    }

    fn target(&self) -> &str {
        self.desired.text(CALLS).unwrap_or_default()
    }

    fn policy(&self) -> Value {
        let statement = json!({ "Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": self.target() });
        json!({ "Version": "2012-10-17", "Statement": [statement] })
    }

    async fn permit(&self) -> Result<Outputs, CloudError> {
        let document = self.policy().to_string();
        let input = [("PolicyName", POLICY), ("PolicyDocument", document.as_str())];
        self.api.call(&self.call("PutRolePolicy", &input)).await?;
        Ok(Outputs::new())
    }

    async fn make(&self) -> Result<Outputs, CloudError> {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": "scheduler.amazonaws.com" },
                "Action": "sts:AssumeRole",
                "Condition": { "StringEquals": { "aws:SourceAccount": self.api.place().account } },
            }],
        });
        let (path, trust) = (path(&self.api, &self.mark), trust.to_string());
        let input = [
            ("Path", path.as_str()),
            ("AssumeRolePolicyDocument", trust.as_str()),
            ("Description", "made by fx"),
            ("Tags.member.1.Key", TAG),
            ("Tags.member.1.Value", self.mark.as_str()),
        ];
        self.api.call(&self.call("CreateRole", &input)).await?;
        self.permit().await
    }

    async fn change(&self, changes: &[FieldChange]) -> Result<Outputs, CloudError> {
        // Nothing of somebody else's is changed before it is ours.
        if changes.iter().any(|change| change.field == OWNER) {
            let input = [("Tags.member.1.Key", TAG), ("Tags.member.1.Value", self.mark.as_str())];
            self.api.call(&self.call("TagRole", &input)).await?;
        }
        self.permit().await
    }
}

impl Resource for ScheduleRole {
    fn id(&self) -> &ResourceId {
        &self.id
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
        let role = super::Role::found(&self.api, &self.id.name, &self.mark);
        Box::pin(async move { role.go().await })
    }
}

/// A policy as IAM answers it: percent-encoded.
fn unescaped(document: &str) -> String {
    let pair = format!("document={}", document.replace('+', "%2B"));
    let decoded = form_urlencoded::parse(pair.as_bytes()).next().map(|(_, text)| text.into_owned());
    decoded.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn a_policy_is_read_as_iam_answers_it() {
        assert_eq!(unescaped("%7B%22a%22%3A%20%22b%2Bc%22%7D"), r#"{"a": "b+c"}"#);
        assert_eq!(unescaped(r#"{"a": "b+c"}"#), r#"{"a": "b+c"}"#);
    }
}
