//! A schedule on which a function is called: an EventBridge rule with one target.

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ALIAS, Permission, alias_id};
use crate::api::{Api, Call};

/// The id of the one target.
const TARGET: &str = "fx";
/// The longest name of a rule.
const LONGEST: usize = 64;

/// A schedule on which a function is called.
pub(crate) struct Timer {
    api: Api,
    id: ResourceId,
    mark: String,
    rule: String,
    needs: Vec<ResourceId>,
    desired: Fields,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    schedule_expression: String,
    #[serde(default)]
    state: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    id: String,
    arn: String,
    #[serde(default)]
    input: String,
}

impl Timer {
    /// A schedule in EventBridge's words.
    pub fn of(
        api: &Api,
        function: &str,
        mark: &str,
        trigger: &str,
        schedule: &str,
        input: &str,
        enabled: bool,
    ) -> Self {
        let target = api.arn("lambda", &format!("function:{function}:{ALIAS}"));
        let desired = Fields::new()
            .plain("schedule", schedule)
            .plain("enabled", enabled.to_string())
            .plain("input", input)
            .plain("target", target);
        let mut timer = Self { desired, ..Self::found(api, &rule_name(function, trigger), mark) };
        // A rule that may not call yet would call in vain.
        timer.needs = vec![alias_id(function), timer.permission(function).id().clone()];
        timer
    }

    fn found(api: &Api, rule: &str, mark: &str) -> Self {
        Self {
            api: api.clone(),
            id: ResourceId::new("timer", rule),
            mark: mark.to_owned(),
            rule: rule.to_owned(),
            needs: Vec::new(),
            desired: Fields::new(),
        }
    }

    /// That its rule may call the function.
    pub fn permission(&self, function: &str) -> Permission {
        let source = self.api.arn("events", &format!("rule/{}", self.rule));
        Permission::for_service(&self.api, function, &format!("timer-{}", self.rule), "events.amazonaws.com", &source)
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let call = Call::events("DescribeRule", &json!({ "Name": self.rule }));
        let Some(rule) = self.api.find::<Rule>(&call).await? else { return Ok(None) };
        let mut fields = Fields::new()
            .plain("schedule", rule.schedule_expression)
            .plain("enabled", (rule.state != "DISABLED").to_string());
        for target in targets(&self.api, &self.rule).await? {
            // More than one target is a difference that the next change takes away.
            let known = target.id == TARGET;
            let name = |name: &str| if known { name.to_owned() } else { format!("{name}.{}", target.id) };
            fields = fields.plain(name("target"), target.arn);
            if !target.input.is_empty() {
                fields = fields.plain(name("input"), target.input);
            }
        }
        let owner = match rule.description == description(&self.mark) {
            true => Owner::Us,
            false => Owner::Foreign(format!("a rule that says `{}` of itself", rule.description)),
        };
        Ok(Some(Actual { fields, owner, outputs: Outputs::new() }))
    }

    async fn put(&self) -> Result<Outputs, CloudError> {
        let text = |name: &str| self.desired.text(name).unwrap_or_default();
        let state = if text("enabled") == "false" { "DISABLED" } else { "ENABLED" };
        let rule = json!({
            "Name": self.rule, "ScheduleExpression": text("schedule"), "State": state, "Description": description(&self.mark),
        });
        self.api.call(&Call::events("PutRule", &rule)).await?;
        let others: Vec<String> = targets(&self.api, &self.rule).await?.into_iter().map(|target| target.id).collect();
        self.forget(&others.into_iter().filter(|id| id != TARGET).collect::<Vec<_>>()).await?;
        let target = json!({ "Id": TARGET, "Arn": text("target"), "Input": text("input") });
        let answer =
            self.api.ask(&Call::events("PutTargets", &json!({ "Rule": self.rule, "Targets": [target] }))).await?;
        all_went(&answer, "PutTargets")?;
        Ok(Outputs::new())
    }

    async fn forget(&self, targets: &[String]) -> Result<(), CloudError> {
        if targets.is_empty() {
            return Ok(());
        }
        let call = Call::events("RemoveTargets", &json!({ "Rule": self.rule, "Ids": targets }));
        match self.api.find(&call).await? {
            Some(answer) => all_went(&answer, "RemoveTargets"),
            None => Ok(()),
        }
    }

