//! The behaviour suite that every target's own tests run: the same questions, asked of each.

pub mod deploy;

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use fx_build::artifact;
use fx_spec::{
    Document, Request, Severity,
    capabilities::{Capabilities, Translate},
    render, rules,
    schedule::{CloudSchedule, Schedule, time_zone},
};
use http::Request as HttpRequest;
use jiff::{Timestamp, Zoned};

use crate::emulator::{self, Launch, Platform};

use crate::Provider;

const ZONES: [Option<&str>; 5] =
    [None, Some("Asia/Shanghai"), Some("Asia/Tokyo"), Some("America/New_York"), Some("Asia/Kolkata")];
const FIELDS: [&[&str]; 7] = [
    &["0", "0", "0", "30", "*/20"],
    &["0", "*", "*/5", "7", "10-20", "0,30", "3/15"],
    &["*", "0", "3", "9-17", "*/6", "20", "15,16", "1,23", "22"],
    &["*", "*", "*", "1", "15", "1,15", "28", "31", "*/10", "L", "15W", "LW", "?"],
    &["*", "*", "*", "1", "6-8", "*/3", "DEC", "FEB"],
    &["*", "*", "*", "MON-FRI", "0", "7", "SUN", "1,3", "FRI-SUN", "*/2", "5L", "MON#2", "?"],
    &["*", "*", "*", "2030", "2028-2031"],
];

/// Schedules of all kinds, always the same ones.
pub fn schedules() -> impl Iterator<Item = Schedule> {
    // A linear congruential generator: enough to mix the fields, and no two runs differ.
    let mut state: u32 = 20_261_124;
    let mut pick = move |choices: &[&'static str]| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        choices[(state >> 16) as usize % choices.len()]
    };
    let texts = (0..1500).map(move |_| FIELDS.map(&mut pick).join(" "));
    // Dates that no month has are refused by the grammar.
    texts.filter_map(|text| Schedule::parse(&text).ok())
}

/// Holds a target's translation against an independent reading of it: whatever can be said fires at the same instants.
///
/// `read` gives the first instant after the given one at which the target fires, going by its own text alone.
///
/// Returns how many schedules could be said, and how many could not.
pub fn assert_same_instants(
    translate: Translate,
    read: impl Fn(&CloudSchedule, &Zoned) -> Option<Zoned>,
) -> (usize, usize) {
    let (mut said, mut refused) = (0, 0);
    for (index, schedule) in schedules().enumerate() {
        let name = ZONES[index % ZONES.len()];
        let Ok(cloud) = translate(&schedule, name) else {
            refused += 1;
            continue;
        };
        said += 1;
        let zone = time_zone(name).expect("the zones above exist");
        // Shortly before the usual changes of clock, and before a leap day.
        for start in ["2027-03-01T00:00:00Z", "2027-10-20T12:34:56Z", "2028-02-27T15:59:00Z"] {
            let mut ours = start.parse::<Timestamp>().expect("a timestamp").to_zoned(zone.clone());
            let mut theirs = ours.clone();
            for _ in 0..4 {
                let next = schedule.next_after(&ours);
                let read = read(&cloud, &theirs);
                assert_eq!(
                    next.as_ref().map(Zoned::timestamp),
                    read.as_ref().map(Zoned::timestamp),
                    "`{schedule}` in {name:?} became {cloud:?}, after {ours}"
                );
                match (next, read) {
                    (Some(next), Some(read)) => (ours, theirs) = (next, read),
                    _ => break,
                }
            }
        }
    }
    (said, refused)
}

/// What `fx check --provider` says of this f.yml on a target, as plain text; nothing wrong is `no problems`.
pub fn problems(text: &str, target: &Capabilities) -> String {
    let document = match Document::parse("f.yml", text, Path::new(".")) {
        Ok(document) => document,
        Err(failure) => return failure.to_string(),
    };
    let request = Request {
        target: Some(target.name),
        targets: &[target],
        variables: &|_| None,
        udev: Default::default(),
        code: &[],
    };
    let mut resolved = document.resolve(&request);
    if let Some(service) = &resolved.service {
        resolved.problems.extend(rules::check(service, target, document.source()));
    }
    let rendered: Vec<String> =
        resolved.problems.iter().map(|problem| render(problem, Some(document.source()), false)).collect();
    let errors = resolved.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    match rendered.as_slice() {
        [] => "no problems\n".into(),
        all => format!("{}\n\nerrors: {errors}, warnings: {}\n", all.join("\n\n"), all.len() - errors),
    }
}

