//! A build's progress on the console.

use std::sync::Arc;

use fx_build::{Diagnostic, Progress};

use super::console::Console;

/// Tells the console what a build is doing.
#[derive(Debug)]
pub struct Steps(pub Arc<Console>);

impl Progress for Steps {
    fn started(&self, unit: &str) {
        self.0.begin(&format!("building {unit}"));
    }

    fn waiting(&self, _unit: &str) {
        self.0.progress("waiting for another cargo or fx to finish");
        self.0.meanwhile(|| "waiting for another cargo or fx to finish".to_owned());
    }

    fn compiling(&self, unit: &str, crate_name: &str, done: usize, total: Option<usize>) {
        let steps = total.map(|total| format!(" {done}/{total}")).unwrap_or_default();
        self.0.progress(format!("building {unit}{steps} {crate_name}"));
        self.0.meanwhile(|| match total {
            Some(total) => format!("building {unit}: compiling {done}/{total} crates"),
            None => format!("building {unit}: compiling {crate_name}"),
        });
    }

    fn warning(&self, _unit: &str, warning: &Diagnostic) {
        self.0.print(|output| {
            if !output.is_json() {
                output.note(warning.rendered.trim_end());
            }
        });
    }
}
