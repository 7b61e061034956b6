//! Every mistake and what fx says about it: `tests/ui/NAME.yml` and `tests/ui/NAME.err`.
//!
//! Add a case by dropping a `.yml` there and running the test with `FX_BLESS=1`; then read the `.err` it wrote. A file may begin
//! with `# fx: --provider NAME VARIABLE=value …`.

mod support;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use fx_spec::{SourceFile, render};

fn cases() -> io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    paths.sort();
    Ok(paths)
}

fn report(text: &str) -> String {
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let words: Vec<&str> = first.strip_prefix("# fx: ").unwrap_or_default().split_whitespace().collect();
    let target = words.windows(2).find(|pair| pair[0] == "--provider").map(|pair| pair[1]);
    let variables: Vec<(&str, &str)> = words.iter().filter_map(|word| word.split_once('=')).collect();
    let resolved = support::resolve_with(text, target, &variables);
    let source = SourceFile { name: "f.yml".into(), text: text.trim_start_matches('\u{feff}').into() };
    let mut report = String::new();
    for problem in &resolved.problems {
        assert!(problem.help.is_some(), "no help: {problem:?}");
        report += &render(problem, Some(&source), false);
        report += "\n\n";
        if let (Some(line), Some(column)) = (problem.line, problem.column) {
            let place = format!("--> f.yml:{line}:{column}\n");
            assert!(report.contains(&place), "the drawing and the data disagree, data says {place}{report}");
        }
    }
    report
}

#[test]
fn every_mistake_is_explained() -> io::Result<()> {
    let bless = std::env::var_os("FX_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in cases()? {
        let report = report(&fs::read_to_string(&path)?);
        let golden = path.with_extension("err");
        if bless {
            fs::write(&golden, &report)?;
        } else if fs::read_to_string(&golden).unwrap_or_default() != report {
            wrong.push(format!("{}\n{report}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "different from the .err file (FX_BLESS=1 rewrites them):\n{}", wrong.join("\n"));
    Ok(())
}
