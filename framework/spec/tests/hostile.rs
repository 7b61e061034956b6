//! Files made to keep fx busy: every one of them ends soon, whatever it says.

mod support;

use std::{
    fmt::Write,
    sync::LazyLock,
    time::{Duration, Instant},
};

use fx_spec::{SourceFile, render};

/// What the promise is, for a whole command on a slow machine.
const PROMISE: Duration = Duration::from_secs(5);

const MEMORY_KILOBYTES: u64 = 512 * 1024;

/// Time this thread has spent working: other work on the machine does not count.
fn spent() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let running = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let running = running.and_then(|text| text.split_whitespace().next()?.parse().ok());
    running.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// Reads, resolves and draws everything.
fn run(text: &str) -> usize {
    let resolved = support::resolve_with(text, Some("aws"), &[("A", "x")]);
    let source = SourceFile { name: "f.yml".into(), text: text.into() };
    resolved.problems.iter().map(|problem| render(problem, Some(&source), false).len()).sum()
}

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect()
}

fn cases() -> Vec<(&'static str, String)> {
    const LONG: usize = 1 << 18;
    let mut cases: Vec<(&str, String)> = Vec::new();
    for unit in [
        "[", "{", "- ", "? ", "a: ", "! ", "&a ", "*a ", "'", "\"", "|", ">", "\n", "#", "\u{1}", "\t", "%", "---\n",
        "a\n", "a: \n", "- a\n", "[a,", "{a,", "<<: ", "中", "\u{feff}", ": ", "?\n", "-\n", "\"\\", "!<", "&", "é: [",
        "a: &a\n", "${env.A}", "$",
    ] {
        cases.push(("repeated", unit.repeat(LONG / unit.len())));
    }
    let steps = 700;
    cases.push(("stairs", list(steps, |depth| format!("{}a:\n", " ".repeat(depth)))));
    cases.push(("unknown keys", list(9_000, |index| format!("memorySiz{index}: 1\n"))));
    cases.push(("unknown keys everywhere", {
        format!(
            "service: s\nfunctions:\n{}",
            list(3_000, |index| format!("  f{index}: {{ handlr: a, _{}: 1 }}\n", "y".repeat(50)))
        )
    }));
    cases.push(("same key", list(14_000, |_| "service: s\n".into())));
    cases.push(("one path", {
        let route = |index| format!("  f{index}: {{ events: [ {{ http: {{ path: /a }} }} ] }}\n");
        format!("service: s\nfunctions:\n{}", list(2_500, route))
    }));
    cases.push(("one function, one path", {
        let route = |index| format!("      - http: {{ path: /:p{index} }}\n");
        format!("service: s\nfunctions:\n  f:\n    events:\n{}", list(4_500, route))
    }));
    cases.push(("names that do not exist", {
        let functions = list(4_000, |index| format!("  function-number-{index}: {{}}\n"));
        let names = list(4_000, |index| format!("functoin-number-{index},"));
        format!("service: s\nfunctions:\n{functions}aggregation: {{ all: {{ functions: [{names}] }} }}\n")
    }));
    cases.push(("patterns times functions", {
        let functions = list(5_000, |index| format!("  f{index}: {{}}\n"));
        let patterns = list(8_000, |_| "'*',".into());
        format!("service: s\nfunctions:\n{functions}aggregation: {{ all: {{ eventTrigger: true, functionsPattern: [{patterns}] }} }}\n")
    }));
    cases.push(("aggregations times functions", {
        let functions = list(5_000, |index| format!("  f{index}: {{}}\n"));
        let aggregations = list(2_500, |index| format!("  a{index}: {{ functionsPattern: x*, eventTrigger: true }}\n"));
        format!("service: s\nfunctions:\n{functions}aggregation:\n{aggregations}")
    }));
    cases.push(("one list in many aggregations", {
        let functions = list(2_500, |index| format!("  f{index}: {{}}\n"));
        let aggregations =
            list(2_500, |index| format!("  a{index}: {{ functions: [f{index}], deployOrigin: true }}\n"));
        format!("service: s\nfunctions:\n{functions}aggregation:\n{aggregations}")
    }));
    cases.push(("shared settings times functions", {
        let functions = list(7_000, |index| format!("  f{index}:\n"));
        let environment = list(5_000, |index| format!("    V{index}: x\n"));
        format!("service: s\nfunctions:\n{functions}provider:\n  environment:\n{environment}")
    }));
    cases.push(("a long shared setting times functions", {
        let functions = list(9_000, |index| format!("  f{index}:\n"));
        format!("service: s\nfunctions:\n{functions}provider:\n  role: {}\n", "r".repeat(100_000))
    }));
    cases.push(("overrides of many variables", {
        let environment = list(5_000, |index| format!("    V{index}: x\n"));
        format!(
            "service: s\nprovider:\n  environment:\n{environment}providers:\n  aws:\n   environment:\n{environment}"
        )
    }));
    cases.push(("layers", {
        let layers = list(10_000, |index| format!("arn:{index},"));
        format!("service: s\nlayers: [{layers}]\nprovider: {{ layers: [{layers}] }}\n")
    }));
    cases.push(("methods", {
        format!(
            "service: s\nfunctions:\n  f: {{ events: [ {{ http: {{ path: /a, method: '{}' }} }} ] }}\n",
            "get,".repeat(60_000)
        )
    }));
    cases.push(("wrong methods", {
        format!(
            "service: s\nfunctions:\n  f: {{ events: [ {{ http: {{ path: /a, method: \"\\u0067{}\" }} }} ] }}\n",
            "gett,".repeat(50_000)
        )
    }));
    cases.push(("a long path", {
        format!("service: s\nfunctions:\n  f: {{ events: [ {{ http: {{ path: '{}' }} }} ] }}\n", "/:a".repeat(80_000))
    }));
    cases.push(("a long schedule", {
        format!(
            "service: s\nfunctions:\n  f: {{ events: [ {{ timer: {{ value: '{} * * * *' }} }} ] }}\n",
            "0,".repeat(120_000)
        )
    }));
    cases.push(("expressions that are wrong", format!("service: \"\\u0061{}\"\n", "${self.a}".repeat(25_000))));
    cases.push(("long lines with many mistakes", {
        format!("service: s\nprovider: {{ {} }}\n", list(9_000, |index| format!("unknown{index}: 1, ")))
    }));
    let mut bomb = String::from("x-0: &a0 {a: b}\n");
    for level in 1..60 {
        let before = level - 1;
        writeln!(bomb, "x-{level}: &a{level} {{a: *a{before}, b: *a{before}}}").unwrap_or_default();
    }
    cases.push(("alias bomb", bomb));
    let mut merges = String::from("x-0: &a0 {a: b}\n");
    for level in 1..200 {
        let before = level - 1;
        writeln!(merges, "x-{level}: &a{level} {{<<: [*a{before}, *a{before}], k{level}: 1}}").unwrap_or_default();
    }
    cases.push(("merge bomb", merges));
    cases.push(("one text many times", {
        format!("x-a: &a {}\nservice: s\nprovider: {{ policies: [{}] }}\n", "t".repeat(100_000), "*a,".repeat(20_000))
    }));
    cases
}

#[test]
fn every_file_ends_in_time() {
    let mut slow = String::new();
    for (name, text) in cases() {
        let start = spent();
        run(&text);
        let spent = spent().saturating_sub(start);
        if spent > PROMISE {
            let beginning: String = text.chars().take(20).collect();
            writeln!(slow, "{name} ({beginning:?}, {} bytes): {spent:?}", text.len()).unwrap_or_default();
        }
        if std::env::var_os("FX_TIMES").is_some() {
            println!(
                "{spent:?} {} kB {name} {:?}",
                peak_kilobytes().unwrap_or_default(),
                text.chars().take(10).collect::<String>()
            );
        }
    }
    assert!(slow.is_empty(), "too slow:\n{slow}");
    if let Some(peak) = peak_kilobytes() {
        assert!(peak < MEMORY_KILOBYTES, "{peak} kB at the peak");
    }
}

/// The most memory this process has ever held.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
