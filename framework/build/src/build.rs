//! From a resolved service to one executable per unit.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fmt::Write as _,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use fx_spec::{Service, Unit};

use crate::{
    BuildError, Cancel, Progress, Scan, cargo, dep_info, entrypoint,
    layout::Layout,
    progress::Once,
    settings::{Compiler, Platform, Settings},
    stamp::{Made, Stamp},
};

/// What to build, and how.
#[derive(Debug, Clone, Copy)]
pub struct BuildRequest<'a> {
    /// The service, resolved for `target`.
    pub service: &'a Service,
    /// What was found in its code.
    pub scan: &'a Scan,
    /// Names the folder of the results: `local`, `aws`, …
    pub target: &'a str,
    /// Module of `fx` that runs the units: `http`, …
    pub dialect: &'a str,
    /// Optimised, reproducible and self-contained; else as `cargo build` does it.
    pub release: bool,
    /// The newest C library a dynamically linked release may need, where the platform has an old one.
    pub glibc: Option<(u32, u32)>,
    /// Never touch the network.
    pub offline: bool,
    /// Where compiled code goes instead of the folder cargo would choose.
    pub target_dir: Option<&'a Path>,
    /// Whether the compiler's messages are coloured.
    pub colour: bool,
    /// Stops the build from outside.
    pub cancel: &'a Cancel,
}

/// The executable of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltUnit {
    /// Name of the unit.
    pub name: String,
    /// Where it is.
    pub executable: PathBuf,
    /// Nothing had changed since it was made: cargo was not called.
    pub fresh: bool,
}

/// Builds every unit of the service, one after the other: they share all of their compiled code but the last step.
pub fn build(request: &BuildRequest<'_>, progress: &dyn Progress) -> Result<Vec<BuiltUnit>, BuildError> {
    let crate_dir = &request.service.crate_dir;
    let crate_dir = crate_dir.canonicalize().map_err(BuildError::io(crate_dir))?;
    let compiler = Compiler::find(&crate_dir)?;
    let mut layout = if request.release {
        Layout::find_with_dependencies(&crate_dir, request.scan.bin.as_deref(), &compiler.host, request.offline)?
    } else {
        Layout::find(&crate_dir, request.scan.bin.as_deref())?
    };
    if let Some(folder) = request.target_dir {
        layout.target = std::path::absolute(folder).map_err(BuildError::io(folder))?;
    }
    let folder = layout.target.join("fx").join(request.target);
    fs::create_dir_all(&folder).map_err(BuildError::io(&folder))?;
    let builder = Builder { request, crate_dir: &crate_dir, compiler: &compiler, layout: &layout, folder: &folder };
    let progress = Once::new(progress);
    request.service.units.iter().map(|unit| builder.unit(unit, &progress)).collect()
}

struct Builder<'a> {
    request: &'a BuildRequest<'a>,
    crate_dir: &'a Path,
    compiler: &'a Compiler,
    layout: &'a Layout,
    folder: &'a Path,
}

