//! `docs/targets.md` is written from the targets' data, and the todo app fits all of them. FX_BLESS=1 writes the page anew.

use std::{fmt::Write, fs, path::Path};

use fx_cli::targets;
use fx_spec::{
    Document, Problem, Request, Severity,
    capabilities::{Amount, Capabilities, EmptyValues, Keys, NameRule, Streaming, TriggerName},
    route::Method,
    rules,
    schedule::Schedule,
    service::{Arch, FunctionKind, Link},
};

type Row = (&'static str, fn(&Capabilities) -> String);

const ROWS: &[(&str, &[Row])] = &[
    ("", &[("`--provider`", names), ("its runtime", runtime), ("`type`", kinds), ("`region`", regions)]),
    (
        "One function",
        &[
            ("`memorySize`", |target| target.memory.describe("MB")),
            ("`timeout`", |target| target.timeout.describe("s")),
            ("`initTimeout`", |target| {
                target.init_timeout.map_or("no such setting".into(), |limit| limit.describe("s"))
            }),
            ("`concurrency`", concurrency),
            ("`threads`", |target| target.threads.describe("")),
            ("`arch`", arch),
            ("`link`", link),
            ("glibc there", |target| target.glibc.map_or(none(), |(major, minor)| format!("{major}.{minor}"))),
            ("`streaming`", streaming),
        ],
    ),
    (
        "Environment",
        &[
            ("names and values together", |target| amount(target.environment.bytes)),
            ("names", |target| rule(&target.environment.name)),
            ("kept by the platform", reserved),
            ("empty values", |target| match target.environment.empty_values {
                EmptyValues::Kept => "kept".into(),
                EmptyValues::LeftOut => "left out".into(),
            }),
        ],
    ),
    (
        "Names",
        &[
            ("service", |target| rule(&target.names.service)),
            ("function, aggregation", |target| rule(&target.names.unit)),
            ("function in an aggregation", |target| rule(&target.names.function)),
            ("service and function together", |target| characters(target.names.joined)),
            ("the same for a timer", |target| characters(target.names.timer)),
        ],
    ),
    (
        "HTTP",
        &[
            ("methods", methods),
            ("the front door waits", front_door),
            ("largest request", |target| amount(target.triggers.http.and_then(|http| http.request))),
            ("largest answer", |target| amount(target.triggers.http.and_then(|http| http.response))),
        ],
    ),
    (
        "Timers",
        &[
            ("`every 5m`", |target| says(target, "every 5m", None)),
            ("`every 30s`", |target| says(target, "every 30s", None)),
            ("`0 20 * * MON-FRI`", |target| says(target, "0 20 * * MON-FRI", None)),
            ("the same in `Asia/Shanghai`", |target| says(target, "0 20 * * MON-FRI", Some("Asia/Shanghai"))),
            ("the same in `America/New_York`", |target| says(target, "0 20 * * MON-FRI", Some("America/New_York"))),
            ("`30 0 3 * * *`", |target| says(target, "30 0 3 * * *", None)),
            ("`0 3 L * *`", |target| says(target, "0 3 L * *", None)),
            ("`0 3 * * MON#2`", |target| says(target, "0 3 * * MON#2", None)),
            ("`0 3 13 * FRI`", |target| says(target, "0 3 13 * FRI", None)),
            ("`0 0 3 1 1 ? 2030`", |target| says(target, "0 0 3 1 1 ? 2030", Some("Asia/Shanghai"))),
        ],
    ),
    (
        "Other events",
        &[
            ("objects", |target| target.triggers.object.map_or(lacking(), |object| object.service.into())),
            ("`created`", |target| target.triggers.object.map_or(none(), |object| code(object.created))),
            ("`removed`", |target| target.triggers.object.map_or(none(), |object| code(object.removed))),
            ("asks of objects", object_demands),
            ("messages", |target| target.triggers.message.map_or(lacking(), |message| message.service.into())),
            ("`tags`", |target| target.triggers.message.map_or(none(), |message| yes(message.tags))),
            ("log lines", |target| target.triggers.log.map_or(lacking(), |log| log.service.into())),
            ("triggers of one function", trigger_count),
            ("events reach `type: web`", |target| {
                if target.kinds.is_empty() { none() } else { yes(target.triggers.events_reach_web) }
            }),
        ],
    ),
    (
        "Package",
        &[
            ("zip in the request", |target| amount(target.package.in_request)),
            ("zip through object storage", |target| amount(target.package.in_storage)),
            ("unpacked, with layers", |target| amount(target.package.unpacked)),
            ("layers", |target| target.package.layers.map_or("any number".into(), |layers| layers.to_string())),
        ],
    ),
    (
        "Keys that not every target takes",
        &[
            ("`provider`, functions", |target| keys(target, |keys| keys.settings)),
            ("`http`", |target| keys(target, |keys| keys.http)),
            ("`timer`", |target| keys(target, |keys| keys.timer)),
            ("`os`", |target| keys(target, |keys| keys.object)),
            ("`mq`", |target| keys(target, |keys| keys.message)),
            ("`log`", |target| keys(target, |keys| keys.log)),
            ("the name in `custom.customDomain`", |target| match target.keys {
                Some(Keys { domain: true, .. }) => "yes".into(),
                _ => none(),
            }),
            ("without effect any more", |target| list(target.retired.iter().map(|(key, _)| code(key)))),
        ],
    ),
];

fn names(target: &Capabilities) -> String {
    list([target.name].iter().chain(target.aliases).map(|name| code(name)))
}

fn keys(target: &Capabilities, of: impl Fn(&Keys) -> &'static [&'static str]) -> String {
    list(target.keys.iter().flat_map(of).map(|key| code(key)))
}

