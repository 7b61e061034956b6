//! What a binary needs of the system it runs on, read from the file itself.

use std::path::Path;

use object::{
    Architecture, Endianness, Object,
    elf::FileHeader64,
    read::elf::{ElfFile64, FileHeader},
};

use super::ArtifactError;

/// What an executable asks of its system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// It is loaded by a dynamic linker, so shared libraries must be there.
    pub dynamic: bool,
    /// The newest glibc symbol version it refers to.
    pub glibc: Option<(u32, u32)>,
    /// Built for x86-64; otherwise for 64-bit Arm.
    pub x86_64: bool,
}

/// Reads an executable.
pub fn read(path: &Path) -> Result<Needs, ArtifactError> {
    let bytes = std::fs::read(path).map_err(ArtifactError::io(path))?;
    parse(&bytes).map_err(|reason| ArtifactError::NotElf { file: path.into(), reason })
}

/// Fails when the executable cannot start on a platform with this glibc.
pub fn check(path: &Path, platform: &'static str, available: Option<(u32, u32)>) -> Result<Needs, ArtifactError> {
    let needs = read(path)?;
    match (needs.glibc, available) {
        (Some(needed), Some(available)) if needed > available => {
            Err(ArtifactError::Glibc { platform, needed, available })
        }
        _ => Ok(needs),
    }
}

fn parse(bytes: &[u8]) -> Result<Needs, String> {
    let elf = ElfFile64::<Endianness>::parse(bytes).map_err(|error| error.to_string())?;
    let x86_64 = match elf.architecture() {
        Architecture::X86_64 => true,
        Architecture::Aarch64 => false,
        other => return Err(format!("it is for {other:?}")),
    };
    Ok(Needs { dynamic: has_interpreter(&elf)?, glibc: newest_glibc(&elf)?, x86_64 })
}

fn has_interpreter(elf: &ElfFile64<'_, Endianness>) -> Result<bool, String> {
    let endian = elf.endian();
    for header in elf.elf_program_headers() {
        if object::read::elf::ProgramHeader::interpreter(header, endian, elf.data())
            .map_err(|error| error.to_string())?
            .is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The highest `GLIBC_x.y` among the versions that the dynamic linker would look for.
fn newest_glibc(elf: &ElfFile64<'_, Endianness>) -> Result<Option<(u32, u32)>, String> {
    let text = |error: object::read::Error| error.to_string();
    let endian = elf.endian();
    let header: &FileHeader64<Endianness> = elf.elf_header();
    let sections = header.sections(endian, elf.data()).map_err(text)?;
    let Some((mut needs, strings)) = sections.gnu_verneed(endian, elf.data()).map_err(text)? else { return Ok(None) };
    let strings = sections.strings(endian, elf.data(), strings).map_err(text)?;
    let mut newest = None;
    while let Some((_, mut versions)) = needs.next().map_err(text)? {
        while let Some(version) = versions.next().map_err(text)? {
            let name = version.name(endian, strings).map_err(text)?;
            newest = newest.max(std::str::from_utf8(name).ok().and_then(glibc_version));
        }
    }
    Ok(newest)
}

/// `GLIBC_2.34` → `(2, 34)`.
fn glibc_version(name: &str) -> Option<(u32, u32)> {
    let mut numbers = name.strip_prefix("GLIBC_")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_this_very_test_program_needs() {
        let needs = read(&std::env::current_exe().unwrap()).unwrap();
        assert!(needs.dynamic);
        assert!(needs.glibc.unwrap() >= (2, 2), "{needs:?}");
    }

    #[test]
    fn an_old_platform_is_refused_and_a_new_one_is_not() {
        let program = std::env::current_exe().unwrap();
        let error = check(&program, "Old Cloud", Some((2, 1))).unwrap_err();
        assert!(error.to_string().contains("Old Cloud has 2.1"), "{error}");
        assert!(error.help().unwrap().contains("link: static"));
        check(&program, "New Cloud", Some((9, 0))).unwrap();
    }

    #[test]
    fn other_files_are_not_programs() {
        assert!(parse(b"#!/bin/sh\n").is_err());
        assert!(parse(b"").is_err());
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(glibc_version("GLIBC_2.34") > glibc_version("GLIBC_2.4"));
        assert_eq!(glibc_version("GLIBC_PRIVATE"), None);
        assert_eq!(glibc_version("GCC_3.0"), None);
    }
}
