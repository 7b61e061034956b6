//! `include_dir!` cannot watch folders on stable Rust: this rebuilds the crate when a template is added, removed or changed.

fn main() {
    for folder in ["entrypoint", "manifest", "project"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
