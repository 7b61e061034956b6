//! Chores of this repository, run as `cargo xtask <chore>`.
//!
//! | chore | module |
//! |---|---|
//! | `test`: everything CI holds a change against | [`mod@test`] |
//! | `audit`: licences, bans and sources of dependencies | [`audit`] |
//! | `bench`: measure what docs/performance.md has figures of | [`mod@bench`] |
//! | `schema`: write `f.schema.json` anew | [`schema`] |

mod audit;
mod bench;
mod browser;
mod process;
mod readme;
mod schema;
mod test;
mod tools;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

/// Chores of the fx repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Install what the tests need, then run all of them: format, lints, tests, docs, browser.
    Test,
    /// Check licences, bans and sources of every dependency with cargo-deny.
    Audit,
    /// Measure functions built by fx against their peers; needs node and npm, strace and valgrind, and a quiet machine.
    Bench,
    /// Write `f.schema.json` anew from `fx schema`.
    Schema,
}

fn main() -> ExitCode {
    let result = match Chore::parse() {
        Chore::Test => test::test_everything(),
        Chore::Audit => audit::check_dependencies(),
        Chore::Bench => bench::measure(),
        Chore::Schema => schema::write(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's top folder.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or_else(|| here.clone(), PathBuf::from)
}
