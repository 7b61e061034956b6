//! How cargo is asked to compile: as the user would in development, reproducibly and self-contained for release.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use fx_spec::service::{Arch, Link};

use crate::{BuildError, cargo, layout::Layout};

/// Arguments and environment of a `cargo build`.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// `cargo zigbuild`, which links against an older C library than this machine's.
    pub zig: bool,
    pub arguments: Vec<OsString>,
    pub environment: Vec<(&'static str, OsString)>,
}

/// What a release binary is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Platform {
    /// `None`: this machine.
    pub arch: Option<Arch>,
    pub link: Link,
    /// The newest C library there is, for a dynamic link.
    pub glibc: Option<(u32, u32)>,
}

impl Settings {
    /// No flag of ours: the user's own `cargo build`, `cargo test` and editor share what was compiled.
    pub fn development() -> Self {
        Self::default()
    }

    /// The same sources give the same bytes in any folder: Cargo.lock as it stands, no path of this machine in the binary.
    pub fn release(compiler: &Compiler, layout: &Layout, platform: Platform) -> Self {
        let triple = match platform.arch {
            None => compiler.host.clone(),
            Some(Arch::X86_64) => "x86_64-unknown-linux-gnu".into(),
            Some(Arch::Aarch64) => "aarch64-unknown-linux-gnu".into(),
        };
        let mut flags: Vec<OsString> = remapped(compiler, layout)
            .into_iter()
            .map(|(from, to)| {
                let mut flag = OsString::from("--remap-path-prefix=");
                flag.push(from);
                flag.push("=");
                flag.push(to);
                flag
            })
            .collect();
        // On glibc, static is an option; elsewhere on Linux it is the default, and on other systems there is no such thing.
        if platform.link == Link::Static && triple.ends_with("-linux-gnu") {
            flags.push("-Ctarget-feature=+crt-static".into());
        }
        let gnu = triple.ends_with("-linux-gnu");
        let older = platform.glibc.filter(|_| gnu && platform.link == Link::Dynamic);
        let target = older.map_or_else(|| triple.clone(), |(major, minor)| format!("{triple}.{major}.{minor}"));
        // An explicit target keeps the flags away from build scripts and macros, which must not be static.
        let mut settings = Self {
            arguments: ["--release", "--locked", "--target", &target].iter().map(OsString::from).collect(),
            zig: older.is_some(),
            environment: Vec::new(),
        };
        settings.add_flags(&triple, &flags);
        settings
    }

    /// cargo takes flags from one place only, the environment first. If the user has put flags there, ours join them;
    /// otherwise they go where they add to the target's flags in the user's cargo settings instead of replacing them.
    fn add_flags(&mut self, triple: &str, flags: &[OsString]) {
        let encoded = env::var_os("CARGO_ENCODED_RUSTFLAGS").or_else(|| {
            let plain = env::var("RUSTFLAGS").ok()?;
            Some(plain.split_whitespace().collect::<Vec<_>>().join("\u{1f}").into())
        });
        match encoded {
            Some(mut all) => {
                for flag in flags {
                    if !all.is_empty() {
                        all.push("\u{1f}");
                    }
                    all.push(flag);
                }
                self.environment.push(("CARGO_ENCODED_RUSTFLAGS", all));
            }
            None => {
                let list: Vec<toml::Value> =
                    flags.iter().map(|flag| toml::Value::String(flag.to_string_lossy().into_owned())).collect();
                self.arguments.push("--config".into());
                self.arguments.push(format!("target.{triple}.rustflags={}", toml::Value::Array(list)).into());
            }
        }
    }
}

/// Folders of this machine, and what stands for them in the binary. Where several fit, the compiler takes the last.
fn remapped(compiler: &Compiler, layout: &Layout) -> Vec<(PathBuf, String)> {
    let mut folders = vec![(layout.workspace.clone(), "/workspace".to_owned())];
    folders.extend(layout.outside.iter().map(|(name, folder)| (folder.clone(), format!("/path/{name}"))));
    if let Some(home) = cargo_home() {
        folders.push((home, "/cargo".into()));
    }
    // With the rust-src component, the standard library's generic code would name its files on this machine.
    folders.push((compiler.sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{}", compiler.commit)));
    folders.push((layout.target.clone(), "/target".into()));
    folders
}

fn cargo_home() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))?;
    Some(home.canonicalize().unwrap_or(home))
}

/// The compiler that builds the package in `dir`: `rustc 1.95.0`.
pub fn rustc(dir: &Path) -> Result<String, BuildError> {
    let compiler = Compiler::find(dir)?;
    Ok(compiler.version.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// The compiler that cargo will use.
#[derive(Debug)]
pub(crate) struct Compiler {
    /// All of `rustc -vV`.
    pub version: String,
    /// The triple it runs on.
    pub host: String,
    commit: String,
    sysroot: PathBuf,
}

impl Compiler {
    /// Asks the compiler of `dir`: rustup may choose another one in another folder.
    pub fn find(dir: &Path) -> Result<Self, BuildError> {
        let program = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
        let output =
            cargo::command(&program, dir).args(["-vV", "--print=sysroot"]).output().map_err(BuildError::no_cargo)?;
        if !output.status.success() {
            return Err(BuildError::cargo(String::from_utf8_lossy(&output.stderr)));
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let field = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name))
                .map(|value| value.trim().to_owned())
                .unwrap_or_default()
        };
        let sysroot = text.lines().find(|line| Path::new(line).is_absolute()).map(PathBuf::from).unwrap_or_default();
        Ok(Self { host: field("host:"), commit: field("commit-hash:"), sysroot, version: text })
    }
}
