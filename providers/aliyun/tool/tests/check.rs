//! What `fx check` says: every `check/NAME.yml` against the `NAME.txt` beside it. FX_BLESS=1 accepts a change.

use std::path::Path;

use fx_aliyun_tool::LIMITS;
use fx_provider::testing::{assert_golden, problems};

#[test]
fn every_file_is_answered_as_its_golden_text_says() {
    assert_golden(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check"), &LIMITS);
}

/// The file this framework was made for: its runtime says nothing about Rust.
#[test]
fn the_seeds_file_loads_with_warnings_only() {
    let said = problems(include_str!("../../../../framework/spec/tests/fixtures/seed/f.yml"), &LIMITS);
    assert!(said.contains("warning[FX0152]") && said.ends_with("errors: 0, warnings: 1\n"), "{said}");
}
