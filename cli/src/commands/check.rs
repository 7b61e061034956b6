//! `fx check`: everything that is wrong, at once, without compiling anything.

use clap::Args;
use fx_spec::Problem;

use crate::{
    args::FileArgs,
    codes,
    local::variables::Variables,
    output::{Output, Report},
    project::{Project, find},
    targets,
};

/// Arguments of `fx check`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx check --provider aws,container")]
pub struct CheckCommand {
    #[command(flatten)]
    file: FileArgs,

    /// Check against this target's limits: a name, several with commas, or `all` [default: provider.name in f.yml].
    #[arg(long, value_name = "NAMES", value_parser = targets::Names::several())]
    provider: Option<String>,

    /// Look at f.yml only, not at the functions it names.
    #[arg(long)]
    no_code: bool,
}

impl CheckCommand {
    /// Prints all problems; errors make it fail.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let targets = self.provider.as_deref().map(targets::select).transpose()?;
        let mut project = Project::open(&find(&self.file)?)?;
        let has_code = self.no_code || project.scan();
        let (mut report, service) = project.check(targets.as_deref(), &Variables::of_process());
        if !has_code && service.is_some_and(|service| !service.units.is_empty()) {
            report.extend([Problem::warning(codes::NO_CODE, "there is no Cargo package here: only f.yml was checked")
                .help("name its folder with `crate:` in f.yml, or say --no-code")]);
        }
        if report.has_errors() {
            return Err(report);
        }
        output.report(&report);
        if !output.is_json() {
            output.line(summary(&report));
        }
        Ok(())
    }
}

fn summary(report: &Report) -> String {
    match report.warnings().count() {
        0 => "no problems found".to_owned(),
        1 => "no errors, 1 warning".to_owned(),
        many => format!("no errors, {many} warnings"),
    }
}
