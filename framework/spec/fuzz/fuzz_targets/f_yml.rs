//! Any bytes: read as a file would be, resolved and drawn. `tests/properties.rs` does the same with stable Rust.
#![no_main]

use std::path::Path;

use fx_spec::{Document, Request, render};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(document) = Document::parse("f.yml", text, Path::new(".")) else { return };
    let variables = |name: &str| (name.len() % 2 == 0).then(|| name.to_owned());
    let request = Request { target: None, targets: &[], variables: &variables, udev: Default::default(), code: &[] };
    for problem in document.resolve(&request).problems {
        render(&problem, Some(document.source()), false);
    }
});
