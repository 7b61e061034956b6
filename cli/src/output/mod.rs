//! What people and programs get to see: results on stdout, everything else on stderr.

pub mod describe;
mod report;
mod table;

use std::{
    fmt::Display,
    io::{IsTerminal, Write},
};

use serde::Serialize;

pub use self::{
    report::{Problems, Report},
    table::Table,
};

/// Where a command's words go. With `--json`, stdout carries JSON and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
    colour: bool,
    terminal: bool,
}

impl Output {
    /// Looks at the terminal and at `NO_COLOR`.
    pub fn new(json: bool) -> Self {
        let stderr = std::io::stderr();
        let colour = !matches!(anstream::AutoStream::choice(&stderr), anstream::ColorChoice::Never);
        Self { json, colour, terminal: stderr.is_terminal() }
    }

    /// Whether stdout is for a program.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether stderr may be coloured.
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// Whether stderr is a terminal, where a progress display makes sense.
    pub fn terminal(&self) -> bool {
        self.terminal
    }

    /// The one JSON value of a command.
    pub fn json<T: Serialize>(&self, value: &T) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.raw(&format!("{text}\n")),
            Err(error) => self.note(format_args!("cannot write the answer as JSON: {error}")),
        }
    }

    /// One JSON value on a line of its own, for a stream of them.
    pub fn json_line<T: Serialize>(&self, value: &T) {
        match serde_json::to_string(value) {
            Ok(text) => self.raw(&format!("{text}\n")),
            Err(error) => self.note(format_args!("cannot write the event as JSON: {error}")),
        }
    }

    /// A line for people on stdout; nothing with `--json`. Styles disappear where they are not wanted.
    pub fn line(&self, text: impl Display) {
        if !self.json {
            // A reader that has gone away (`fx config | head`) is no reason to complain.
            let _ = writeln!(anstream::stdout(), "{text}");
        }
    }

    /// Text for stdout exactly as it is.
    pub fn raw(&self, text: &str) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }

    /// A line for people on stderr.
    pub fn note(&self, text: impl Display) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// Problems, as people (stderr) or programs (stdout) want them.
    pub fn report(&self, report: &Report) {
        if self.json {
            self.json(&report.data());
        } else if let Some(text) = report.render(true) {
            let _ = write!(anstream::stderr(), "{text}");
        }
    }
}