fn runtime(target: &Capabilities) -> String {
    target.runtime.map_or(none(), code)
}

fn kinds(target: &Capabilities) -> String {
    let word = |kind: &FunctionKind| match kind {
        FunctionKind::Event => code("event"),
        FunctionKind::Web => code("web"),
    };
    list(target.kinds.iter().map(word))
}

fn regions(target: &Capabilities) -> String {
    target.regions.map_or(none(), |regions| format!("{} known", regions.len()))
}

fn concurrency(target: &Capabilities) -> String {
    let (event, web) = (target.concurrency.event.describe(""), target.concurrency.web.describe(""));
    if event == web { event } else { format!("event: {event}; web: {web}") }
}

fn arch(target: &Capabilities) -> String {
    list(target.architectures.iter().map(|arch| match arch {
        Arch::X86_64 => code("x86_64"),
        Arch::Aarch64 => code("aarch64"),
    }))
}

fn link(target: &Capabilities) -> String {
    list(target.links.iter().map(|link| match link {
        Link::Static => code("static"),
        Link::Dynamic => code("dynamic"),
    }))
}

fn streaming(target: &Capabilities) -> String {
    match target.streaming {
        Streaming::Never => "no".into(),
        Streaming::Web => "with `type: web`".into(),
        Streaming::Always => "yes".into(),
    }
}

fn reserved(target: &Capabilities) -> String {
    let rules = &target.environment;
    let prefixes = rules.reserved_prefixes.iter().map(|prefix| code(&format!("{prefix}*")));
    let kept = list(prefixes.chain(rules.reserved.iter().map(|name| code(name))));
    match rules.except {
        [] => kept,
        except => format!("{kept}; not {}", list(except.iter().map(|name| code(name)))),
    }
}

fn methods(target: &Capabilities) -> String {
    match target.triggers.http {
        None => lacking(),
        Some(http) if http.methods.len() == Method::ALL.len() => "all, OPTIONS too".into(),
        Some(http) => list(http.methods.iter().map(|method| method.as_str().to_owned())),
    }
}

fn front_door(target: &Capabilities) -> String {
    let Some(http) = target.triggers.http else { return none() };
    match (http.timeout, http.shared_timeout) {
        (Some(seconds), _) => format!("{seconds} s"),
        (None, Some(seconds)) => format!("as long as the function; {seconds} s when several functions answer HTTP"),
        (None, None) => "as long as the function".into(),
    }
}

