//! A queue that feeds a function: an event source mapping.

use aws_sdk_lambda::types::{EventSourceMappingConfiguration, FunctionResponseType};
use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Readiness, Resource, ResourceId,
};

use super::{ALIAS, alias_id};
use crate::api::{Api, failure};

/// Messages that a function is handed at once.
const BATCH: i32 = 10;
/// The output by which a mapping is called.
const NUMBER: &str = "uuid";

/// A queue that feeds a function.
pub(crate) struct Message {
    api: Api,
    id: ResourceId,
    function: String,
    queue: String,
    needs: Vec<ResourceId>,
    desired: Fields,
}

impl Message {
    /// A queue, by its name or its whole name.
    pub fn of(api: &Api, function: &str, queue: &str, enabled: bool) -> Self {
        let whole = if queue.starts_with("arn:") { queue.to_owned() } else { api.arn("sqs", queue) };
        let desired = Fields::new()
            .plain("batchSize", BATCH.to_string())
            .plain("enabled", enabled.to_string())
            .plain("answer", FunctionResponseType::ReportBatchItemFailures.as_str());
        Self { desired, ..Self::found(api, function, &whole) }
    }

    fn found(api: &Api, function: &str, queue: &str) -> Self {
        let name = queue.rsplit(':').next().unwrap_or(queue);
        Self {
            api: api.clone(),
            id: ResourceId::new("message", format!("{function}/{name}")),
            function: function.to_owned(),
            queue: queue.to_owned(),
            needs: vec![alias_id(function)],
            desired: Fields::new(),
        }
    }

    fn enabled(&self) -> bool {
        self.desired.text("enabled") != Some("false")
    }

    async fn find(&self) -> Result<Option<EventSourceMappingConfiguration>, CloudError> {
        Ok(list(&self.api, &self.function, Some(&self.queue)).await?.into_iter().next())
    }

    async fn number(&self) -> Result<String, CloudError> {
        let found = self.find().await?.and_then(|found| found.uuid);
        found.ok_or_else(|| CloudError::new(Kind::NotFound, self.id.to_string(), "there is no such mapping"))
    }
}

impl Resource for Message {
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
        Box::pin(async {
            let Some(found) = self.find().await? else { return Ok(None) };
            let outputs = found.uuid.clone().map(|uuid| (NUMBER, uuid)).into_iter().collect();
            Ok(Some(Actual { fields: fields(&found), owner: Owner::Us, outputs }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let call = self
                .api
                .lambda()
                .create_event_source_mapping()
                .event_source_arn(&self.queue)
                .function_name(format!("{}:{ALIAS}", self.function))
                .enabled(self.enabled())
                .batch_size(BATCH)
                .function_response_types(FunctionResponseType::ReportBatchItemFailures);
            let made = call.send().await.map_err(|error| failure("CreateEventSourceMapping", &error))?;
            Ok(made.uuid.map(|uuid| (NUMBER, uuid)).into_iter().collect())
        })
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let number = self.number().await?;
            let call = self
                .api
                .lambda()
                .update_event_source_mapping()
                .uuid(&number)
                .enabled(self.enabled())
                .batch_size(BATCH)
                .function_response_types(FunctionResponseType::ReportBatchItemFailures);
            call.send().await.map_err(|error| failure("UpdateEventSourceMapping", &error))?;
            Ok(Outputs::from([(NUMBER, number)]))
        })
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            let Some(found) = self.find().await? else { return Ok(()) };
            if found.state() == Some(DELETING) {
                return Ok(());
            }
            let call = self.api.lambda().delete_event_source_mapping().set_uuid(found.uuid);
            call.send().await.map(drop).map_err(|error| failure("DeleteEventSourceMapping", &error))
        })
    }

    fn ready<'a>(&'a self, _: &'a Known) -> Pending<'a, Readiness> {
        Box::pin(async {
            let state = self.find().await?.and_then(|found| found.state).unwrap_or_default();
            Ok(if state.ends_with("ing") { Readiness::NotYet(state) } else { Readiness::Ready })
        })
    }
}

const DELETING: &str = "Deleting";

fn fields(found: &EventSourceMappingConfiguration) -> Fields {
    let state = found.state().unwrap_or_default();
    let answers: Vec<&str> = found.function_response_types().iter().map(FunctionResponseType::as_str).collect();
    let fields = Fields::new()
        .plain("batchSize", found.batch_size().unwrap_or_default().to_string())
        .plain("enabled", (!matches!(state, "Disabled" | "Disabling")).to_string())
        .plain("answer", answers.join(", "));
    if state == DELETING { fields.plain("state", state) } else { fields }
}

/// The queues that feed a function.
pub(crate) async fn found_messages(api: &Api, function: &str) -> Result<Vec<Message>, CloudError> {
    let found = list(api, function, None).await?;
    let queues = found.iter().filter_map(|mapping| mapping.event_source_arn());
    Ok(queues.map(|queue| Message::found(api, function, queue)).collect())
}

async fn list(
    api: &Api,
    function: &str,
    queue: Option<&str>,
) -> Result<Vec<EventSourceMappingConfiguration>, CloudError> {
    let mut found = Vec::new();
    let mut from = None;
    loop {
        let call = api
            .lambda()
            .list_event_source_mappings()
            .function_name(format!("{function}:{ALIAS}"))
            .set_event_source_arn(queue.map(str::to_owned))
            .set_marker(from);
        let page = match call.send().await.map_err(|error| failure("ListEventSourceMappings", &error)) {
            Ok(page) => page,
            Err(error) if error.kind() == Kind::NotFound => return Ok(found),
            Err(error) => return Err(error),
        };
        found.extend(page.event_source_mappings.unwrap_or_default());
        from = page.next_marker.filter(|marker| !marker.is_empty());
        if from.is_none() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_its_way_counts_as_there() {
        let enabled = |state: &str| {
            fields(&EventSourceMappingConfiguration::builder().state(state).build()).text("enabled").map(str::to_owned)
        };
        assert_eq!(enabled("Enabling").as_deref(), Some("true"));
        assert_eq!(enabled("Disabling").as_deref(), Some("false"));
        let leaving = fields(&EventSourceMappingConfiguration::builder().state("Deleting").build());
        assert_eq!(leaving.text("state"), Some("Deleting"));
    }
}
