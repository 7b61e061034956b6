//! One file for each mistake, and what the compiler says about it. `TRYBUILD=overwrite` writes the answers anew; read them before committing.

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/attribute/*.rs");
    cases.compile_fail("tests/ui/types/*.rs");
    cases.pass("tests/pass/*.rs");
}
