//! What `fx check` says: every `check/TARGET/NAME.yml` against the `NAME.txt` beside it. FX_BLESS=1 accepts a change.

use std::path::Path;

use fx_container_tool::{CONTAINER, KNATIVE, KUBERNETES};
use fx_provider::testing::assert_golden;

#[test]
fn every_file_is_answered_as_its_golden_text_says() {
    for target in [&CONTAINER, &KUBERNETES, &KNATIVE] {
        assert_golden(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check").join(target.name), target);
    }
}