fn says(target: &Capabilities, text: &str, timezone: Option<&str>) -> String {
    let Some(timer) = target.triggers.timer else { return lacking() };
    let schedule = Schedule::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    match (timer.translate)(&schedule, timezone) {
        Ok(said) => match said.timezone {
            Some(zone) => format!("`{}` in `{zone}`", said.text),
            None => code(&said.text),
        },
        Err(_) => "refused".into(),
    }
}

fn object_demands(target: &Capabilities) -> String {
    let Some(object) = target.triggers.object else { return none() };
    let bucket = match object.name {
        TriggerName::Free => None,
        TriggerName::BucketAddress { .. } => Some("the account's number in the bucket's name".to_owned()),
    };
    let suffix = object.suffix_begins_with.map(|first| format!("a suffix that begins with `{first}`"));
    list(bucket.into_iter().chain(suffix))
}

fn trigger_count(target: &Capabilities) -> String {
    match (target.triggers.per_unit, target.triggers.per_kind) {
        (Some(all), _) => format!("{all}"),
        (None, Some(each)) => format!("{each} of each kind"),
        (None, None) => "any number".into(),
    }
}

fn rule(rule: &NameRule) -> String {
    rule.to_string()
}

fn characters(max: Option<usize>) -> String {
    max.map_or(none(), |max| format!("{max} characters"))
}

fn amount(amount: Option<Amount>) -> String {
    amount.map_or("no limit".into(), |amount| amount.to_string())
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn yes(yes: bool) -> String {
    if yes { "yes".into() } else { "no".into() }
}

fn none() -> String {
    "–".into()
}

fn lacking() -> String {
    "none".into()
}

fn list(words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().collect();
    if words.is_empty() { none() } else { words.join(", ") }
}

fn page() -> String {
    let targets = targets::capabilities();
    let mut page = String::from(
        "# What each target can do\n\n\
         Written from the data that `fx check` reads (`limits.rs` of each target, where the source of every figure stands); a test\n\
         keeps it true, and `FX_BLESS=1 cargo test -p fx-cli --test targets_doc` writes it anew.\n\n\
         *none*: the target has no such trigger, and `fx check` says so. *refused*: the target cannot say that schedule, and\n\
         `fx check` names what to write instead. `fx check --provider all` holds a service against every column at once.\n\n\
         What a target has and `fx deploy` does not make there (log triggers of CLS), [deploy.md](deploy.md) says.\n",
    );
    for (section, rows) in ROWS {
        if !section.is_empty() {
            let _ = write!(page, "\n## {section}\n");
        }
        let titles: Vec<&str> = targets.iter().map(|target| target.title).collect();
        let _ = write!(page, "\n| | {} |\n|---|{}\n", titles.join(" | "), "---|".repeat(titles.len()));
        for (title, cell) in *rows {
            let cells: Vec<String> = targets.iter().map(|target| cell(target)).collect();
            let _ = writeln!(page, "| {title} | {} |", cells.join(" | "));
        }
    }
    page
}

#[test]
fn the_page_says_what_the_data_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/targets.md");
    if std::env::var_os("FX_BLESS").is_some() {
        fs::write(&path, page()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page(), "docs/targets.md is stale; FX_BLESS=1 writes it anew");
}

#[test]
fn no_two_targets_answer_to_the_same_name() {
    let targets = targets::capabilities();
    for target in &targets {
        for name in [target.name].iter().chain(target.aliases) {
            let answering = targets.iter().filter(|other| other.answers_to(name)).count();
            assert_eq!(answering, 1, "{name}");
        }
        assert!(!target.title.is_empty() && target.memory.allows(128) && target.timeout.allows(3), "{}", target.name);
    }
}

#[test]
fn the_todo_app_fits_every_target() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../f.yml");
    let document = Document::read(&path).unwrap_or_else(|failure| panic!("{failure}"));
    let targets = targets::capabilities();
    for target in &targets {
        let request = Request {
            target: Some(target.name),
            targets: &targets,
            variables: &|_| None,
            udev: Default::default(),
            code: &[],
        };
        let resolved = document.resolve(&request);
        let service = resolved.service.unwrap_or_else(|| panic!("no service for {}", target.name));
        let errors: Vec<Problem> = rules::check(&service, target, document.source())
            .into_iter()
            .filter(|problem| problem.severity == Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", target.name);
    }
}
