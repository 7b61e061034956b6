//! The log: one JSON object a line on standard output, which is what every platform collects.
//!
//! `tracing`'s events become lines with `time`, `level`, `message`, `requestId` and `function` (of the invocation the line was written in),
//! `target` and the event's own fields. FX_LOG says how much: a level, and levels for modules, as in `info,my_crate::db=debug`; `off` leaves
//! logging to a subscriber of the app's own. Spans cost nothing and are not recorded.
//!
//! Every line is written at once, with one exception: a server that is not frozen between two requests (a container, this machine) lets the
//! line about an answered request wait for others, 5 ms at most. Lines stay in order, whatever a handler says is out before it goes on,
//! and none is lost when the process is told to stop, when a handler panics or calls `exit`; SIGKILL takes what waited.

mod filter;
mod json;
mod line;
mod sink;
mod time;

use std::{
    cell::RefCell,
    sync::atomic::{AtomicU64, Ordering},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
};

use self::filter::Filter;
pub(crate) use self::sink::{gather, settle};
use crate::current;

/// What the line about an answered request has as its target.
pub(crate) const REQUEST: &str = "fx::request";

/// Makes `tracing` write JSON lines, unless FX_LOG is `off` or there is a subscriber already.
pub fn install() {
    let filter = std::env::var("FX_LOG").map_or_else(|_| Filter::default(), |text| Filter::parse(&text));
    if filter.max() != LevelFilter::OFF {
        // Somebody was here before: their subscriber stays.
        let _ = tracing::subscriber::set_global_default(JsonLines { filter, spans: AtomicU64::new(1) });
    }
}

/// Writes a line whatever FX_LOG says: where the process listens and why it does not start, others depend on.
pub(crate) fn always(level: &str, message: &str, fields: &[(&str, &str)]) {
    let mut line = Vec::new();
    line::plain(level, message, fields, &mut line);
    sink::put(&line, false);
}

struct JsonLines {
    filter: Filter,
    spans: AtomicU64,
}

thread_local! {
    // One buffer a thread, kept: a line costs no allocation of its own.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Subscriber for JsonLines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && self.filter.allows(metadata.target(), *metadata.level())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.filter.max())
    }

    fn event(&self, event: &Event<'_>) {
        let context = current::context();
        let metadata = event.metadata();
        // What a handler says is out before it does anything else; this is said after it has ended.
        let may_wait = metadata.target() == REQUEST && *metadata.level() == Level::INFO;
        let write = |buffer: &mut Vec<u8>| {
            buffer.clear();
            line::write(event, context.as_ref(), buffer);
            sink::put(buffer, may_wait);
        };
        BUFFER.with(|buffer| match buffer.try_borrow_mut() {
            Ok(mut buffer) => write(&mut buffer),
            // A value being logged logs something itself.
            Err(_) => write(&mut Vec::new()),
        });
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
