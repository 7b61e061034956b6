//! Standard output, and the lines on their way there.
//!
//! A line is written at once, in one write, behind all that came before it. Where the process goes on between two requests the line about
//! an answered request may wait for others: a write, and the collector woken by it, costs more than all else that is done for a small
//! request. It waits until there is any other line, until there are many, or for a few milliseconds.

use std::{
    io::{self, ErrorKind, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use crate::alarm::Alarm;

/// How long a line may wait.
const PATIENCE: Duration = Duration::from_millis(5);

/// How much may wait: a fraction of what a pipe holds.
const MANY: usize = 16 * 1024;

struct Sink {
    waiting: Vec<u8>,
    // Set: lines may wait, and this says when they have waited long enough.
    alarm: Option<Arc<Alarm>>,
}

static SINK: Mutex<Sink> = Mutex::new(Sink { waiting: Vec::new(), alarm: None });

thread_local! {
    static AT_EXIT: AtExit = const { AtExit };
}

/// Dropped when the thread ends, or ends the process.
struct AtExit;

impl Drop for AtExit {
    fn drop(&mut self) {
        flush();
    }
}

/// Lets lines wait from now on, until [`settle`]. The future writes those that have waited long enough; it never ends.
pub(crate) fn gather() -> io::Result<impl Future<Output = ()>> {
    let alarm = Arc::new(Alarm::new()?);
    sink().alarm = Some(alarm.clone());
    Ok(async move {
        loop {
            alarm.rung().await;
            flush();
        }
    })
}

/// Writes what waits, and every later line at once.
pub(crate) fn settle() {
    sink().alarm = None;
    flush();
}

/// Writes a line, or lets it wait where lines may.
pub(super) fn put(line: &[u8], may_wait: bool) {
    let mut sink = sink();
    let Sink { waiting, alarm } = &mut *sink;
    match alarm.as_ref().filter(|_| may_wait && waiting.len() + line.len() <= MANY) {
        Some(alarm) => {
            if waiting.is_empty() {
                alarm.set(PATIENCE);
                // A handler may end the process.
                let _ = AT_EXIT.try_with(|_| ());
            }
            waiting.extend_from_slice(line);
        }
        None if waiting.is_empty() => write(&mut io::stdout().lock(), line),
        None => {
            waiting.extend_from_slice(line);
            write(&mut io::stdout().lock(), waiting);
            waiting.clear();
        }
    }
}

fn flush() {
    let waiting = &mut sink().waiting;
    if !waiting.is_empty() {
        write(&mut io::stdout().lock(), waiting);
        waiting.clear();
    }
}

fn sink() -> MutexGuard<'static, Sink> {
    // Nothing in here is left half done by a panic.
    SINK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes everything. That nobody reads it any more is nobody's fault; somebody slow is waited for, as a pipe that blocks would.
fn write(to: &mut impl Write, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(written @ 1..) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(1)),
            Ok(0) | Err(_) => return,
        }
    }
    // What was taken of a line cut in two is not out yet.
    while to.flush().is_err_and(|error| error.kind() == ErrorKind::WouldBlock) {
        thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{LineWriter, Read},
        os::unix::net::UnixStream,
    };

    use super::*;

    #[test]
    fn a_slow_reader_gets_everything_in_order() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        // As standard output is, if whoever reads it has made it so.
        ours.set_nonblocking(true).unwrap();
        let lines: String = (0..100_000).map(|number| format!("line {number}\n")).collect();
        let expected = lines.clone();
        let writer = thread::spawn(move || write(&mut LineWriter::new(ours), lines.as_bytes()));
        let mut text = String::new();
        theirs.read_to_string(&mut text).unwrap();
        writer.join().unwrap();
        assert!(text == expected, "{} of {} bytes", text.len(), expected.len());
    }

    #[test]
    fn nobody_has_to_read() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        drop(theirs);
        write(&mut LineWriter::new(ours), b"line\nline\n");
    }
}
