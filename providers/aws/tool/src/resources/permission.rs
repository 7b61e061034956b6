//! Who may call a function: one statement of the policy of its alias.
//!
//! Adding a statement is not repeatable: the same id is refused, whatever it says. So its text is compared first. Of two changes of one
//! policy that come at once AWS may lose one and answers both with success: so they come one after the other, and each is looked for.

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId};
use serde_json::Value;

use super::{ALIAS, alias_id, gateway::NUMBER};
use crate::api::{Api, failure};
use aws_sdk_lambda::types::FunctionUrlAuthType;

/// What the ids of fx's statements begin with.
const PREFIX: &str = "fx-";

/// The setting that is the thing on whose behalf a service may call.
const SOURCE: &str = "source";

/// One statement.
pub(crate) struct Permission {
    api: Api,
    id: ResourceId,
    function: String,
    statement: String,
    needs: Vec<ResourceId>,
    desired: Fields,
    /// The API that may call, whose id nobody knows before it is made.
    gateway: Option<ResourceId>,
}

impl Permission {
    /// The two statements without which nobody may call an address: either alone is answered with 403.
    pub fn for_everybody(api: &Api, function: &str) -> [Self; 2] {
        let everybody = || Fields::new().plain("principal", "*");
        let address = everybody().plain("action", "lambda:InvokeFunctionUrl").plain("auth", "NONE");
        let call = everybody().plain("action", "lambda:InvokeFunction").plain("through", "url");
        [Self::of(api, function, "url", address), Self::of(api, function, "url-invoke", call)]
    }

    /// That a service may call, on behalf of one thing: a rule, a bucket.
    pub fn for_service(api: &Api, function: &str, name: &str, service: &str, source: &str) -> Self {
        let fields =
            Fields::new().plain("principal", service).plain("action", "lambda:InvokeFunction").plain(SOURCE, source);
        Self::of(api, function, name, fields)
    }

    /// The same of a thing whose name does not say whose it is: a bucket. It has to be this account's.
    pub fn for_account(api: &Api, function: &str, name: &str, service: &str, source: &str) -> Self {
        let mut permission = Self::for_service(api, function, name, service, source);
        permission.desired = permission.desired.plain("account", &api.place().account);
        permission
    }

    /// That the service's API may call.
    pub fn for_gateway(api: &Api, function: &str, gateway: &ResourceId) -> Self {
        let mut permission = Self::for_service(api, function, "api", "apigateway.amazonaws.com", &gateway.to_string());
        permission.needs.push(gateway.clone());
        permission.gateway = Some(gateway.clone());
        permission
    }

    fn of(api: &Api, function: &str, name: &str, desired: Fields) -> Self {
        Self { desired, ..Self::found(api, function, &statement_id(name)) }
    }

    /// A statement that is there, to be deleted.
    fn found(api: &Api, function: &str, statement: &str) -> Self {
        Self {
            api: api.clone(),
            id: ResourceId::new("permission", format!("{function}/{statement}")),
            function: function.to_owned(),
            statement: statement.to_owned(),
            needs: vec![alias_id(function)],
            desired: Fields::new(),
            gateway: None,
        }
    }

    /// The whole name of the API, which stands in plans by the service's name for it.
    fn source(&self, known: &Known) -> Result<Option<String>, CloudError> {
        let Some(gateway) = &self.gateway else { return Ok(self.desired.text(SOURCE).map(str::to_owned)) };
        let number = known.require(gateway, NUMBER)?;
        Ok(Some(self.api.arn("execute-api", &format!("{number}/*/*"))))
    }

    async fn add(&self, known: &Known) -> Result<Outputs, CloudError> {
        let text = |name: &str| self.desired.text(name).map(str::to_owned);
        let call = self
            .api
            .lambda()
            .add_permission()
            .function_name(&self.function)
            .qualifier(ALIAS)
            .statement_id(&self.statement)
            .set_action(text("action"))
            .set_principal(text("principal"))
            .set_source_arn(self.source(known)?)
            .set_source_account(text("account"))
            .set_function_url_auth_type(text("auth").map(|auth| FunctionUrlAuthType::from(auth.as_str())))
            .set_invoked_via_function_url(text("through").map(|_| true));
        let _turn = self.api.turn(&self.function).await;
        call.send().await.map_err(|error| failure("AddPermission", &error))?;
        match self.find().await? {
            Some(_) => Ok(Outputs::new()),
            None => {
                let message = format!("the policy of {} does not have {} yet", self.function, self.statement);
                Err(CloudError::new(Kind::Busy, "AddPermission", message))
            }
        }
    }

    /// The statement, if it is there.
    async fn find(&self) -> Result<Option<Value>, CloudError> {
        let statements = statements(&self.api, &self.function).await?;
        Ok(statements.into_iter().find(|statement| statement["Sid"] == self.statement.as_str()))
    }

