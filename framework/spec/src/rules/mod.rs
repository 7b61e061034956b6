//! What a target cannot do with a service: FX03xx, one small rule a file.

use crate::{Problem, Service, SourceFile, capabilities::Capabilities};

/// All that `capabilities` forbids in `service`.
pub fn check(service: &Service, capabilities: &Capabilities, source: &SourceFile) -> Vec<Problem> {
    let _ = (service, capabilities, source);
    Vec::new()
}
