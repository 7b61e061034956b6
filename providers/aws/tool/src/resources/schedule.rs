//! A schedule in a time zone: one of EventBridge Scheduler, which calls under a role of its own. Rules, which know UTC only, are in
//! `timer.rs`.

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Known, Outputs, Owner, Pending, Resource, ResourceId};
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ALIAS, ScheduleRole, alias_id, timer};
use crate::api::{Api, Call, Service};

/// The group that every account has.
const GROUP: &str = "default";

/// A schedule in a time zone.
pub(crate) struct Schedule {
    api: Api,
    id: ResourceId,
    mark: String,
    needs: Vec<ResourceId>,
    desired: Fields,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    #[serde(default)]
    description: String,
    #[serde(default)]
    schedule_expression: String,
    #[serde(default)]
    schedule_expression_timezone: String,
    #[serde(default)]
    state: String,
    target: Target,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    arn: String,
    #[serde(default)]
    role_arn: String,
    #[serde(default)]
    input: String,
}

/// What a schedule says and to whom.
pub(crate) struct Said<'a> {
    pub trigger: &'a str,
    pub schedule: &'a str,
    pub timezone: &'a str,
    pub input: &'a str,
    pub enabled: bool,
}

impl Schedule {
    /// A schedule in EventBridge's words, under a role.
    pub fn of(api: &Api, function: &str, mark: &str, said: &Said<'_>, role: &ScheduleRole) -> Self {
        let desired = Fields::new()
            .plain("schedule", said.schedule)
            .plain("timezone", said.timezone)
            .plain("enabled", said.enabled.to_string())
            .plain("input", said.input)
            .plain("target", target(api, function))
            .plain("role", role.arn());
        let needs = vec![alias_id(function), role.id().clone()];
        Self { needs, desired, ..Self::found(api, &timer::rule_name(function, said.trigger), mark) }
    }

    fn found(api: &Api, name: &str, mark: &str) -> Self {
        Self {
            api: api.clone(),
            id: ResourceId::new("schedule", name),
            mark: mark.to_owned(),
            needs: Vec::new(),
            desired: Fields::new(),
        }
    }

    fn call(&self, operation: &'static str, method: Method, input: Option<&Value>) -> Call {
        let query = if input.is_none() { format!("?groupName={GROUP}") } else { String::new() };
        Call::rest(Service::Scheduler, operation, method, format!("/schedules/{}{query}", self.id.name), input)
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let found = self.api.find::<Found>(&self.call("GetSchedule", Method::GET, None)).await?;
        Ok(found.map(|found| {
            let fields = Fields::new()
                .plain("schedule", found.schedule_expression)
                .plain("timezone", found.schedule_expression_timezone)
                .plain("enabled", (found.state != "DISABLED").to_string())
                .plain("input", found.target.input)
                .plain("target", found.target.arn)
                .plain("role", found.target.role_arn);
            let owner = match found.description == timer::description(&self.mark) {
                true => Owner::Us,
                false => Owner::Foreign(format!("a schedule that says `{}` of itself", found.description)),
            };
            Actual { fields, owner, outputs: Outputs::new() }
        }))
    }

    async fn put(&self, operation: &'static str, method: Method) -> Result<Outputs, CloudError> {
        let text = |name: &str| self.desired.text(name).unwrap_or_default();
        let input = json!({
            "GroupName": GROUP,
            "Description": timer::description(&self.mark),
            "ScheduleExpression": text("schedule"),
            "ScheduleExpressionTimezone": text("timezone"),
            "FlexibleTimeWindow": { "Mode": "OFF" },
            "State": if text("enabled") == "false" { "DISABLED" } else { "ENABLED" },
            "Target": { "Arn": text("target"), "RoleArn": text("role"), "Input": text("input") },
        });
        self.api.call(&self.call(operation, method, Some(&input))).await?;
        Ok(Outputs::new())
    }
}

impl Resource for Schedule {
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
        Box::pin(self.put("CreateSchedule", Method::POST))
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.put("UpdateSchedule", Method::PUT))
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async { self.api.remove(&self.call("DeleteSchedule", Method::DELETE, None)).await })
    }
}

fn target(api: &Api, function: &str) -> String {
    api.arn("lambda", &format!("function:{function}:{ALIAS}"))
}

/// The schedules of a service that call this function.
pub(crate) async fn found_schedules(api: &Api, function: &str, mark: &str) -> Result<Vec<Schedule>, CloudError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Page {
        schedules: Vec<Listed>,
        next_token: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Listed {
        name: String,
        target: Target,
    }
    let own = target(api, function);
    let mut found = Vec::new();
    let mut from: Option<String> = None;
    loop {
        let page: Page = api
            .ask(&Call::rest(Service::Scheduler, "ListSchedules", Method::GET, list(function, from.as_deref()), None))
            .await?;
        // `shop-api` begins like `shop`: what a schedule calls says whose it is.
        for listed in page.schedules.into_iter().filter(|listed| listed.target.arn == own) {
            let schedule = Schedule::found(api, &listed.name, mark);
            if schedule.look().await?.is_some_and(|actual| actual.owner == Owner::Us) {
                found.push(schedule);
            }
        }
        from = page.next_token.filter(|token| !token.is_empty());
        if from.is_none() {
            return Ok(found);
        }
    }
}

/// Where a page of the schedules of a function is asked for, and of some others.
fn list(function: &str, from: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("ScheduleGroup", GROUP).append_pair("NamePrefix", &timer::name_start(function));
    query.extend_pairs(from.map(|token| ("NextToken", token)));
    format!("/schedules?{}", query.finish())
}