    async fn take_away(&self) -> Result<(), CloudError> {
        let call = self.api.lambda().remove_permission().function_name(&self.function).qualifier(ALIAS);
        let _turn = self.api.turn(&self.function).await;
        let gone = call.statement_id(&self.statement).send().await.map_err(|error| failure("RemovePermission", &error));
        match gone {
            Err(error) if error.kind() != Kind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Resource for Permission {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let Some(mut fields) = self.find().await?.as_ref().map(fields) else { return Ok(None) };
            let ours = self.gateway.as_ref().and_then(|_| self.source(known).ok().flatten());
            if let (Some(ours), Some(named)) = (ours, self.desired.get(SOURCE))
                && fields.text(SOURCE) == Some(&ours)
            {
                fields.set(SOURCE, named.clone());
            }
            Ok(Some(Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.add(known))
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            self.take_away().await?;
            self.add(known).await
        })
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(self.take_away())
    }
}

/// The id of a statement. Two names that differ in what AWS does not take in ids are told apart by the end.
fn statement_id(name: &str) -> String {
    let plain = super::plain(name);
    match plain == name {
        true => format!("{PREFIX}{plain}"),
        false => format!("{PREFIX}{plain}-{}", super::digest(name)),
    }
}

/// The statements of fx about a function.
pub(crate) async fn found_permissions(api: &Api, function: &str) -> Result<Vec<Permission>, CloudError> {
    let statements = statements(api, function).await?;
    let ids = statements.iter().filter_map(|statement| statement["Sid"].as_str());
    Ok(ids.filter(|id| id.starts_with(PREFIX)).map(|id| Permission::found(api, function, id)).collect())
}

/// What may call a function on behalf of fx's statements whose names begin like this.
pub(super) async fn sources(api: &Api, function: &str, kind: &str) -> Result<Vec<String>, CloudError> {
    let statements = statements(api, function).await?;
    let named = statements.iter().filter(|statement| {
        let id = statement["Sid"].as_str().and_then(|id| id.strip_prefix(PREFIX));
        id.is_some_and(|id| id.starts_with(kind))
    });
    Ok(named.filter_map(|statement| fields(statement).text("source").map(str::to_owned)).collect())
}

async fn statements(api: &Api, function: &str) -> Result<Vec<Value>, CloudError> {
    let found = api.lambda().get_policy().function_name(function).qualifier(ALIAS).send().await;
    let policy = match found.map_err(|error| failure("GetPolicy", &error)) {
        Ok(policy) => policy.policy.unwrap_or_default(),
        Err(error) if error.kind() == Kind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let policy: Value = serde_json::from_str(&policy).map_err(|error| {
        CloudError::new(Kind::Invalid, "GetPolicy", format!("a policy that cannot be read: {error}"))
    })?;
    Ok(policy["Statement"].as_array().cloned().unwrap_or_default())
}

/// What a statement says, in the settings of [`Permission`].
fn fields(statement: &Value) -> Fields {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let principal = &statement["Principal"];
    let principal = text(principal).or_else(|| text(&principal["Service"])).or_else(|| text(&principal["AWS"]));
    let mut fields = Fields::new()
        .plain("principal", principal.unwrap_or_default())
        .plain("action", text(&statement["Action"]).unwrap_or_default());
    let conditions = statement["Condition"].as_object().into_iter().flatten();
    for (name, value) in conditions.flat_map(|(_, conditions)| conditions.as_object().into_iter().flatten()) {
        let shown = text(value).unwrap_or_else(|| value.to_string());
        match name.to_ascii_lowercase().as_str() {
            "lambda:functionurlauthtype" => fields = fields.plain("auth", shown),
            "lambda:invokedviafunctionurl" => fields = fields.plain("through", "url"),
            "aws:sourcearn" => fields = fields.plain(SOURCE, shown),
            "aws:sourceaccount" => fields = fields.plain("account", shown),
            _ => fields = fields.plain(name, shown),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_names_have_two_ids_and_a_plain_one_is_its_own() {
        assert_eq!(statement_id("timer-shop-tick"), "fx-timer-shop-tick");
        let ids = ["a.b", "a_b", "a b"].map(statement_id);
        assert!(ids[0] != ids[1] && ids[0] != ids[2] && ids[1] != ids[2], "{ids:?}");
        let taken = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        assert!(ids.iter().all(|id| id.chars().all(taken)), "{ids:?}");
    }

    #[test]
    fn a_statement_is_compared_by_what_it_says() {
        let rule = json!({
            "Sid": "fx-timer-tick", "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
            "Action": "lambda:InvokeFunction", "Condition": { "ArnLike": { "AWS:SourceArn": "arn:rule" } },
        });
        let wanted = Fields::new()
            .plain("principal", "events.amazonaws.com")
            .plain("action", "lambda:InvokeFunction")
            .plain("source", "arn:rule");
        assert!(fields(&rule).changes_to(&wanted).is_empty(), "{:?}", fields(&rule));
        let address = json!({
            "Principal": "*", "Action": "lambda:InvokeFunction", "Condition": { "Bool": { "lambda:InvokedViaFunctionUrl": "true" } },
        });
        assert_eq!(fields(&address).text("through"), Some("url"));
        // A condition that fx does not know is a difference, not overlooked.
        let more = json!({ "Principal": "*", "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-1" } } });
        assert_eq!(fields(&more).text("aws:PrincipalOrgID"), Some("o-1"));
    }
}
