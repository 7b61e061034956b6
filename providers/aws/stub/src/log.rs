//! What Lambda itself writes into a function's log.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use serde_json::json;

use crate::{
    front::Front,
    visits::{Deployed, Failed},
};

/// What was written about one invocation.
pub(crate) struct Said {
    /// The number of the request.
    pub request: String,
    pub lines: Vec<String>,
}

/// Writes that a version was invoked, and how it failed.
pub(crate) async fn write(front: &Front, deployed: &Deployed, failed: Option<&Failed>) -> Said {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let request = format!("00000000-0000-4000-8000-{:012x}", NEXT.fetch_add(1, Ordering::Relaxed));
    let Deployed { function, version, .. } = deployed;
    let start = format!("START RequestId: {request} Version: {version}\n");
    let failure = failed.map(|failed| format!("{}\n", String::from_utf8_lossy(&failed.body)));
    let end = format!("END RequestId: {request}\n");
    let report = "Duration: 1.50 ms\tBilled Duration: 2 ms\tMemory Size: 256 MB\tMax Memory Used: 16 MB";
    let report = format!("REPORT RequestId: {request}\t{report}\t\n");
    let lines: Vec<String> = [Some(start), failure, Some(end), Some(report)].into_iter().flatten().collect();

    let now = Timestamp::now();
    let (group, stream) = (format!("/aws/lambda/{function}"), format!("{}/[{version}]stub", now.strftime("%Y/%m/%d")));
    let events: Vec<_> =
        lines.iter().map(|line| json!({ "timestamp": now.as_millisecond(), "message": line })).collect();
    let put = json!({ "logGroupName": group, "logStreamName": stream, "logEvents": events });
    if front.account.tell("logs", "Logs_20140328.PutLogEvents", &put).await.is_none() {
        // The first line of a day, or of a version, makes the stream, and that of a function the group, if nobody has.
        let _ = front.account.tell("logs", "Logs_20140328.CreateLogGroup", &json!({ "logGroupName": group })).await;
        let stream = json!({ "logGroupName": group, "logStreamName": stream });
        let _ = front.account.tell("logs", "Logs_20140328.CreateLogStream", &stream).await;
        front.account.tell("logs", "Logs_20140328.PutLogEvents", &put).await.expect("moto takes lines of log");
    }
    Said { request, lines }
}
