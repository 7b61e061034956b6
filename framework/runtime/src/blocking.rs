//! [`blocking`]: work that would hold up the one thread all invocations share.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
};

use tokio::sync::Semaphore;

use crate::{
    current,
    error::{Error, Result},
    panic::Panic,
};

/// Runs `work` (SQLite, password hashing, file access) on a thread of a small pool, and waits for it.
///
/// The pool is bounded: FX_BLOCKING_THREADS threads, by default two per processor and at least four; further work queues.
/// A panic in `work` is an [`Error`], not the end of the process. Log lines written by `work` carry the request id.
///
/// ```
/// # fn main() -> fx_runtime::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let sum = fx_runtime::blocking(|| (1..=1000u64).sum::<u64>()).await?;
/// assert_eq!(sum, 500_500);
/// # Ok(())
/// # })
/// # }
/// ```
pub fn blocking<T, F>(work: F) -> impl Future<Output = Result<T>> + Send + 'static
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    // Taken here and not when first polled: here is surely inside the invocation.
    let context = current::context();
    async move {
        let permit = pool().acquire().await?;
        let finished = tokio::task::spawn_blocking(move || {
            let _entered = context.as_ref().map(current::enter);
            let result = catch_unwind(AssertUnwindSafe(work));
            // Given back by the thread itself: an invocation that stops waiting does not free the thread it occupied.
            drop(permit);
            result
        })
        .await?;
        finished.map_err(|payload| {
            let panic = Panic::from_payload(payload.as_ref());
            Error::from(std::io::Error::other(format!("panic in blocking work: {}", panic.message)))
        })
    }
}

fn pool() -> &'static Semaphore {
    static POOL: OnceLock<Semaphore> = OnceLock::new();
    POOL.get_or_init(|| Semaphore::new(threads()))
}

/// More threads than this, nobody may ask for.
pub(crate) const MOST: usize = 512;

/// How many threads the pool may have.
fn threads() -> usize {
    let set = std::env::var("FX_BLOCKING_THREADS").ok().and_then(|text| text.parse().ok());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    set.filter(|threads| (1..=MOST).contains(threads)).unwrap_or_else(|| (2 * processors).clamp(4, 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    fn run<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn a_panic_is_an_error_and_frees_its_place() {
        for _ in 0..threads() + 1 {
            let error = run(blocking(|| panic!("disk on fire"))).map(|(): ()| ()).unwrap_err();
            assert_eq!(error.message(), "internal error");
            assert!(error.detail().unwrap().contains("disk on fire"));
        }
    }

    #[test]
    fn work_belongs_to_its_invocation() {
        let context = Context::called("r-7");
        let work = {
            let _entered = current::enter(&context);
            blocking(|| current::context().map(|context| context.request_id().to_owned()))
        };
        assert_eq!(run(work).unwrap().as_deref(), Some("r-7"));
    }
}
