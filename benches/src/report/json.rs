//! Everything that was measured, with the value of every round, and where.

use std::{fs, thread};

use serde_json::{Map, Value, json};

use crate::{
    Options, Suite,
    program::Programs,
    results::{METRICS, Results, Spread},
    target,
};

/// The document.
pub fn render(suite: Suite, programs: &Programs, results: &Results, options: &Options) -> String {
    let mut measured = Map::new();
    for program in &programs.0 {
        let mut metrics = Map::new();
        for &(metric, _, unit) in METRICS {
            let values = results.values(&program.name, metric);
            if values.is_empty() {
                continue;
            }
            let ratios: Map<String, Value> = programs
                .0
                .iter()
                .filter(|other| other.name != program.name)
                .filter_map(|other| Some((other.name.clone(), of(results.ratio(&program.name, &other.name, metric)?))))
                .collect();
            metrics.insert(metric.into(), json!({ "unit": unit, "values": values, "ratio": ratios }));
        }
        measured.insert(program.name.clone(), metrics.into());
    }
    let targets: Vec<Value> = programs
        .0
        .iter()
        .flat_map(|program| target::of(suite, &program.name).iter().map(move |target| (program, target)))
        .filter_map(|(program, target)| {
            let value = super::measure(target, &program.name, results)?.median;
            Some(json!({
                "program": program.name, "metric": target.metric, "of": target.of,
                "limit": target.limit, "measured": value, "met": value <= target.limit,
            }))
        })
        .collect();
    let document = json!({
        "suite": suite.name(),
        "time": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%MZ").to_string(),
        "machine": { "cpu": cpu(), "cores": thread::available_parallelism().map_or(0, std::num::NonZero::get) },
        "rounds": options.rounds,
        "invocations": options.invocations,
        "starts": options.starts,
        "programs": measured,
        "targets": targets,
    });
    format!("{document:#}\n")
}

fn of(spread: Spread) -> Value {
    json!({ "min": spread.min, "median": spread.median, "max": spread.max })
}

fn cpu() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name"));
    model.map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned()).unwrap_or_default()
}
