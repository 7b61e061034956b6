//! `fx test`: the same questions to the service on every platform that fx can play.

use std::sync::Arc;

use clap::Args;
use fx_provider::{Provider, emulator::Way};
use fx_spec::Problem;
use serde_json::json;

use crate::{
    args::FileArgs,
    codes,
    conformance::{self, Question, difference},
    dev::console::Console,
    local::prepare::{Checked, to_run_as},
    output::{Output, Report, Table},
    project::find,
    targets,
};

/// Arguments of `fx test`.
#[derive(Debug, Args)]
pub struct TestCommand {
    /// The platforms to compare with this machine: names with commas between them, or all.
    #[arg(long, value_name = "NAMES", default_value = "all")]
    provider: String,

    /// The questions, as JSON: [{"method", "path", "headers", "body"}, {"function", "as", "data"}, …] [default: all GET routes].
    #[arg(short, long, value_name = "JSON|@FILE")]
    data: Option<String>,

    #[command(flatten)]
    file: FileArgs,
}

/// The answers of one way to run the service.
struct Column {
    name: &'static str,
    answers: Vec<String>,
}

impl TestCommand {
    /// Asks everywhere; a difference makes it fail.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let runtime = tokio::runtime::Runtime::new()
            .map_err(|error| Problem::error(codes::SYSTEM, format!("the system refuses what fx needs: {error}")))?;
        let local = to_run_as(targets::LOCAL.name)?;
        let file = find(&self.file)?;
        let questions = match &self.data {
            Some(data) => read(data)?,
            None => conformance::questions(Checked::load(&file, local)?.service()),
        };
        let ways: Vec<(&'static dyn Provider, Way)> = targets::select(&self.provider)?
            .into_iter()
            .filter_map(|target| targets::provider(target.name))
            .flat_map(|provider| provider.ways().iter().map(move |way| (provider, *way)))
            .collect();
        if ways.is_empty() {
            return Err(Problem::error(codes::NOT_FOR_TARGET, "fx can play none of these platforms")
                .help("leave out --provider to compare with all that it can")
                .into());
        }
        let console = Arc::new(Console::new(*output));
        let columns = runtime.block_on(async {
            let answers = conformance::answers(&file, local, None, &questions, &console).await?;
            let mut columns = vec![Column { name: targets::LOCAL.name, answers }];
            for (provider, way) in ways {
                let answers = conformance::answers(&file, provider, Some(way), &questions, &console).await?;
                columns.push(Column { name: way.name, answers });
            }
            Ok::<_, Report>(columns)
        })?;
        if show(&questions, &columns, output) { Ok(()) } else { Err(Report::default()) }
    }
}

fn read(data: &str) -> Result<Vec<Question>, Problem> {
    let text = match data.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| Problem::error(codes::DATA, format!("cannot read {path}: {error}")))?,
        None => data.to_owned(),
    };
    serde_json::from_str(&text)
        .map_err(|error| Problem::error(codes::DATA, format!("the questions cannot be read: {error}")))
}

/// Prints who answered how; `true`: all the same.
fn show(questions: &[Question], columns: &[Column], output: &Output) -> bool {
    let Some((here, others)) = columns.split_first() else { return true };
    let mut table = Table::default();
    table.cells(std::iter::once(String::new()).chain(columns.iter().map(|column| column.name.to_owned())).collect());
    let (mut differences, mut documents) = (Vec::new(), Vec::new());
    for (index, question) in questions.iter().enumerate() {
        let answer = &here.answers[index];
        let mut cells = vec![question.title(), first_line(answer)];
        for other in others {
            let theirs = &other.answers[index];
            match difference(answer, theirs) {
                None => cells.push("same".to_owned()),
                // That a kind of function takes no events is known before it is asked.
                Some(_) if theirs == "takes no events" => cells.push("-".to_owned()),
                Some((expected, found)) => {
                    cells.push("differs".to_owned());
                    differences.push(format!("{} on {}: {found}\n  here: {expected}", question.title(), other.name));
                    let document =
                        json!({ "question": question.title(), "way": other.name, "here": answer, "there": theirs });
                    documents.push(document);
                }
            }
        }
        table.cells(cells);
    }
    if output.is_json() {
        let ways: Vec<_> = columns.iter().map(|column| column.name).collect();
        let titles: Vec<_> = questions.iter().map(Question::title).collect();
        output.json(&json!({ "questions": titles, "ways": ways, "differences": documents }));
    } else {
        output.line(&table);
        for difference in &differences {
            output.line(format_args!("\n{difference}"));
        }
    }
    differences.is_empty()
}

fn first_line(answer: &str) -> String {
    let line = answer.lines().next().unwrap_or_default();
    line.strip_prefix("status ").unwrap_or(line).to_owned()
}
