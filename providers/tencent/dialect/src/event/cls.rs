//! Logs: JSON, in gzip, in base64.

use std::io::Read;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use flate2::read::GzDecoder;
use fx_runtime::event::{
    Delivery, LogBatch, LogLine,
    native::{Malformed, typed},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

const WHAT: &str = "logs of CLS";

/// A few megabytes can hold gigabytes of one letter.
const MAX_TEXT: u64 = 128 * 1024 * 1024;

#[derive(Deserialize)]
struct Envelope {
    clslogs: Packed,
}

#[derive(Deserialize)]
struct Packed {
    data: String,
}

#[derive(Deserialize)]
struct Logs {
    #[serde(default)]
    topic_id: Option<String>,
    #[serde(default)]
    topic_name: Option<String>,
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    /// Microseconds, as a text.
    timestamp: Value,
    content: String,
}

/// The topic's id is where the lines are from, for its name is not unique; the name is kept as the project.
pub(super) fn read(members: Map<String, Value>, body: &Bytes) -> Result<Delivery, Malformed> {
    let Envelope { clslogs: Packed { data } } = typed(WHAT, members)?;
    let malformed = |why: &dyn std::fmt::Display| Malformed::new(WHAT, why.to_string());
    let packed = STANDARD.decode(data).map_err(|error| malformed(&error))?;
    let mut text = Vec::new();
    GzDecoder::new(packed.as_slice()).take(MAX_TEXT).read_to_end(&mut text).map_err(|error| malformed(&error))?;
    let logs: Logs = serde_json::from_slice(&text).map_err(|error| malformed(&error))?;
    let line = |record: Record| LogLine {
        time: time(&record.timestamp),
        message: record.content,
        fields: std::collections::BTreeMap::new(),
    };
    Ok(Delivery::Log(LogBatch {
        project: logs.topic_name,
        store: logs.topic_id,
        lines: logs.records.into_iter().map(line).collect(),
        source: body.clone().into(),
    }))
}

fn time(timestamp: &Value) -> Option<Timestamp> {
    let micros = timestamp.as_i64().or_else(|| timestamp.as_str()?.parse().ok())?;
    Timestamp::from_microsecond(micros).ok()
}
