//! The lines by which the platform cuts the log into requests: without them the console shows nothing per request.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fx_provider::emulator::Lines;
use tokio::sync::{Notify, mpsc};

/// How long the last line of an invocation may take after its answer.
const LATE: Duration = Duration::from_secs(2);

/// Which invocations have begun and ended, going by the log.
#[derive(Debug, Default)]
pub(super) struct Record {
    begun: Mutex<BTreeSet<String>>,
    ended: Mutex<BTreeSet<String>>,
    changed: Notify,
}

impl Record {
    /// A way for lines: those that belong to the platform stay here, all others go on to `lines`.
    pub(super) fn listen(record: Arc<Self>, lines: Lines) -> Lines {
        let (said, mut heard) = mpsc::unbounded_channel::<String>();
        tokio::spawn(async move {
            while let Some(line) = heard.recv().await {
                if !record.hear(&line) {
                    let _ = lines.send(line);
                }
            }
        });
        said
    }

    fn hear(&self, line: &str) -> bool {
        let Some(rest) = line.strip_prefix("FC ") else { return false };
        let Some((what, id)) = rest.split_once(" RequestId: ") else { return false };
        let id = id.split(',').next().unwrap_or_default().to_owned();
        let place = match what {
            "Invoke Start" => &self.begun,
            "Invoke End" => &self.ended,
            "Initialize Start" | "Initialize End" | "PreStop Start" | "PreStop End" => return true,
            _ => return false,
        };
        place.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        self.changed.notify_waiters();
        true
    }

    fn take(&self, id: &str) -> bool {
        let take = |place: &Mutex<BTreeSet<String>>| place.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        take(&self.ended) && take(&self.begun)
    }

    /// Waits for the lines of an invocation; says so if they do not come.
    pub(super) async fn check(&self, id: &str, lines: &Lines) {
        let complete = async {
            loop {
                let changed = self.changed.notified();
                if self.take(id) {
                    return;
                }
                changed.await;
            }
        };
        if tokio::time::timeout(LATE, complete).await.is_err() {
            let _ = lines.send(format!(
                "warning: the function did not log `FC Invoke Start RequestId: {id}` and `FC Invoke End RequestId: {id}`"
            ));
        }
    }

    /// The same for an answer that may still be on its way.
    pub(super) fn check_later(self: &Arc<Self>, id: &str, lines: Lines) {
        let (record, id) = (Arc::clone(self), id.to_owned());
        tokio::spawn(async move { record.check(&id, &lines).await });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_invocation_has_a_first_and_a_last_line() {
        let (lines, mut said) = mpsc::unbounded_channel();
        let record = Arc::new(Record::default());
        let heard = Record::listen(Arc::clone(&record), lines.clone());
        for line in
            ["FC Invoke Start RequestId: 1", "hello", "FC Invoke End RequestId: 1, Error: Unhandled function error"]
        {
            heard.send(line.to_owned()).unwrap();
        }
        record.check("1", &lines).await;
        assert_eq!(said.recv().await.unwrap(), "hello");
        assert!(said.try_recv().is_err());
    }
}