/// Holds every `NAME.yml` of a folder against the `NAME.txt` beside it, which is what [`problems`] says of it.
///
/// With FX_BLESS=1 the texts are written instead; the change is for review.
pub fn assert_golden(folder: &Path, target: &Capabilities) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    inputs.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    inputs.sort();
    assert!(!inputs.is_empty(), "no .yml in {}", folder.display());
    let mut stale = Vec::new();
    for input in inputs {
        let text = fs::read_to_string(&input).unwrap_or_else(|error| panic!("{}: {error}", input.display()));
        let golden = input.with_extension("txt");
        let actual = problems(&text, target);
        if std::env::var_os("FX_BLESS").is_some() {
            fs::write(&golden, &actual).unwrap_or_else(|error| panic!("{}: {error}", golden.display()));
        } else if fs::read_to_string(&golden).ok().as_deref() != Some(&actual) {
            stale.push(format!("{} should be:\n{actual}", golden.display()));
        }
    }
    assert!(stale.is_empty(), "{}\nset FX_BLESS=1 to accept", stale.join("\n"));
}

/// The document of a service whose every unit is packed for a target, as if its zip had 3 bytes.
pub fn artifact(text: &str, provider: &dyn Provider) -> artifact::Document {
    let target = provider.capabilities();
    let package = provider.package().unwrap_or_else(|| panic!("{} packs nothing", target.name));
    let document = Document::parse("f.yml", text, Path::new(".")).unwrap_or_else(|failure| panic!("{failure}"));
    let request = Request {
        target: Some(target.name),
        targets: &[target],
        variables: &|_| None,
        udev: Default::default(),
        code: &[],
    };
    let resolved = document.resolve(&request);
    let service = resolved.service.unwrap_or_else(|| panic!("{:?}", resolved.problems));
    let packed: Vec<artifact::Packed<'_>> = service
        .units
        .iter()
        .map(|unit| {
            let bundle = package.bundle(unit);
            artifact::Packed {
                unit,
                file: format!("{}.zip", unit.name.value),
                zip: artifact::archive::Written { sha256: "00".repeat(32), size: 3, unzipped: 7 },
                runtime: bundle.runtime,
                handler: bundle.handler,
            }
        })
        .collect();
    artifact::Document::of(&service, "rustc 1.95.0", &packed)
}

/// The manifests of a service, by name.
pub fn manifests(text: &str, provider: &dyn Provider) -> BTreeMap<String, String> {
    let package = provider.package().unwrap_or_else(|| panic!("{} packs nothing", provider.capabilities().name));
    let manifests = package.manifests(&artifact(text, provider)).unwrap_or_else(|error| panic!("{error}"));
    manifests.into_iter().map(|manifest| (manifest.name, manifest.text)).collect()
}

/// Runs a platform's own tool, or a script on one, and gives back what it prints; panics when it fails.
///
/// `cargo xtask test` installs the tools and says where they are in FX_TOOLS; `program` is relative to that, or one of this system's when it is a bare name.
pub fn run_tool(program: &str, arguments: &[&OsStr]) -> String {
    let tools = std::env::var_os("FX_TOOLS").unwrap_or_else(|| {
        panic!("this test needs {program}: run `cargo xtask test`, which installs it and sets FX_TOOLS")
    });
    let path = if program.contains('/') { Path::new(&tools).join(program) } else { PathBuf::from(program) };
    let output = Command::new(&path)
        .args(arguments)
        .current_dir(&tools)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}: run `cargo xtask test`, which installs it", path.display()));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    printed
}

/// The first unit of this f.yml, ready to be started by an emulator: this program, in this folder.
pub fn launch(text: &str, executable: &Path, code: &Path, environment: &[(&str, &str)]) -> Launch {
    let document = Document::parse("f.yml", text, Path::new(".")).unwrap_or_else(|failure| panic!("{failure}"));
    let request = Request { target: None, targets: &[], variables: &|_| None, udev: Default::default(), code: &[] };
    let resolved = document.resolve(&request);
    let service = resolved.service.unwrap_or_else(|| panic!("{:?}", resolved.problems));
    let unit = service.units.into_iter().next().unwrap_or_else(|| panic!("no unit"));
    Launch {
        unit,
        executable: executable.to_owned(),
        code: code.to_owned(),
        environment: environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        region: None,
    }
}

/// A request with its whole answer: status, headers, and the body, or why it broke off.
pub async fn visit(
    platform: &dyn Platform,
    request: HttpRequest<emulator::Body>,
) -> (http::response::Parts, Result<String, String>) {
    let (head, body) = platform.http(request).await.into_parts();
    let body = emulator::read(body, 1 << 26).await.map_err(|error| error.to_string());
    (head, body.map(|body| String::from_utf8_lossy(&body.unwrap_or_default()).into_owned()))
}
