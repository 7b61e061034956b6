//! `${secret.X}` on a developer's machine: taken from the environment, else made once and remembered.

use std::{collections::BTreeMap, fmt::Write, fs, io, path::Path};

use super::folder;

const FILE: &str = "secrets.json";

/// The secrets made for this project so far.
#[derive(Debug)]
pub struct Secrets<'a> {
    root: &'a Path,
    known: BTreeMap<String, String>,
}

impl<'a> Secrets<'a> {
    /// Reads `.fx/secrets.json` beside f.yml; none yet is fine.
    pub fn open(root: &'a Path) -> io::Result<Self> {
        let known = match fs::read_to_string(root.join(".fx").join(FILE)) {
            Ok(text) => serde_json::from_str(&text)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!(".fx/{FILE}: {error}")))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { root, known })
    }

    /// The secret's value. A new one is 32 random bytes in hexadecimal, stored before it is used, so that what was signed
    /// or encrypted with it can still be read after a restart.
    pub fn get(&mut self, name: &str) -> io::Result<String> {
        if let Some(value) = self.known.get(name) {
            return Ok(value.clone());
        }
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let value = hexadecimal(&bytes);
        self.known.insert(name.to_owned(), value.clone());
        let text = serde_json::to_string_pretty(&self.known)?;
        folder::write_private(&folder::open(self.root)?.join(FILE), &format!("{text}\n"))?;
        Ok(value)
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_only_its_owner_can_read_it() {
        let root = tempfile::tempdir().unwrap();
        let first = Secrets::open(root.path()).unwrap().get("JWT").unwrap();
        assert_eq!(first.len(), 64);
        let mut again = Secrets::open(root.path()).unwrap();
        assert_eq!(again.get("JWT").unwrap(), first);
        assert_ne!(again.get("OTHER").unwrap(), first);
        assert_eq!(Secrets::open(root.path()).unwrap().get("JWT").unwrap(), first);

        let file = root.path().join(".fx/secrets.json");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(root.path().join(".fx/.gitignore")).unwrap(), "*\n");
    }

    #[test]
    fn a_damaged_store_is_reported_and_not_overwritten() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(".fx")).unwrap();
        fs::write(root.path().join(".fx/secrets.json"), "{").unwrap();
        let error = Secrets::open(root.path()).unwrap_err();
        assert!(error.to_string().contains(".fx/secrets.json"), "{error}");
    }
}
