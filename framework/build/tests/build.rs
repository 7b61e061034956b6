//! What `build` promises, on a project small enough to be compiled several times: a library, its binary, and a stand-in for `fx`
//! with the same shape (the real one is built from the project templates, in the command's own tests).

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its project may as well panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    thread,
};

use fx_build::{BuildError, BuildRequest, BuiltUnit, Cancel, Progress, build, scan};
use fx_spec::{Document, Request};

const F_YML: &str = "service: tiny
functions:
  one: { handler: one, events: [ { http: { path: /one } } ] }
  two: { handler: two, events: [ { http: { path: /two } } ] }
";

const FILES: [(&str, &str); 8] = [
    ("f.yml", F_YML),
    (
        "Cargo.toml",
        r#"[workspace]
resolver = "3"
members = ["app", "fx", "fx-macros"]
[profile.release]
codegen-units = 1
lto = "fat"
strip = "symbols"
"#,
    ),
    (
        "app/Cargo.toml",
        r#"[package]
name = "tiny"
version = "0.1.0"
edition = "2024"
[dependencies]
fx = { path = "../fx" }
itoa = "1"
"#,
    ),
    ("app/src/main.rs", "fx::entrypoint!();\n"),
    (
        "app/src/lib.rs",
        r#"use fx::func;
#[func]
pub fn one() {
    assert_eq!(std::env::args().len(), 1, "one takes no arguments");
}
#[func]
pub fn two() {
    println!("{}", itoa::Buffer::new().format(22));
}
pub use one as __fx_http_one;
pub use two as __fx_http_two;
"#,
    ),
    (
        "fx/Cargo.toml",
        r#"[package]
name = "fx"
version = "0.1.0"
edition = "2024"
[dependencies]
fx-macros = { path = "../fx-macros" }
"#,
    ),
    (
        "fx/src/lib.rs",
        r#"pub use fx_macros::{entrypoint, func};
pub mod generated {
    pub struct Unit(&'static str, Vec<fn()>);
    impl Unit {
        pub fn new(_: &str, name: &'static str) -> Self {
            Self(name, Vec::new())
        }
        pub fn timeout(self, _: u32) -> Self {
            self
        }
        pub fn threads(self, _: u32) -> Self {
            self
        }
        pub fn http(mut self, _: &str, _: &str, _: &[(usize, &[&str], &str)], function: fn()) -> Self {
            self.1.push(function);
            self
        }
    }
    pub mod http {
        pub fn run(unit: super::Unit) -> std::process::ExitCode {
            println!("unit {}", unit.0);
            unit.1.iter().for_each(|function| function());
            std::process::ExitCode::SUCCESS
        }
    }
}
"#,
    ),
    (
        "fx-macros/src/lib.rs",
        r#"use proc_macro::TokenStream;
#[proc_macro_attribute]
pub fn func(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}
#[proc_macro]
pub fn entrypoint(_: TokenStream) -> TokenStream {
    let main = match std::env::var("FX_ENTRYPOINT") {
        Ok(file) => format!("use ::fx::generated as __fx; include!({file:?});"),
        Err(_) => "fn main() { println!(\"built by fx\"); }".to_owned(),
    };
    format!("const _: Option<&str> = option_env!(\"FX_ENTRYPOINT\"); {main}").parse().unwrap()
}
"#,
    ),
];

const MACROS_MANIFEST: &str = r#"[package]
name = "fx-macros"
version = "0.1.0"
edition = "2024"
[lib]
proc-macro = true
"#;

struct Project {
    folder: PathBuf,
    _temporary: tempfile::TempDir,
}

/// What a build told while it ran.
#[derive(Default)]
struct Told {
    started: Mutex<Vec<String>>,
    crates: Mutex<Vec<String>>,
}

impl Progress for Told {
    fn started(&self, unit: &str) {
        self.started.lock().unwrap().push(unit.to_owned());
    }

    fn compiling(&self, _: &str, crate_name: &str, done: usize, total: Option<usize>) {
        assert!(total.is_some_and(|total| done < total));
        self.crates.lock().unwrap().push(crate_name.to_owned());
    }
}

impl Project {
    fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().canonicalize().unwrap();
        let project = Self { folder, _temporary: temporary };
        for (name, text) in FILES {
            project.write(name, text);
        }
        project.write("fx-macros/Cargo.toml", MACROS_MANIFEST);
        // The one crate from the registry is one that this repository uses too, so it is on this machine.
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock"), project.folder.join("Cargo.lock"))
            .unwrap();
        let status = project.cargo(&["update", "--workspace", "--offline", "--quiet"]).status().unwrap();
        assert!(status.success());
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// cargo as a user would call it, outside of this test's own cargo.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.args(arguments).current_dir(&self.folder).env_remove("CARGO_TARGET_DIR");
        command
    }

    fn build(&self, release: bool, progress: &dyn Progress) -> Result<Vec<BuiltUnit>, BuildError> {
        self.build_in(&self.folder.join("target"), release, progress)
    }

    fn build_in(&self, target: &Path, release: bool, progress: &dyn Progress) -> Result<Vec<BuiltUnit>, BuildError> {
        let document = Document::parse("f.yml", F_YML, &self.folder).unwrap();
        let request = Request { target: None, targets: &[], variables: &|_| None, udev: Default::default(), code: &[] };
        let mut service = document.resolve(&request).service.unwrap();
        service.crate_dir = self.folder.join("app");
        build(
            &BuildRequest {
                service: &service,
                scan: &scan(&service.crate_dir),
                target: "local",
                dialect: "http",
                release,
                glibc: None,
                offline: true,
                target_dir: Some(target),
                colour: false,
                cancel: &Cancel::new(),
            },
            progress,
        )
    }
}

