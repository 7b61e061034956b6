//! The log trigger: it brings no lines, only where they are.

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, LogBatch,
    native::{Malformed, typed},
};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Task {
    source: Place,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    project_name: String,
    logstore_name: String,
}

pub(super) fn is(members: &Map<String, Value>) -> bool {
    members.get("source").is_some_and(|source| source.get("logstoreName").is_some())
}

/// The cursors stay in the payload: a function that wants the lines asks the log service for what lies between them.
pub(super) fn read(members: Map<String, Value>, body: &Bytes) -> Result<Delivery, Malformed> {
    let Task { source } = typed("a task of the log trigger", members)?;
    Ok(Delivery::Log(LogBatch {
        project: Some(source.project_name),
        store: Some(source.logstore_name),
        lines: Vec::new(),
        source: body.clone().into(),
    }))
}
