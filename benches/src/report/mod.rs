//! Results for people and for programs.
//!
//! | what | module |
//! |---|---|
//! | tables in Markdown | this one |
//! | everything, with every round's value | [`json`] |
//! | ratios as a picture | [`plot`] |

mod json;
mod plot;

use std::{fmt::Write, fs};

use anyhow::{Context, Result};

use crate::{
    Options, Suite,
    program::Programs,
    results::{METRICS, Results, Spread},
    target::{self, Target},
};

/// Prints tables and writes files.
pub fn show(suite: Suite, programs: &Programs, results: &Results, options: &Options) -> Result<()> {
    print!("{}", tables(suite, programs, results));
    fs::create_dir_all(&options.out).with_context(|| format!("cannot make {}", options.out.display()))?;
    for (ending, text) in
        [("json", json::render(suite, programs, results, options)), ("svg", plot::render(suite, programs, results))]
    {
        let path = options.out.join(format!("performance-{}.{ending}", suite.name()));
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Ratios of the first program, its own values, and what became of the targets.
fn tables(suite: Suite, programs: &Programs, results: &Results) -> String {
    let mut text = String::new();
    let names: Vec<&str> = programs.0.iter().map(|program| program.name.as_str()).collect();
    let Some((base, _)) = names.split_first() else { return text };
    let mut line = |cells: &[String]| {
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    let head = |first: &str| [first].iter().chain(&names).map(ToString::to_string).collect::<Vec<_>>();
    line(&head(""));
    line(&vec!["---".into(); names.len() + 1]);
    for &(metric, title, unit) in METRICS {
        let Some(own) = results.spread(base, metric) else { continue };
        let mut cells = vec![title.to_owned()];
        for name in &names {
            let cell = match results.ratio(name, base, metric) {
                Some(_) if name == base => format!("1 ({} {unit})", figure(own.median)),
                Some(ratio) if own.median > 0.0 => spread(ratio),
                _ => results
                    .spread(name, metric)
                    .map_or("–".into(), |value| format!("{} {unit}", figure(value.median))),
            };
            cells.push(cell.replace(" )", ")").trim().to_owned());
        }
        line(&cells);
    }
    text.push('\n');
    let mut line = |cells: &[String]| {
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    line(&head("medians"));
    line(&vec!["---".into(); names.len() + 1]);
    for &(metric, title, unit) in METRICS {
        if names.iter().all(|name| results.values(name, metric).is_empty()) {
            continue;
        }
        let title = if unit.is_empty() { title.to_owned() } else { format!("{title}, {unit}") };
        let values =
            names.iter().map(|name| results.spread(name, metric).map_or("–".into(), |value| figure(value.median)));
        line(&[title].into_iter().chain(values).collect::<Vec<_>>());
    }
    text.push('\n');
    let mut line = |cells: &[String]| {
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    line(&["program", "what", "of", "target", "measured", ""].map(str::to_owned));
    line(&vec!["---".into(); 6]);
    for name in &names {
        for target in target::of(suite, name) {
            let Some(measured) = measure(target, name, results) else { continue };
            let title = METRICS.iter().find(|(metric, ..)| *metric == target.metric).map_or("", |(_, title, _)| title);
            line(&[
                (*name).to_owned(),
                title.to_owned(),
                target.of.unwrap_or("–").to_owned(),
                format!("≤ {}", target.limit),
                if target.of.is_some() { spread(measured) } else { figure(measured.median) },
                if measured.median <= target.limit { "met" } else { "**missed**" }.to_owned(),
            ]);
        }
    }
    text
}

/// What a target is held against.
fn measure(target: &Target, program: &str, results: &Results) -> Option<Spread> {
    match target.of {
        Some(of) => results.ratio(program, of, target.metric),
        None => results.spread(program, target.metric),
    }
}

fn spread(ratio: Spread) -> String {
    if ratio.max - ratio.min < 0.005 {
        return format!("{:.2}", ratio.median);
    }
    format!("{:.2} ({:.2}–{:.2})", ratio.median, ratio.min, ratio.max)
}

/// Three figures are as many as mean something.
fn figure(value: f64) -> String {
    match value {
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program;

    #[test]
    fn tables_say_ratio_value_and_target() {
        let mut results = Results::default();
        for (fx, other) in [(10.0, 100.0), (44.0, 110.0)] {
            results.add(program::FX, "cpu small", fx);
            results.add(program::LAMBDA_HTTP, "cpu small", other);
        }
        let programs = Programs::named(&[program::LAMBDA_HTTP, program::FX]);
        let text = tables(Suite::Pull, &programs, &results);
        assert!(text.contains("| CPU per invocation, small | 1 (105 µs) | 0.25 (0.10–0.40) |"), "{text}");
        assert!(text.contains("| CPU per invocation, small, µs | 105 | 27.0 |"), "{text}");
        let target = "| fx | CPU per invocation, small | lambda_http | ≤ 0.3 | 0.25 (0.10–0.40) | met |";
        assert!(text.contains(target), "{text}");
    }

    #[test]
    fn figures_are_short() {
        assert_eq!([0.0, 1.5, 12.34, 1234.5].map(figure), ["0", "1.5", "12.3", "1234"]);
    }
}