fn output(executable: &Path) -> String {
    let output = Command::new(executable).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Whether an ELF file has a program header of type PT_INTERP (3).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn names_an_interpreter(elf: &[u8]) -> bool {
    let number =
        |at: usize, bytes: usize| elf[at..at + bytes].iter().rev().fold(0_usize, |n, b| n << 8 | usize::from(*b));
    let (offset, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    (0..count).any(|header| number(offset + header * size, 4) == 3)
}

#[test]
fn in_development() {
    let project = Project::new();
    // Without FX_ENTRYPOINT the binary is a harmless one, so that all of cargo's commands work.
    assert!(project.cargo(&["build", "--offline", "--quiet"]).status().unwrap().success());
    assert_eq!(output(&project.folder.join("target/debug/tiny")), "built by fx\n");
    let clippy = ["clippy", "--workspace", "--all-targets", "--offline", "--quiet", "--", "-D", "warnings"];
    assert!(project.cargo(&clippy).status().unwrap().success());

    let built = project.build(false, &()).unwrap();
    assert_eq!(built.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert!(built.iter().all(|unit| !unit.fresh));
    assert_eq!(output(&built[0].executable), "unit one\n");
    assert_eq!(output(&built[1].executable), "unit two\n22\n");

    // Nothing changed: no cargo.
    let told = Told::default();
    let again = project.build(false, &told).unwrap();
    assert!(again.iter().all(|unit| unit.fresh));
    assert!(told.started.lock().unwrap().is_empty());

    // One entrypoint lost: that unit alone is built, and of its crates the binary alone.
    fs::remove_file(built[0].executable.with_extension("stamp")).unwrap();
    let told = Told::default();
    project.build(false, &told).unwrap();
    assert_eq!(*told.started.lock().unwrap(), ["one"]);
    assert!(told.crates.lock().unwrap().iter().all(|name| name == "tiny"), "{:?}", told.crates.lock().unwrap());

    // A source changed: both, and nothing below the library.
    let lib = fs::read_to_string(project.folder.join("app/src/lib.rs")).unwrap();
    project.write("app/src/lib.rs", &lib.replace("22", "33"));
    let told = Told::default();
    let changed = project.build(false, &told).unwrap();
    assert_eq!(*told.started.lock().unwrap(), ["one", "two"]);
    assert!(told.crates.lock().unwrap().iter().all(|name| name == "tiny"), "{:?}", told.crates.lock().unwrap());
    assert_eq!(output(&changed[1].executable), "unit two\n33\n");

    // A mistake: the compiler's own words, where they belong.
    project.write("app/src/lib.rs", &lib.replace("22", "\"many\""));
    let error = project.build(false, &()).unwrap_err();
    assert!(error.rendered().unwrap().contains("error[E0277]"), "{error:?}");
    let problem = &error.problems()[0];
    assert_eq!((problem.code, problem.file.as_deref(), problem.line), ("FX0401", Some("app/src/lib.rs"), Some(8)));

    // Mended: as before.
    project.write("app/src/lib.rs", &lib);
    assert_eq!(output(&project.build(false, &()).unwrap()[1].executable), "unit two\n22\n");
}

#[test]
fn a_clone_with_the_same_target_folder_is_not_taken_for_the_other() {
    let [here, there] = [Project::new(), Project::new()];
    let target = here.folder.join("target");
    here.build_in(&target, false, &()).unwrap();
    let lib = fs::read_to_string(there.folder.join("app/src/lib.rs")).unwrap();
    there.write("app/src/lib.rs", &lib.replace("22", "44"));
    assert_eq!(output(&there.build_in(&target, false, &()).unwrap()[1].executable), "unit two\n44\n");
}

#[test]
fn released_from_two_folders() {
    let projects = [Project::new(), Project::new()];
    let binaries: Vec<Vec<u8>> = thread::scope(|scope| {
        let builds = projects.each_ref().map(|project| scope.spawn(|| project.build(true, &()).unwrap()));
        builds
            .into_iter()
            .flat_map(|build| build.join().unwrap())
            .map(|unit| fs::read(unit.executable).unwrap())
            .collect()
    });
    assert_eq!(binaries.len(), 4);
    assert!(binaries[0] == binaries[2] && binaries[1] == binaries[3], "the same sources gave different bytes");
    for project in &projects {
        let name = project.folder.to_str().unwrap().as_bytes();
        let home = std::env::home_dir().unwrap();
        let home = home.to_str().unwrap().as_bytes();
        for binary in &binaries {
            for folder in [name, home] {
                assert!(
                    !binary.windows(folder.len()).any(|part| part == folder),
                    "a path of this machine is in the binary"
                );
            }
        }
    }
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    assert!(!names_an_interpreter(&binaries[0]), "a static binary needs no loader");
    assert!(projects[0].build(true, &()).unwrap().iter().all(|unit| unit.fresh));
}

#[test]
fn a_release_takes_the_lock_file_as_it_is() {
    let project = Project::new();
    fs::remove_file(project.folder.join("Cargo.lock")).unwrap();
    let error = project.build(true, &()).unwrap_err();
    assert!(error.problems()[0].help.as_ref().unwrap().contains("Cargo.lock"), "{error}");
    assert!(!project.folder.join("Cargo.lock").exists());
}

#[test]
fn a_main_of_ones_own_is_pointed_at() {
    let project = Project::new();
    project.write("app/src/main.rs", "fn main() {}\n");
    let error = project.build(false, &()).unwrap_err();
    assert!(matches!(&error, BuildError::NoEntrypoint { file } if file.ends_with("app/src/main.rs")), "{error}");
}

#[test]
fn a_broken_manifest_is_cargos_to_explain() {
    let project = Project::new();
    project.write("app/Cargo.toml", "[package\n");
    let error = project.build(false, &()).unwrap_err();
    assert!(matches!(&error, BuildError::Cargo { message } if message.contains("Cargo.toml")), "{error}");
}
