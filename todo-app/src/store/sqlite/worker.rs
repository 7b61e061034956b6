//! A thread that owns a connection. SQLite blocks, so it never runs on the thread that serves requests.

use std::{
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreError;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;
type Cause = Box<dyn Error + Send + Sync>;

/// A connection on a thread of its own, which runs one job after the other.
pub(super) struct Worker {
    // Behind a lock so that `stop` can take it away: without a sender the thread ends.
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    stopped: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

impl Worker {
    /// Starts the thread.
    pub(super) fn start(name: &str, mut connection: Connection) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let (ended, stopped) = oneshot::channel();
        let work = move || {
            for job in queue {
                // A panicking job answers nobody (its sender is dropped) and rolls back; the thread serves the next one.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut connection)));
            }
            drop(connection);
            let _ = ended.send(());
        };
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(work)
            .map_err(|error| StoreError::because("start its thread", error))?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), stopped: tokio::sync::Mutex::new(Some(stopped)) })
    }

    /// Queues a job at once; the future is its answer. Dropping the future does not stop the job.
    pub(super) fn run<T, F>(&self, job: F) -> impl Future<Output = Result<T, Cause>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let _ = reply.send(job(connection));
        });
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        // When the worker is stopped the job is dropped here, and its sender with it.
        let _ = jobs.as_ref().map(|jobs| jobs.send(job));
        async move { Ok(answer.await.map_err(|_| "its worker has stopped or failed")??) }
    }

    /// Lets the queued jobs finish, then closes the connection.
    pub(super) async fn stop(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(stopped) = self.stopped.lock().await.take() {
            let _ = stopped.await;
        }
    }
}
