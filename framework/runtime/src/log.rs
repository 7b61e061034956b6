//! The log: one JSON object a line on standard output, which is what every platform collects.
//!
//! `tracing`'s events become lines with `time`, `level`, `message`, `requestId` and `function` (of the invocation the line was written in),
//! `target` and the event's own fields. FX_LOG says how much: a level, and levels for modules, as in `info,my_crate::db=debug`; `off` leaves
//! logging to a subscriber of the app's own. Spans cost nothing and are not recorded.

mod filter;
mod line;

use std::{
    cell::RefCell,
    io::Write,
    sync::atomic::{AtomicU64, Ordering},
};

use tracing::{
    Event, Metadata, Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
};

use self::{filter::Filter, line::Line};
use crate::current;

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
    let _ = std::io::stdout().lock().write_all(&line::plain(level, message, fields));
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
        let write = |buffer: &mut Vec<u8>| {
            buffer.clear();
            Line::new(event, context.as_ref()).write(buffer);
            // One write a line, so that lines of several threads do not mix. A closed pipe is nobody's fault.
            let _ = std::io::stdout().lock().write_all(buffer);
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