    async fn go(&self) -> Result<(), CloudError> {
        let targets: Vec<String> = targets(&self.api, &self.rule).await?.into_iter().map(|target| target.id).collect();
        self.forget(&targets).await?;
        self.api.remove(&Call::events("DeleteRule", &json!({ "Name": self.rule }))).await
    }
}

impl Resource for Timer {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.put())
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.put())
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(self.go())
    }
}

/// What the rules of a service say of themselves.
pub(super) fn description(mark: &str) -> String {
    format!("fx {mark}")
}

/// What a rule is called: the function and the trigger, cut where that is too long.
pub(super) fn rule_name(function: &str, trigger: &str) -> String {
    let name = format!("{function}-{trigger}");
    match name.len() <= LONGEST {
        true => name,
        false => {
            let digest = Fields::new().plain("name", &name).digest();
            let end = (0..=LONGEST - 9).rev().find(|end| name.is_char_boundary(*end)).unwrap_or_default();
            format!("{}-{}", &name[..end], &digest[..8])
        }
    }
}

/// What the names of a function's rules begin with. One that is cut still begins like this.
pub(crate) fn name_start(function: &str) -> String {
    rule_name(function, "").chars().take((function.len() + 1).min(LONGEST - 9)).collect()
}

/// The schedules of a service that call this function.
pub(crate) async fn found_timers(api: &Api, function: &str, mark: &str) -> Result<Vec<Timer>, CloudError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Page {
        rules: Vec<Rule>,
        next_token: Option<String>,
    }
    let mut found = Vec::new();
    let mut input = json!({ "NamePrefix": name_start(function) });
    loop {
        let page: Page = api.ask(&Call::events("ListRules", &input)).await?;
        for rule in page.rules.into_iter().filter(|rule| rule.description == description(mark)) {
            // `shop-api` begins like `shop`: what a rule calls says whose it is.
            let own = api.arn("lambda", &format!("function:{function}:{ALIAS}"));
            if targets(api, &rule.name).await?.iter().all(|target| target.arn == own) {
                found.push(Timer::found(api, &rule.name, mark));
            }
        }
        match page.next_token {
            Some(token) => input["NextToken"] = token.into(),
            None => return Ok(found),
        }
    }
}

async fn targets(api: &Api, rule: &str) -> Result<Vec<Target>, CloudError> {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "PascalCase")]
    struct Page {
        #[serde(default)]
        targets: Vec<Target>,
    }
    // A rule has five targets at most, a page a hundred.
    let page = api.find::<Page>(&Call::events("ListTargetsByRule", &json!({ "Rule": rule }))).await?;
    Ok(page.unwrap_or_default().targets)
}

/// Targets are refused one by one, in an answer that is a success.
fn all_went(answer: &Value, operation: &str) -> Result<(), CloudError> {
    match answer["FailedEntries"].as_array().and_then(|entries| entries.first()) {
        None => Ok(()),
        Some(failed) => {
            let text = |name: &str| failed[name].as_str().unwrap_or_default();
            let kind = if text("ErrorCode") == "ConcurrentModificationException" { Kind::Busy } else { Kind::Invalid };
            Err(CloudError::new(kind, operation, text("ErrorMessage")).code(text("ErrorCode")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_whose_name_is_too_long_is_cut_and_still_its_own() {
        assert_eq!(rule_name("shop", "tick"), "shop-tick");
        let [one, other] = ["a", "b"].map(|end| rule_name(&"f".repeat(40), &format!("{}{end}", "t".repeat(40))));
        assert_eq!((one.len(), other.len()), (64, 64));
        assert_ne!(one, other);
        assert!(one.starts_with(&name_start(&"f".repeat(40))));
        assert_eq!((name_start("shop").as_str(), name_start(&"f".repeat(64)).len()), ("shop-", 55));
    }

    #[test]
    fn a_target_that_was_refused_is_a_failure() {
        assert!(all_went(&json!({ "FailedEntryCount": 0, "FailedEntries": [] }), "PutTargets").is_ok());
        let refused =
            json!({ "FailedEntries": [{ "ErrorCode": "ConcurrentModificationException", "ErrorMessage": "x" }] });
        assert_eq!(all_went(&refused, "PutTargets").unwrap_err().kind(), Kind::Busy);
    }
}
