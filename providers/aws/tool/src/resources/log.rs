//! The log of a function: a log group of CloudWatch, which is there before the function writes its first line. Lambda would make it itself
//! then, to keep everything for ever. It stays when the service is removed, unless whoever removes it wants it gone.

use std::sync::atomic::{AtomicBool, Ordering};

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId};
use serde::Deserialize;
use serde_json::json;

use super::version_id;
use crate::api::{Api, Call};

/// Days for which lines are kept in a group that fx makes.
const DAYS: u32 = 30;
const RETENTION: &str = "retention";

/// The log of a function.
pub(crate) struct Log {
    api: Api,
    id: ResourceId,
    needs: [ResourceId; 1],
    desired: Fields,
    /// Whether this run has begun to make it: that it keeps lines for ever is then not somebody's wish.
    begun: AtomicBool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    log_group_name: String,
    retention_in_days: Option<u32>,
}

impl Log {
    /// The log of a function. One that is there keeps its lines for as long as it does: what is old already must not go unasked.
    pub fn of(api: &Api, function: &str) -> Self {
        let desired = Fields::new().plain(RETENTION, format!("{DAYS} days"));
        // Nothing of a function that cannot be made, and all of it before anybody calls it.
        let needs = [version_id(function)];
        Self { api: api.clone(), id: log_id(function), needs, desired, begun: AtomicBool::new(false) }
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Page {
            #[serde(default)]
            log_groups: Vec<Group>,
            next_token: Option<String>,
        }
        let mut input = json!({ "logGroupNamePrefix": self.id.name });
        loop {
            let page: Page = self.api.ask(&Call::logs("DescribeLogGroups", &input)).await?;
            if let Some(group) = page.log_groups.into_iter().find(|group| group.log_group_name == self.id.name) {
                let half_made = group.retention_in_days.is_none() && self.begun.load(Ordering::Relaxed);
                let fields = if half_made { Fields::new() } else { self.desired.clone() };
                return Ok(Some(Actual { fields, owner: Owner::Us, outputs: Outputs::new() }));
            }
            match page.next_token {
                Some(token) => input["nextToken"] = token.into(),
                None => return Ok(None),
            }
        }
    }

    async fn make(&self) -> Result<Outputs, CloudError> {
        self.begun.store(true, Ordering::Relaxed);
        self.api.call(&Call::logs("CreateLogGroup", &json!({ "logGroupName": self.id.name }))).await?;
        self.limit().await
    }

    async fn forget(&self) -> Result<(), CloudError> {
        let call = Call::logs("DeleteLogGroup", &json!({ "logGroupName": self.id.name }));
        match self.api.call(&call).await {
            Err(error) if error.kind() != Kind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn limit(&self) -> Result<Outputs, CloudError> {
        let input = json!({ "logGroupName": self.id.name, "retentionInDays": DAYS });
        self.api.call(&Call::logs("PutRetentionPolicy", &input)).await?;
        Ok(Outputs::new())
    }
}

impl Resource for Log {
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
        Box::pin(self.make())
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.limit())
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(self.forget())
    }
}

/// The log of a function.
pub(crate) fn log_id(function: &str) -> ResourceId {
    ResourceId::new("log", format!("/aws/lambda/{function}"))
}
