//! [`Desk`]: where a process asks for its work and hands in what it made of it.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    process::ExitStatus,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{mpsc, oneshot, watch};

use super::{Failure, Process};

/// How many answered invocations are remembered, to tell a second answer from one that was never asked for.
const REMEMBERED: usize = 64;

/// One process's desk. `J` is what is handed out, `R` what is handed in.
#[derive(Debug)]
pub struct Desk<J, R> {
    init: watch::Sender<Option<Result<(), Failure>>>,
    put: mpsc::UnboundedSender<J>,
    jobs: tokio::sync::Mutex<mpsc::UnboundedReceiver<J>>,
    open: Mutex<BTreeMap<String, Option<oneshot::Sender<R>>>>,
}

/// Why a process did not become ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotReady {
    /// It said why.
    Failed(Failure),
    /// It ended.
    Ended(Option<ExitStatus>),
    /// It took too long.
    Silent,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// It took too long.
    TimedOut,
    /// The process ended.
    Ended(Option<ExitStatus>),
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Nobody asked for it.
    Unknown,
    /// There was one already.
    Second,
}

impl<J, R> Default for Desk<J, R> {
    fn default() -> Self {
        let (put, jobs) = mpsc::unbounded_channel();
        Self { init: watch::Sender::new(None), put, jobs: tokio::sync::Mutex::new(jobs), open: Mutex::default() }
    }
}

impl<J, R> Desk<J, R> {
    /// The process says how its start went; only what it says first counts.
    pub fn started(&self, outcome: Result<(), Failure>) {
        self.init.send_if_modified(|init| {
            let first = init.is_none();
            if first {
                *init = Some(outcome);
            }
            first
        });
    }

    /// Waits for the process to be ready.
    ///
    /// # Errors
    /// It is not, and will not be.
    pub async fn ready(&self, process: &Process, limit: Duration) -> Result<(), NotReady> {
        let mut init = self.init.subscribe();
        let said = async { init.wait_for(Option::is_some).await.ok().and_then(|init| init.clone()) };
        tokio::select! {
            biased;
            Some(outcome) = said => outcome.map_err(NotReady::Failed),
            status = process.ended() => Err(NotReady::Ended(status)),
            () = tokio::time::sleep(limit) => Err(NotReady::Silent),
        }
    }

    /// Puts a job on the desk.
    pub fn put(&self, id: &str, job: J) -> oneshot::Receiver<R> {
        let (answered, answer) = oneshot::channel();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        while open.len() >= REMEMBERED {
            let Some(old) = open.iter().find(|(_, sender)| sender.is_none()).map(|(id, _)| id.clone()) else { break };
            open.remove(&old);
        }
        open.insert(id.to_owned(), Some(answered));
        // The receiving end is a field of this desk.
        let _ = self.put.send(job);
        answer
    }

    /// Waits for an answer, for as long as the process may take.
    ///
    /// # Errors
    /// It took longer, or ended.
    pub async fn answer(
        &self,
        answer: &mut oneshot::Receiver<R>,
        process: &Process,
        limit: Duration,
    ) -> Result<R, Lost> {
        tokio::select! {
            biased;
            Ok(answer) = &mut *answer => Ok(answer),
            status = process.ended() => Err(Lost::Ended(status)),
            () = tokio::time::sleep(limit) => Err(Lost::TimedOut),
        }
    }

    /// The next job, as the process asks for it: waits as long as it takes.
    pub async fn next(&self) -> Option<J> {
        self.jobs.lock().await.recv().await
    }

    /// Whether an answer to this would be taken.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, id: &str) -> Result<(), Refused> {
        match self.open.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            Some(Some(_)) => Ok(()),
            Some(None) => Err(Refused::Second),
            None => Err(Refused::Unknown),
        }
    }

    /// The process hands in an answer.
    ///
    /// # Errors
    /// Nobody asked for it, or it was answered before.
    pub fn hand_in(&self, id: &str, answer: R) -> Result<(), Refused> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.entry(id.to_owned()) {
            Entry::Vacant(_) => Err(Refused::Unknown),
            Entry::Occupied(mut entry) => match entry.get_mut().take() {
                None => Err(Refused::Second),
                Some(sender) => {
                    // Who asked may have given up.
                    let _ = sender.send(answer);
                    Ok(())
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_job_is_answered_once() {
        let desk: Desk<&str, &str> = Desk::default();
        let answer = desk.put("1", "work");
        assert_eq!(desk.next().await, Some("work"));
        assert_eq!(desk.check("1"), Ok(()));
        assert_eq!(desk.hand_in("2", "x"), Err(Refused::Unknown));
        assert_eq!(desk.hand_in("1", "done"), Ok(()));
        assert_eq!((desk.check("1"), desk.hand_in("1", "again")), (Err(Refused::Second), Err(Refused::Second)));
        assert_eq!(answer.await.unwrap(), "done");
    }

    #[tokio::test]
    async fn a_job_waits_for_whoever_asks_next() {
        let desk: Desk<u8, ()> = Desk::default();
        // A connection that breaks while it waits takes nothing with it.
        assert!(tokio::time::timeout(Duration::from_millis(10), desk.next()).await.is_err());
        let _answer = desk.put("1", 7);
        assert_eq!(desk.next().await, Some(7));
    }
}
