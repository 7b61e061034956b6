//! What functions have written: the platform hands it to the log service, if it is told where to.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use fx_deploy::{CloudError, Kind};
use fx_provider::deploy::LogLine;
use serde_json::Value as Json;

use crate::{
    api::{Api, Call, Lines, PAGE},
    resources::ALIAS,
};

/// Pages that one question may take; who wants more asks from a later moment.
const MOST_PAGES: usize = 50;

/// The lines of a function since a moment, oldest first.
pub(super) async fn lines(api: &Api, function: &str, since: SystemTime) -> Result<Vec<LogLine>, CloudError> {
    let call = Call::get("GetFunction", &["functions", function]).query("qualifier", ALIAS);
    let settings: Json = api.ask(&call).await?;
    let place = |name: &str| settings["logConfig"][name].as_str().filter(|name| !name.is_empty());
    let (Some(project), Some(logstore)) = (place("project"), place("logstore")) else {
        let message = format!("{function} hands its log to nobody");
        return Err(CloudError::new(Kind::Invalid, "logs", message).help(
            "make a project and a logstore with an index in the console of the log service, say \
             `logConfig: { project: …, logstore: … }` under `provider` in f.yml, and deploy",
        ));
    };
    let seconds = |time: SystemTime| {
        let passed = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        i64::try_from(passed).unwrap_or(i64::MAX)
    };
    let (from, to) = (seconds(since), seconds(SystemTime::now()).saturating_add(1));
    let query = format!("__topic__:\"FCLogs:{function}\"");
    let mut lines = Lined::default();
    for page in 0..MOST_PAGES {
        let wanted = Lines { project, logstore, query: &query, from, to, offset: page * PAGE };
        let got = api.lines(&wanted).await?;
        let count = got.len();
        got.iter().for_each(|line| lines.add(line));
        if count < PAGE {
            break;
        }
    }
    Ok(lines.all)
}

/// Lines, and how often each has been seen: the service gives them no number.
#[derive(Default)]
struct Lined {
    all: Vec<LogLine>,
    seen: BTreeMap<String, usize>,
}

impl Lined {
    fn add(&mut self, line: &Json) {
        let text = |name: &str| match &line[name] {
            Json::String(text) => text.clone(),
            Json::Null => String::new(),
            other => other.to_string(),
        };
        let (seconds, part) = (text("__time__"), text("__time_ns_part__"));
        let message = text("message");
        let same = format!("{seconds}.{part} {} {message}", text("instanceID"));
        let count = self.seen.entry(same.clone()).or_default();
        *count += 1;
        let milliseconds = part.parse::<u64>().map_or(0, |part| part / 1_000_000);
        self.all.push(LogLine {
            time: seconds.parse::<u64>().ok().map(|seconds| seconds * 1000 + milliseconds),
            text: message.trim_end_matches(['\r', '\n']).to_owned(),
            id: format!("{same} {count}"),
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_lines_that_are_alike_are_two() {
        let mut lines = Lined::default();
        let line = json!({ "__time__": "1700000000", "__time_ns_part__": "123456789", "message": "again\n", "instanceID": "i" });
        lines.add(&line);
        lines.add(&line);
        assert_eq!((lines.all[0].time, lines.all[0].text.as_str()), (Some(1_700_000_000_123), "again"));
        assert_ne!(lines.all[0].id, lines.all[1].id);
    }
}
