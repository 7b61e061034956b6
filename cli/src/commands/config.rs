//! `fx config`: what f.yml means once defaults, overrides and code are taken together.

use clap::Args;
use fx_spec::{Problem, rules};
use serde::Serialize;

use crate::{
    args::FileArgs,
    local::variables::Variables,
    output::{
        Output, Report,
        describe::{self, Description},
    },
    project::{Project, find},
    targets,
};

/// Arguments of `fx config`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx config --provider aws --json")]
pub struct ConfigCommand {
    #[command(flatten)]
    file: FileArgs,

    /// The target to resolve it for [default: provider.name in f.yml].
    #[arg(short, long, value_name = "NAME", value_parser = targets::Names::one())]
    provider: Option<String>,
}

impl ConfigCommand {
    /// Prints the meaning; problems in f.yml make it fail. What the target cannot do is only warned about: it changes
    /// nothing about what the file means.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let target = self.provider.as_deref().map(targets::one).transpose()?;
        let mut project = Project::open(&find(&self.file)?)?;
        project.scan();
        let resolved = project.resolve(target, &Variables::of_process());
        let mut report = Report::default();
        report.source(project.source().clone());
        report.extend(resolved.problems);
        let service = match resolved.service {
            Some(service) if !report.has_errors() => service,
            _ => return Err(report.sorted()),
        };
        let limits = rules::check(&service, target.unwrap_or_else(|| project.default_target()), project.source());
        report.extend(limits.into_iter().map(as_warning));
        let report = report.sorted();
        if output.is_json() {
            let warnings = report.warnings().map(Warning::from).collect();
            output.json(&Configuration { service: Description::of(&service), warnings });
        } else {
            output.report(&report);
            output.line(describe::service(&service));
        }
        Ok(())
    }
}

fn as_warning(mut problem: Problem) -> Problem {
    problem.severity = fx_spec::Severity::Warning;
    problem
}

#[derive(Debug, Serialize)]
struct Configuration<'a> {
    #[serde(flatten)]
    service: Description<'a>,
    warnings: Vec<Warning<'a>>,
}

#[derive(Debug, Serialize)]
struct Warning<'a> {
    code: &'a str,
    message: &'a str,
    line: Option<usize>,
    column: Option<usize>,
}

impl<'a> From<&'a Problem> for Warning<'a> {
    fn from(problem: &'a Problem) -> Self {
        Self { code: problem.code, message: &problem.message, line: problem.line, column: problem.column }
    }
}
