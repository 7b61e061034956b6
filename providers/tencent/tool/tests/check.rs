//! What `fx check` says: every `check/NAME.yml` against the `NAME.txt` beside it. FX_BLESS=1 accepts a change.

use std::path::Path;

use fx_provider::testing::{assert_golden, problems};
use fx_tencent_tool::LIMITS;

#[test]
fn every_file_is_answered_as_its_golden_text_says() {
    assert_golden(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check"), &LIMITS);
}

/// The file this framework was made for: its runtime says nothing about Rust, and its gateway is gone.
#[test]
fn the_seeds_file_loads_with_warnings_only() {
    let said = problems(include_str!("../../../../framework/spec/tests/fixtures/seed/f-tx.yml"), &LIMITS);
    assert!(said.contains("warning[FX0152]") && said.ends_with("errors: 0, warnings: 3\n"), "{said}");
    assert!(said.contains("warning[FX0326]: `serviceId`") && said.contains("f.yml:7:14"), "{said}");
    assert!(said.contains("warning[FX0327]: fx makes no domain `qy.mdemo.cn`"), "{said}");
}
