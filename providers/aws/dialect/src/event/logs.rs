//! CloudWatch Logs: base64 of gzip of JSON.

use std::{collections::BTreeMap, io::Read};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use flate2::read::GzDecoder;
use fx_runtime::event::{LogBatch, LogLine, native::Malformed};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

const WHAT: &str = "an event of CloudWatch Logs";

/// More than any event unpacks to; a few megabytes of zeros can be made into gigabytes.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    message_type: String,
    owner: Option<String>,
    log_group: Option<String>,
    log_stream: Option<String>,
    #[serde(default)]
    log_events: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    id: Option<String>,
    timestamp: Option<i64>,
    #[serde(default)]
    message: String,
}

/// `None` for the message by which CloudWatch tries whether somebody is there.
pub(super) fn batch(data: &Value, body: &Bytes) -> Result<Option<LogBatch>, Malformed> {
    let malformed = |why: String| Malformed::new(WHAT, why);
    let data = data.as_str().ok_or_else(|| malformed("its data is no text".to_owned()))?;
    let packed = BASE64_STANDARD.decode(data).map_err(|error| malformed(format!("its data is not base64: {error}")))?;
    let mut json = Vec::new();
    let unpacked = GzDecoder::new(packed.as_slice()).take(MAX_UNPACKED).read_to_end(&mut json);
    unpacked.map_err(|error| malformed(format!("its data is not gzip: {error}")))?;
    let batch: Batch = serde_json::from_slice(&json).map_err(|error| malformed(error.to_string()))?;
    if batch.message_type == "CONTROL_MESSAGE" {
        return Ok(None);
    }
    let line = |line: Line| {
        let fields = [("id", line.id), ("logStream", batch.log_stream.clone())];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        LogLine {
            time: line.timestamp.and_then(|millis| Timestamp::from_millisecond(millis).ok()),
            message: line.message,
            fields: fields.collect::<BTreeMap<_, _>>(),
        }
    };
    let lines = batch.log_events.into_iter().map(line).collect();
    Ok(Some(LogBatch { project: batch.owner, store: batch.log_group, lines, source: body.clone().into() }))
}