impl Builder<'_> {
    fn unit(&self, unit: &Unit, progress: &dyn Progress) -> Result<BuiltUnit, BuildError> {
        let name = unit.name.as_str();
        let stem = file_stem(name);
        let executable = self.folder.join(&stem);
        let stamp = self.folder.join(format!("{stem}.stamp"));
        let source = self.folder.join(format!("{stem}.rs"));
        let text = entrypoint::render(&self.request.service.name, unit, self.request.scan, self.request.dialect)?;
        write_if_changed(&source, &text)?;
        let settings = self.settings(unit)?;
        let how = self.how(&settings);
        let fresh = Stamp::read(&stamp).is_some_and(|stamp| stamp.holds(&how));
        if !fresh {
            self.compile(name, &source, &executable, &stamp, &settings, how, progress)?;
        }
        progress.finished(name, fresh);
        Ok(BuiltUnit { name: name.to_owned(), executable, fresh })
    }

    fn settings(&self, unit: &Unit) -> Result<Settings, BuildError> {
        if !self.request.release {
            return Ok(Settings::development());
        }
        let arch = (self.request.target != "local").then_some(unit.arch.value);
        let platform = Platform { arch, link: unit.link.value, glibc: self.request.glibc };
        let settings = Settings::release(self.compiler, self.layout, platform);
        if settings.zig && !cargo::has_zigbuild() {
            return Err(BuildError::NoZigbuild { unit: unit.name.value.clone() });
        }
        Ok(settings)
    }

    /// Everything that decides about the binary and is not a file: one text, compared as a whole.
    fn how(&self, settings: &Settings) -> String {
        // The manifest, because packages that share a target folder may have units of the same name.
        let manifest = self.layout.manifest.display();
        let mut how = format!("{}binary {} of {manifest}\n", self.compiler.version, self.layout.bin);
        for argument in &settings.arguments {
            let _ = writeln!(how, "argument {}", argument.to_string_lossy());
        }
        for (name, value) in &settings.environment {
            let _ = writeln!(how, "{name}={}", value.to_string_lossy());
        }
        how
    }

    #[expect(clippy::too_many_arguments, reason = "one step of `unit`, with what it has worked out")]
    fn compile(
        &self,
        name: &str,
        source: &Path,
        executable: &Path,
        stamp: &Path,
        settings: &Settings,
        how: String,
        progress: &dyn Progress,
    ) -> Result<(), BuildError> {
        // cargo's own lock ends with cargo; this one also covers taking the result away, which the next unit overwrites.
        let _lock = self.lock(name, progress)?;
        progress.started(name);
        let began = SystemTime::now();
        let artifact = cargo::run(self.cargo(source, settings), name, &self.layout.bin, self.request.cancel, progress)?;
        let inputs = self.inputs(&artifact.executable)?;
        if !inputs.contains(source) {
            return Err(BuildError::NoEntrypoint { file: self.layout.main.clone() });
        }
        replace(&artifact.executable, executable)?;
        let variables = artifact
            .dep_info
            .iter()
            .filter_map(|file| fs::read_to_string(file).ok())
            .flat_map(|text| dep_info::variables(&text))
            .collect();
        let made = Made { how, files: self.watched(inputs, source), variables, binary: executable, began };
        Stamp::take(made).write(stamp).map_err(BuildError::io(stamp))
    }

    fn cargo(&self, source: &Path, settings: &Settings) -> std::process::Command {
        let mut command = cargo::command("cargo", self.crate_dir);
        let format = if self.request.colour { "json-diagnostic-rendered-ansi" } else { "json" };
        command.arg(if settings.zig { "zigbuild" } else { "build" }).arg("--manifest-path").arg(&self.layout.manifest);
        command.args(["--bin", &self.layout.bin, "--message-format", format]).args(&settings.arguments);
        command.arg("--target-dir").arg(&self.layout.target);
        if self.request.offline {
            command.arg("--offline");
        }
        command.envs(settings.environment.iter().map(|(name, value)| (*name, value)));
        command.env("FX_ENTRYPOINT", source);
        command
    }

    /// The sources that cargo lists beside the executable.
    fn inputs(&self, executable: &Path) -> Result<BTreeSet<PathBuf>, BuildError> {
        let rules = executable.with_extension("d");
        let text = fs::read_to_string(&rules).map_err(BuildError::io(&rules))?;
        Ok(dep_info::files(&text))
    }

    /// The sources, and the files cargo reads without listing them, there or not. What the build itself made in the target
    /// folder follows from the rest.
    fn watched(&self, inputs: BTreeSet<PathBuf>, source: &Path) -> BTreeSet<PathBuf> {
        let mut watched: BTreeSet<PathBuf> =
            inputs.into_iter().filter(|input| input == source || !input.starts_with(&self.layout.target)).collect();
        let manifests: BTreeSet<PathBuf> = watched.iter().flat_map(|input| dep_info::manifests(input)).collect();
        watched.extend(manifests);
        watched.insert(self.layout.manifest.clone());
        watched.insert(self.layout.workspace.join("Cargo.lock"));
        for folder in self.crate_dir.ancestors() {
            let names = [".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain"];
            watched.extend(names.map(|name| folder.join(name)));
        }
        watched
    }

    fn lock(&self, unit: &str, progress: &dyn Progress) -> Result<File, BuildError> {
        let path = self.layout.target.join("fx").join(".lock");
        let file =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(BuildError::io(&path))?;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(BuildError::io(&path)(error)),
                Err(TryLockError::WouldBlock) if self.request.cancel.is_cancelled() => {
                    return Err(BuildError::Cancelled);
                }
                Err(TryLockError::WouldBlock) => {
                    if !told {
                        progress.waiting(unit);
                        told = true;
                    }
                    thread::sleep(Duration::from_millis(50));
                }
            }
        }
    }
}

/// Leaves the file alone when it is right: its time is an input of cargo and of the stamp.
fn write_if_changed(path: &Path, text: &str) -> Result<(), BuildError> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    fs::write(path, text).map_err(BuildError::io(path))
}

/// Puts a copy of `from` at `to` in one step. Not a link: the next unit's build rewrites `from` in place. And not written into
/// `to`: a process may be running from it.
fn replace(from: &Path, to: &Path) -> Result<(), BuildError> {
    let mut new = OsString::from(to);
    new.push(".new");
    let new = PathBuf::from(new);
    fs::copy(from, &new).map_err(BuildError::io(from))?;
    fs::rename(&new, to).map_err(BuildError::io(to))
}

/// A unit's name as a file name. Targets check names; locally everything is allowed, so what could leave the folder or hide
/// is replaced, and a number made of the whole name keeps it apart from its neighbours.
fn file_stem(name: &str) -> String {
    let fits = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    if !name.is_empty() && name.chars().all(fits) {
        return name.to_owned();
    }
    let number = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let safe: String = name.chars().map(|letter| if fits(letter) { letter } else { '-' }).collect();
    format!("{safe}-{number:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_file_names() {
        assert_eq!(file_stem("agg-demo_all"), "agg-demo_all");
        assert_eq!(file_stem("用户"), "用户");
    }

    #[test]
    fn other_names_stay_inside_the_folder_and_apart() {
        let names = ["../../x", "a/b", "a.b", "a b", "", "."];
        let stems: BTreeSet<String> = names.iter().map(|name| file_stem(name)).collect();
        assert_eq!(stems.len(), names.len());
        for stem in stems {
            assert!(!stem.contains(['/', '.']), "{stem}");
        }
    }

    #[test]
    fn a_right_file_keeps_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.rs");
        write_if_changed(&path, "one").unwrap();
        let long_ago = SystemTime::UNIX_EPOCH;
        File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        write_if_changed(&path, "one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);
        write_if_changed(&path, "two").unwrap();
        assert_ne!(fs::metadata(&path).unwrap().modified().unwrap(), long_ago);
    }

    #[test]
    fn replacing_keeps_the_old_file_for_whoever_runs_it() {
        let folder = tempfile::tempdir().unwrap();
        let [from, to] = ["from", "to"].map(|name| folder.path().join(name));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "old").unwrap();
        let running = File::open(&to).unwrap();
        replace(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "new");
        assert_eq!(std::io::read_to_string(running).unwrap(), "old");
    }
}
