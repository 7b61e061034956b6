//! `fx test`: the same questions to the service on every platform that fx can play.

use std::{path::Path, sync::Arc};

use clap::Args;
use fx_provider::{Provider, emulator::Way};
use fx_spec::{Problem, Service};
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
            None => harmless(Checked::load(&file, local)?.service(), output)?,
        };
        let ways = self.ways(&file, output)?;
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

impl TestCommand {
    /// All ways of the chosen platforms. Whether f.yml fits them is looked at before anything is built: who names a platform is told
    /// why not, who means all goes on with the others.
    fn ways(&self, file: &Path, output: &Output) -> Result<Vec<(&'static dyn Provider, Way)>, Report> {
        let mut ways = Vec::new();
        let mut unfit = None;
        for target in targets::select(&self.provider)? {
            let Some(provider) = targets::provider(target.name).filter(|provider| !provider.ways().is_empty()) else {
                continue;
            };
            match Checked::load(file, provider) {
                Ok(_) => ways.extend(provider.ways().iter().map(|way| (provider, *way))),
                Err(report) if self.provider.trim() == "all" => {
                    output.note(format_args!(
                        "note: {} is left out, f.yml does not fit it: `fx check --provider {}` says why",
                        target.title, target.name
                    ));
                    unfit.get_or_insert(report);
                }
                Err(report) => return Err(report),
            }
        }
        match (ways.is_empty(), unfit) {
            (false, _) => Ok(ways),
            (true, Some(report)) => Err(report),
            (true, None) => Err(Problem::error(codes::NOT_FOR_TARGET, "fx can play none of these platforms")
                .help("leave out --provider to compare with all that it can")
                .into()),
        }
    }
}

/// The questions that fx finds by itself; what they leave out is named.
fn harmless(service: &Service, output: &Output) -> Result<Vec<Question>, Problem> {
    let unasked = conformance::unasked(service);
    let questions = conformance::questions(service);
    if questions.is_empty() {
        let problem = Problem::error(codes::DATA, "there is no GET route, and fx asks nothing else by itself");
        return Err(problem.help(match unasked.first() {
            Some(example) => format!("say what to ask: -d '[{}]'", example.example()),
            None => "give the functions `events` in f.yml".to_owned(),
        }));
    }
    if !unasked.is_empty() {
        let titles: Vec<String> = unasked.iter().map(Question::title).collect();
        output.note(format_args!(
            "note: asked are the GET routes, which should change nothing; to ask more ({}), say what with -d",
            titles.join(", ")
        ));
    }
    Ok(questions)
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
        if !differences.is_empty() {
            output.note(
                "help: an answer with a time, a random number or stored data in it differs by nature; -d with \
                 `\"status_only\": true` compares the status alone",
            );
        }
    }
    differences.is_empty()
}

fn first_line(answer: &str) -> String {
    let line = answer.lines().next().unwrap_or_default();
    line.strip_prefix("status ").unwrap_or(line).to_owned()
}
