//! `fx logs`: what deployed functions have written.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use clap::Args;
use fx_deploy::Cancel;
use fx_provider::deploy::LogLine;
use serde_json::json;

use crate::{
    deploy::{
        run,
        session::Session,
        target::{Target, TargetArgs},
        traffic,
    },
    output::{Output, Report},
};

/// How often a platform is asked for more.
const PACE: Duration = Duration::from_secs(2);
/// Lines may reach the platform's log later than others that were written after them.
const OVERLAP: Duration = Duration::from_secs(30);

/// Arguments of `fx logs`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fx logs --provider aws --since 1h
  fx logs todo --provider aliyun --follow")]
pub struct LogsCommand {
    /// Only this deployed function [default: all of the service].
    #[arg(value_name = "UNIT")]
    unit: Option<String>,

    #[command(flatten)]
    target: TargetArgs,

    /// From how long ago: 90s, 10m, 2h, 1d.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    since: Duration,

    /// Go on until Ctrl-C.
    #[arg(long)]
    follow: bool,
}

impl LogsCommand {
    /// Prints the lines, oldest first.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let target = self.target.resolve_one("logs are read", "fx logs")?;
        let functions = traffic::functions(&target, self.unit.as_deref())?;
        run::block_on(async |cancel| self.print(&target, &functions, output, cancel).await)?
    }

    async fn print(
        &self,
        target: &Target,
        functions: &[String],
        output: &Output,
        cancel: &Cancel,
    ) -> Result<(), Report> {
        let session = Session::open(&target.to, cancel).await?;
        let mut since = SystemTime::now() - self.since;
        let mut seen = BTreeSet::new();
        loop {
            let asked = SystemTime::now();
            for function in functions {
                let lines = session.logs(function, since).await?;
                for line in lines {
                    if seen.insert((function.clone(), line.id.clone())) {
                        show(function, &line, functions.len() > 1, output);
                    }
                }
            }
            if !self.follow {
                return Ok(());
            }
            since = since.max(asked - OVERLAP);
            tokio::select! {
                () = tokio::time::sleep(PACE) => {}
                () = cancel.cancelled() => return Ok(()),
            }
        }
    }
}

fn show(function: &str, line: &LogLine, several: bool, output: &Output) {
    if output.is_json() {
        output.json_line(&json!({ "function": function, "time": line.time, "text": line.text }));
    } else if several {
        output.line(format_args!("{function}  {}", line.text));
    } else {
        output.line(&line.text);
    }
}

/// `90s`, `10m`, `2h`, `1d`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a time: say 90s, 10m, 2h or 1d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    count.checked_mul(seconds).filter(|seconds| *seconds <= 366 * 86400).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_have_a_unit() {
        assert_eq!(duration("90s").map(|time| time.as_secs()), Ok(90));
        assert_eq!(duration("2h").map(|time| time.as_secs()), Ok(7200));
        for wrong in ["", "m", "10", "1w", "-1s", "99999999999999999999d", "9999999d", "1é"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
