//! [`Pulse`]: time in steps of five seconds, for what takes tens of seconds and hardly ever happens.
//!
//! Each request ends one wait for a client and begins another. Here that is a number to compare, where the reactor's timers would be
//! set and unset each time.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::rt::{Sleep, Timer};

/// From one beat to the next.
pub(super) const STEP: Duration = Duration::from_secs(5);

/// A clock that somebody has to move on. Nobody is woken by it: who waits has to be polled at each beat.
#[derive(Debug, Clone)]
pub(super) struct Pulse {
    start: Instant,
    beats: Arc<AtomicU32>,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), beats: Arc::default() }
    }

    /// A step has passed.
    pub(super) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }
}

impl Timer for Pulse {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let steps = deadline.saturating_duration_since(self.start).as_secs().div_ceil(STEP.as_secs());
        // The next beat may come at once: it does not count.
        let until = u32::try_from(steps).unwrap_or(u32::MAX).saturating_add(1);
        Box::pin(Wait { beats: self.beats.clone(), until })
    }

    fn now(&self) -> Instant {
        self.start + STEP * self.beats.load(Ordering::Relaxed)
    }
}

struct Wait {
    beats: Arc<AtomicU32>,
    until: u32,
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.beats.load(Ordering::Relaxed) >= self.until { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Sleep for Wait {}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn nobody_is_let_go_too_early_and_nobody_much_too_late() {
        let pulse = Pulse::new();
        for _ in 0..3 {
            let mut wait = pulse.sleep_until(pulse.now() + Duration::from_secs(30));
            for beat in 0..7 {
                assert!(wait.as_mut().now_or_never().is_none(), "after {beat} beats");
                pulse.beat();
            }
            assert!(wait.as_mut().now_or_never().is_some());
        }
    }
}
