//! The guard around every invocation: a panic answers that one invocation, the process lives on.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

use crate::{context::Context, current};

/// What a panic said.
#[derive(Debug)]
pub struct Panic {
    /// The text given to `panic!`, for the log.
    pub message: String,
}

impl Panic {
    pub(crate) fn from_payload(payload: &dyn Any) -> Self {
        let text = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
        Self { message: text.unwrap_or("a panic without a text").to_owned() }
    }
}

/// Runs `future` as the work of `context`: its log lines carry the request id, and a panic ends it alone.
pub(crate) async fn guard<F: Future>(context: &Context, future: F) -> Result<F::Output, Panic> {
    let mut future = pin!(future);
    std::future::poll_fn(move |task| {
        let _entered = current::enter(context);
        // The future is never polled again after a panic, so a broken invariant inside it cannot be seen.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(task))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(Panic::from_payload(payload.as_ref() as &dyn Any))),
        }
    })
    .await
}

/// Reports panics as log lines (with the request id of the invocation that panicked) in place of text on stderr.
pub(crate) fn report_to_log() {
    std::panic::set_hook(Box::new(|info| {
        let panic = Panic::from_payload(info.payload());
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(target: "fx::panic", location, "panic: {}", panic.message);
        // Long, and slow to make: only for someone who looks for it.
        if tracing::enabled!(target: "fx::panic", tracing::Level::DEBUG) {
            let backtrace = std::backtrace::Backtrace::force_capture();
            tracing::debug!(target: "fx::panic", %backtrace, "where it panicked");
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn a_panic_is_an_answer() {
        let context = Context::for_test();
        let panicked = block_on(guard(&context, async {
            tokio::task::yield_now().await;
            panic!("no {}", "luck")
        }));
        let _: Result<(), Panic> = panicked.inspect_err(|panic| assert_eq!(panic.message, "no luck"));
        assert!(current::context().is_none());
    }

    #[test]
    fn the_context_is_current_on_every_poll() {
        let context = Context::called("here");
        let id = || current::context().map(|context| context.request_id().to_owned());
        let seen = block_on(guard(&context, async move {
            let before = id();
            tokio::task::yield_now().await;
            (before, id())
        }));
        assert_eq!(seen.unwrap(), (Some("here".to_owned()), Some("here".to_owned())));
    }
}
