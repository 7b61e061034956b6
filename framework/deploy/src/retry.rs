//! How long a deploy puts up with a platform that is busy.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;

use crate::{Cancel, CloudError, Kind, Pending, Progress, ResourceId};

/// How often a call is made again, and how long all of it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often one step is tried again after failures that pass.
    pub retries: usize,
    /// The first pause. Each further one is twice as long, with a random part.
    pub first_pause: Duration,
    /// The longest pause; a platform that names a longer one is not asked more than this either.
    pub longest_pause: Duration,
    /// The pause between two looks at a resource that is not ready.
    pub poll: Duration,
    /// Time for everything together.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            retries: 8,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(20),
            poll: Duration::from_secs(1),
            total: Duration::from_secs(900),
        }
    }
}

/// One deploy's time: its patience, when it ends, and who may stop it.
#[derive(Clone, Copy)]
pub(crate) struct Clock<'a> {
    pub patience: &'a Patience,
    pub cancel: &'a Cancel,
    end: Instant,
}

impl<'a> Clock<'a> {
    pub fn start(patience: &'a Patience, cancel: &'a Cancel) -> Self {
        Self { patience, cancel, end: Instant::now() + patience.total }
    }

    /// An error once the time is over.
    pub fn check(&self, what: &str) -> Result<(), CloudError> {
        if Instant::now() < self.end { Ok(()) } else { Err(self.timed_out(what)) }
    }

    /// An error once the time is over, or the user has had enough.
    pub fn go_on(&self, what: &str) -> Result<(), CloudError> {
        if self.cancel.is_cancelled() { Err(stopped(what)) } else { self.check(what) }
    }

    fn timed_out(&self, what: &str) -> CloudError {
        CloudError::new(Kind::TimedOut, what, format!("not done within {} s", self.patience.total.as_secs()))
    }

    /// Sleeps, unless the time is over or the user has had enough.
    pub async fn pause(&self, pause: Duration, what: &str) -> Result<(), CloudError> {
        let wake = Instant::now() + pause;
        if wake > self.end {
            return Err(self.timed_out(what));
        }
        tokio::select! {
            () = tokio::time::sleep_until(wake) => Ok(()),
            () = self.cancel.cancelled() => Err(stopped(what)),
        }
    }
}

fn stopped(what: &str) -> CloudError {
    CloudError::new(Kind::Interrupted, what, "stopped")
}

/// The pauses of one step, counted.
pub(crate) struct Pauses<'a> {
    clock: Clock<'a>,
    pauses: ExponentialBackoff,
}

impl<'a> Pauses<'a> {
    pub fn new(clock: Clock<'a>) -> Self {
        let patience = clock.patience;
        let pauses = ExponentialBuilder::default()
            .with_min_delay(patience.first_pause)
            .with_max_delay(patience.longest_pause)
            .with_max_times(patience.retries)
            .with_jitter()
            .build();
        Self { clock, pauses }
    }

    /// Waits before the next try. `Err`: there is none; what failed is given back.
    pub async fn after(
        &mut self,
        error: CloudError,
        id: &ResourceId,
        progress: &dyn Progress,
    ) -> Result<(), CloudError> {
        let Some(pause) = self.next(&error) else { return Err(error) };
        progress.retrying(id, &error, pause);
        self.wait(pause, error).await
    }

    fn next(&mut self, error: &CloudError) -> Option<Duration> {
        let pause = self.pauses.next()?;
        Some(error.pause().map_or(pause, |asked| asked.max(pause)).min(self.clock.patience.longest_pause))
    }

    async fn wait(&self, pause: Duration, error: CloudError) -> Result<(), CloudError> {
        self.clock.pause(pause, error.operation()).await.map_err(|stop| match stop.kind() {
            // The reason is what failed, not that there is no time left to try it again.
            Kind::TimedOut => error,
            _ => stop,
        })
    }
}

/// Asks a platform something that is of no one resource, and again while its answer is a failure that passes. Only for what
/// changes nothing.
pub async fn insist<'a, T>(
    patience: &Patience,
    cancel: &Cancel,
    ask: impl Fn() -> Pending<'a, T>,
) -> Result<T, CloudError> {
    let mut pauses = Pauses::new(Clock::start(patience, cancel));
    loop {
        match ask().await {
            Err(error) if error.is_temporary() => match pauses.next(&error) {
                Some(pause) => pauses.wait(pause, error).await?,
                None => return Err(error),
            },
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Fails this often in this way, then answers.
    async fn asked(failures: usize, kind: Kind) -> (Result<&'static str, Kind>, usize) {
        let asked = AtomicUsize::new(0);
        let ask = || -> Pending<'_, &'static str> {
            let count = asked.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                if count < failures { Err(CloudError::new(kind, "ListFunctions", "no")) } else { Ok("answer") }
            })
        };
        let answer = insist(&Patience::default(), &Cancel::new(), ask).await.map_err(|error| error.kind());
        (answer, asked.load(Ordering::Relaxed))
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_is_asked_again_while_the_failure_is_one_that_passes() {
        assert_eq!(asked(3, Kind::Throttled).await, (Ok("answer"), 4));
        assert_eq!(asked(1, Kind::Denied).await, (Err(Kind::Denied), 1));
        assert_eq!(asked(99, Kind::Unavailable).await, (Err(Kind::Unavailable), 9));
    }
}
