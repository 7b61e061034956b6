//! Asking before something is changed.

use std::io::IsTerminal;

use dialoguer::Confirm;
use fx_spec::Problem;

use crate::{
    codes,
    output::{Output, Report},
};

/// Whether the user wants it. Where nobody can be asked, `--yes` has to say so.
pub fn confirm(question: &str, yes: bool, output: &Output) -> Result<bool, Report> {
    if yes {
        return Ok(true);
    }
    if output.is_json() || !output.terminal() || !std::io::stdin().is_terminal() {
        return Err(Problem::error(codes::NOT_CONFIRMED, "nobody is there to confirm the plan")
            .help("look at it with --dry-run, and apply it with --yes")
            .into());
    }
    Confirm::new().with_prompt(question).default(false).interact().map_err(|error| {
        Problem::error(codes::SYSTEM, format!("cannot ask: {error}")).help("apply the plan with --yes").into()
    })
}
