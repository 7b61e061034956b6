//! Whatever stands in the files, the scan comes back with an answer.

use std::fs;

use fx_build::scan;
use proptest::prelude::*;

/// A package with this library, this Cargo.toml, and a module file.
fn scan_of(manifest: &str, library: &[u8]) -> fx_build::Scan {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).expect("a file");
    fs::create_dir(folder.path().join("src")).expect("a folder");
    write("Cargo.toml", manifest.as_bytes());
    write("src/lib.rs", library);
    write("src/main.rs", b"fx::entrypoint!();");
    write("src/a.rs", b"use super::*;\n#[func] pub async fn one() {}\nmod lib;");
    scan(folder.path())
}

const MANIFEST: &str = "package.name = \"a\"\ndependencies.fx = \"1\"\n";

/// Pieces that Rust sources are made of, and some that they should not be.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "#[func]",
        "#[func(\"a.b\", http = \"GET /\")]",
        "#[func(",
        ")]",
        "#[fx::app]",
        "#[cfg(test)]",
        "#[cfg(not(unix))]",
        "#[cfg_attr(unix, func)]",
        "#[path = \"lib.rs\"]",
        "#[path = \"\"]",
        "#![cfg(any())]",
        "#!/bin/sh\n",
        "mod a;",
        "mod a {",
        "}",
        "pub ",
        "async ",
        "fn one() {}",
        "fn two(t: Timer, Json(a): Json<A>) -> Result<()> {}",
        "use fx::prelude::*;",
        "use super::*;",
        "use fx::func as a;",
        "use a::func;",
        "pub use a::*;",
        "use self::{self as b, super::c};",
        "impl A { ",
        "\"",
        "'",
        "中文",
        "\u{feff}",
        "\r\n",
        "/*",
        "*/",
        "//",
        "(",
        "r#type",
        "r#\"",
        "!",
        "macro_rules! m { () => { #[func] } }",
        "include!(\"a.rs\");",
        ";",
        ",",
        "<",
        ">",
        "::",
        " ",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_for_a_library(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        scan_of(MANIFEST, &bytes);
    }

    #[test]
    fn any_text_for_a_library(text in "\\PC{0,200}") {
        scan_of(MANIFEST, text.as_bytes());
    }

    #[test]
    fn shuffled_rust(pieces in prop::collection::vec(piece(), 0..30)) {
        let text = pieces.concat();
        let scan = scan_of(MANIFEST, text.as_bytes());
        for problem in &scan.problems {
            if let (Some(source), Some(span)) = (scan.source(problem), &problem.span) {
                prop_assert!(span.start <= span.end && span.end <= source.text.len(), "{problem:?} in {text:?}");
                prop_assert!(source.text.is_char_boundary(span.start), "{problem:?} in {text:?}");
            }
        }
    }

    #[test]
    fn any_text_for_a_manifest(text in "\\PC{0,100}") {
        scan_of(&text, b"");
        scan_of(&format!("{MANIFEST}{text}"), b"");
    }
}
