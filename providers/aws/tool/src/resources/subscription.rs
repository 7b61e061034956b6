//! A log whose lines call a function: a subscription filter of a log group.

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId};
use serde::Deserialize;
use serde_json::json;

use super::{ALIAS, Permission, alias_id, permission::sources};
use crate::api::{Api, Call};

/// The service that calls.
const PRINCIPAL: &str = "logs.amazonaws.com";
/// What the names of its permissions begin with.
const KIND: &str = "log-";
/// What stands before the name of a group in a whole name.
const GROUP: &str = "log-group:";
/// The longest name of a group that is in the name of a permission as it is.
const LONGEST: usize = 60;

/// A log whose lines call a function.
pub(crate) struct Subscription {
    api: Api,
    id: ResourceId,
    function: String,
    group: String,
    needs: Vec<ResourceId>,
    desired: Fields,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    filter_name: String,
    #[serde(default)]
    filter_pattern: String,
    #[serde(default)]
    destination_arn: String,
}

impl Subscription {
    /// The lines of a log group. `logs` are those that this deploy makes, which need not be there yet.
    pub fn of(api: &Api, function: &str, group: &str, logs: &[ResourceId]) -> Result<Self, CloudError> {
        let own = super::log_id(function).name;
        if group == own {
            let message = format!("{function} is to be called with the lines of {group}, which is its own log");
            return Err(CloudError::new(Kind::Invalid, "f.yml", message)
                .help("each call would write the lines that call it again: name another log, or let another function read this one"));
        }
        let mut found = Self::found(api, function, group);
        found.needs.extend(logs.iter().filter(|log| log.name == group).cloned());
        found.desired = Fields::new().plain("pattern", "").plain("target", found.target());
        Ok(found)
    }

    /// That a log may call a function.
    pub fn permission(api: &Api, function: &str, group: &str) -> Permission {
        let source = api.arn("logs", &format!("{GROUP}{group}:*"));
        Permission::for_account(api, function, &format!("{KIND}{}", cut(group)), PRINCIPAL, &source)
    }

    fn found(api: &Api, function: &str, group: &str) -> Self {
        Self {
            api: api.clone(),
            id: ResourceId::new("subscription", format!("{function}/{group}")),
            function: function.to_owned(),
            group: group.to_owned(),
            // CloudWatch tries whether it may call: so the permission stands before, and goes after.
            needs: vec![alias_id(function), Self::permission(api, function, group).id().clone()],
            desired: Fields::new(),
        }
    }

    fn target(&self) -> String {
        self.api.arn("lambda", &format!("function:{}:{ALIAS}", self.function))
    }

    fn filter(&self) -> String {
        format!("fx-{}", self.function)
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Page {
            #[serde(default)]
            subscription_filters: Vec<Filter>,
        }
        let name = self.filter();
        let input = json!({ "logGroupName": self.group, "filterNamePrefix": name });
        // A group has two filters at most, a page fifty.
        let page: Page = match self.api.ask(&Call::logs("DescribeSubscriptionFilters", &input)).await {
            Ok(page) => page,
            Err(error) if error.kind() == Kind::NotFound && !self.is_strange() => return Ok(None),
            Err(error) if error.kind() == Kind::NotFound => return Err(self.missing(error)),
            Err(error) => return Err(error),
        };
        let found = page.subscription_filters.into_iter().find(|filter| filter.filter_name == name);
        Ok(found.map(|filter| {
            let fields = Fields::new().plain("pattern", filter.filter_pattern).plain("target", filter.destination_arn);
            Actual { fields, owner: Owner::Us, outputs: Outputs::new() }
        }))
    }

    /// Whether the group is nobody's whom this deploy knows, and wanted.
    fn is_strange(&self) -> bool {
        let made_here = self.needs.iter().any(|need| need.kind == "log");
        !made_here && self.desired.iter().next().is_some()
    }

    fn missing(&self, error: CloudError) -> CloudError {
        let message = format!("there is no log group {}, which f.yml names", self.group);
        CloudError::new(Kind::Invalid, error.operation(), message)
            .help(format!("make it: aws logs create-log-group --log-group-name {}. Or name another one", self.group))
            .caused_by(error)
    }

    async fn put(&self) -> Result<Outputs, CloudError> {
        let input = json!({
            "logGroupName": self.group, "filterName": self.filter(), "filterPattern": "", "destinationArn": self.target(),
        });
        self.api.call(&Call::logs("PutSubscriptionFilter", &input)).await?;
        Ok(Outputs::new())
    }
}

impl Resource for Subscription {
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
        Box::pin(async {
            let input = json!({ "logGroupName": self.group, "filterName": self.filter() });
            self.api.remove(&Call::logs("DeleteSubscriptionFilter", &input)).await
        })
    }
}

/// The logs that call a function, of which the permissions speak.
pub(crate) async fn found_subscriptions(api: &Api, function: &str) -> Result<Vec<Subscription>, CloudError> {
    let sources = sources(api, function, KIND).await?;
    let groups = sources.iter().filter_map(|source| source.split_once(GROUP)?.1.strip_suffix(":*"));
    Ok(groups.map(|group| Subscription::found(api, function, group)).collect())
}

/// The name of a group, cut where it is too long for that of a permission, and still its own.
fn cut(group: &str) -> String {
    let plain = super::plain(group);
    let digest = Fields::new().plain("group", group).digest();
    format!("{}-{}", &plain[..plain.len().min(LONGEST)], &digest[..8])
}
