//! The compiler's own notes on what it read: Makefile rules, with environment variables as comments.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The files that the rules name as inputs.
pub(crate) fn files(text: &str) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((_, inputs)) = line.split_once(": ") else { continue };
        found.extend(unescape(inputs));
    }
    found
}

/// Spaces separate files; a space that belongs to one has a backslash before it.
fn unescape(inputs: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut current = String::new();
    let mut letters = inputs.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&' ') => {
                current.push(' ');
                letters.next();
            }
            ' ' if current.is_empty() => {}
            ' ' => files.push(PathBuf::from(std::mem::take(&mut current))),
            other => current.push(other),
        }
    }
    if !current.is_empty() {
        files.push(PathBuf::from(current));
    }
    files
}

/// The environment variables that the code reads while it is compiled, except those that cargo sets itself.
pub(crate) fn variables(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("# env-dep:"))
        .map(|rest| rest.split_once('=').map_or(rest, |(name, _)| name))
        .filter(|name| !name.starts_with("CARGO_") && !["CARGO", "OUT_DIR", "FX_ENTRYPOINT"].contains(name))
        .map(str::to_owned)
        .collect()
}

/// All `Cargo.toml`s between a source file and the root of the file system: the file's package, and its workspace.
pub(crate) fn manifests(source: &Path) -> impl Iterator<Item = PathBuf> {
    source.ancestors().skip(1).map(|folder| folder.join("Cargo.toml")).filter(|manifest| manifest.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rules_with_spaces_in_names() {
        let text = "/t/unit: /a/src/lib.rs /my\\ code/x.rs\n\n/a/src/lib.rs:\n# env-dep:HOME=/root\n";
        let expected: BTreeSet<PathBuf> = ["/a/src/lib.rs", "/my code/x.rs"].map(PathBuf::from).into();
        assert_eq!(files(text), expected);
    }

    #[test]
    fn reads_variables_set_and_unset() {
        let text =
            "x: y\n# env-dep:TOKEN=abc\n# env-dep:UNSET\n# env-dep:CARGO_PKG_VERSION=1\n# env-dep:FX_ENTRYPOINT=/x\n";
        assert_eq!(variables(text), ["TOKEN".to_owned(), "UNSET".to_owned()].into());
    }
}
