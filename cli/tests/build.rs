//! What `fx build` refuses before it compiles anything.

mod support;

use support::{folder_with, run};

#[test]
fn another_target_is_told_what_to_do_instead() {
    let folder = folder_with("service: shop\n");
    for (target, help) in [("aws", "`fx package --provider aws`"), ("container", "leave out --provider")] {
        let finished = run(folder.path(), &["build", "--provider", target]);
        assert_eq!(finished.code, Some(1));
        assert!(finished.stderr.contains("FX0503") && finished.stderr.contains(help), "{}", finished.stderr);
    }
}
