//! [`Alarm`]: rings once after a while, and costs nothing until then.
//!
//! While the reactor has a timer of its own, every wait for work is a wait with a time limit: the system arms a clock for it and disarms it
//! again, for each request anew. That is fine for what is rare, like a handler that has to be waited for. What is always pending in a
//! server (a silent connection to be let go, lines to be written) asks the system for one clock that is armed once.

use std::{io, time::Duration};

#[cfg(target_os = "linux")]
pub(crate) use self::linux::Alarm;
#[cfg(not(target_os = "linux"))]
pub(crate) use self::portable::Alarm;

#[cfg(target_os = "linux")]
mod linux {
    use std::{future::pending, os::fd::OwnedFd};

    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
    };
    use tokio::io::{Interest, unix::AsyncFd};

    use super::{Duration, io};

    pub(crate) struct Alarm(AsyncFd<OwnedFd>);

    impl Alarm {
        pub(crate) fn new() -> io::Result<Self> {
            let clock = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK.union(TimerfdFlags::CLOEXEC))?;
            #[allow(deprecated, reason = "what is unsound about it concerns types that do not own their descriptor")]
            Ok(Self(AsyncFd::with_interest(clock, Interest::READABLE)?))
        }

        /// Makes it ring after this time, whatever was set before.
        pub(crate) fn set(&self, after: Duration) {
            let none = Timespec { tv_sec: 0, tv_nsec: 0 };
            let value = Itimerspec { it_interval: none, it_value: after.try_into().unwrap_or(none) };
            // It is a clock, and so is the time: there is nothing to refuse.
            let _ = timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &value);
        }

        /// Waits until it rings.
        pub(crate) async fn rung(&self) {
            loop {
                let Ok(mut ready) = self.0.readable().await else { return pending().await };
                let rings = rustix::io::read(self.0.get_ref(), &mut [0; 8]);
                ready.clear_ready();
                if rings.is_ok() {
                    return;
                }
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use std::sync::Mutex;

    use tokio::sync::Notify;

    use super::{Duration, io};

    pub(crate) struct Alarm {
        after: Mutex<Duration>,
        set: Notify,
    }

    impl Alarm {
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self { after: Mutex::default(), set: Notify::new() })
        }

        /// Makes it ring after this time.
        pub(crate) fn set(&self, after: Duration) {
            if let Ok(mut time) = self.after.lock() {
                *time = after;
            }
            self.set.notify_one();
        }

        /// Waits until it rings.
        pub(crate) async fn rung(&self) {
            self.set.notified().await;
            let after = self.after.lock().map(|time| *time).unwrap_or_default();
            tokio::time::sleep(after).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_once_for_each_time_it_is_set() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let alarm = Alarm::new().unwrap();
            for _ in 0..3 {
                alarm.set(Duration::from_millis(1));
                alarm.rung().await;
            }
            let again = tokio::time::timeout(Duration::from_millis(50), alarm.rung()).await;
            assert!(again.is_err(), "it was not set again");
        });
    }
}
