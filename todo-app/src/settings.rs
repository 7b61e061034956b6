//! What the environment says: read once at the start, and refused there when it makes no sense.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use fx::{Env, Error, Result};

use crate::account::UserName;

/// The settings of one process.
#[derive(Clone)]
pub struct Settings {
    /// `TODO_STORE` and what belongs to it.
    pub store: StoreSettings,
    /// `TODO_JWT_SECRET`: signs the session tokens.
    pub jwt_secret: Arc<[u8]>,
    /// `TODO_GUEST`: whether people without an account may use the guests' board.
    pub guests: bool,
    /// `TODO_ADMIN`: names of those who may list all accounts, separated by commas. Register them first.
    pub admins: Vec<UserName>,
    /// `TODO_PURGE_DAYS`: how long completed todos stay, and the memory of what happened; 0 = for ever.
    pub purge_days: u16,
    /// `TODO_OBJECTS`: the folder that stands for the buckets.
    pub objects: Option<PathBuf>,
    /// `TODO_PROXIES`: how many proxies stand in front and add the caller's address to `X-Forwarded-For`. Addresses
    /// further left in that header were written by the caller, who may have made them up.
    pub proxies: usize,
}

/// Where the data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreSettings {
    /// `TODO_STORE=sqlite`: in the file `TODO_DB_PATH`.
    Sqlite(PathBuf),
}

impl StoreSettings {
    /// Whether what is kept there goes with the instance of the service, and no other instance sees it.
    pub fn is_temporary(&self) -> bool {
        let Self::Sqlite(file) = self;
        [Path::new("/tmp"), &std::env::temp_dir()].into_iter().any(|folder| file.starts_with(folder))
    }
}

/// As a log shows it.
impl fmt::Display for StoreSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Sqlite(file) = self;
        write!(formatter, "sqlite:{}", file.display())
    }
}

impl Settings {
    /// Reads them. Every refusal names the variable and what to do, never the value of a secret.
    pub fn from_env(env: &Env) -> Result<Self> {
        let store = match env.get("TODO_STORE") {
            None | Some("sqlite") => StoreSettings::Sqlite(env.get("TODO_DB_PATH").unwrap_or("data/todo.db").into()),
            Some(other) => return Err(Error::internal(format!("TODO_STORE is `{other}`; the stores are: sqlite"))),
        };
        let admins = env.get("TODO_ADMIN").unwrap_or_default().split(',').filter(|name| !name.trim().is_empty());
        let admins =
            admins.map(|name| UserName::parse(name).map_err(|error| Error::internal(format!("TODO_ADMIN: {error}"))));
        Ok(Self {
            store,
            jwt_secret: jwt_secret(env)?,
            guests: switch(env, "TODO_GUEST")?,
            admins: admins.collect::<Result<_>>()?,
            purge_days: env.parse("TODO_PURGE_DAYS")?.unwrap_or(30),
            objects: env.get("TODO_OBJECTS").map(PathBuf::from),
            proxies: env.parse("TODO_PROXIES")?.unwrap_or(0),
        })
    }
}

/// Everybody could make tokens signed with a short or well-known secret, so the service does not start with one.
fn jwt_secret(env: &Env) -> Result<Arc<[u8]>> {
    const LEAST: usize = 32;
    let secret = env.get("TODO_JWT_SECRET").unwrap_or_default().as_bytes();
    let varied = secret.iter().collect::<std::collections::BTreeSet<_>>().len() >= 8;
    if secret.len() < LEAST || !varied {
        return Err(Error::internal(format!(
            "TODO_JWT_SECRET must be at least {LEAST} random bytes (it has {}); make one with `openssl rand -hex 32`",
            secret.len()
        )));
    }
    Ok(secret.into())
}

fn switch(env: &Env, name: &str) -> Result<bool> {
    match env.get(name).map(str::to_ascii_lowercase).as_deref() {
        None | Some("off" | "false" | "0" | "no") => Ok(false),
        Some("on" | "true" | "1" | "yes") => Ok(true),
        Some(_) => Err(Error::internal(format!("{name} must be on or off"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "not a secret, but long and varied enough";

    fn read(more: &[(&str, &str)]) -> Result<Settings> {
        let values = [("TODO_JWT_SECRET", SECRET)].iter().chain(more);
        Settings::from_env(&Env::of(values.copied()))
    }

    #[test]
    fn without_settings_it_is_a_careful_production_service() {
        let settings = read(&[]).unwrap();
        assert!(!settings.guests);
        assert!(settings.admins.is_empty());
        assert_eq!(settings.store, StoreSettings::Sqlite("data/todo.db".into()));
        assert_eq!((settings.purge_days, settings.proxies, settings.objects), (30, 0, None));
    }

    #[test]
    fn every_setting_can_be_set() {
        let settings = read(&[
            ("TODO_STORE", "sqlite"),
            ("TODO_DB_PATH", "/data/x.db"),
            ("TODO_GUEST", "ON"),
            ("TODO_ADMIN", "ann, Bob,"),
            ("TODO_PURGE_DAYS", "7"),
            ("TODO_PROXIES", "1"),
        ])
        .unwrap();
        assert!(settings.guests);
        assert_eq!(settings.admins.iter().map(UserName::as_str).collect::<Vec<_>>(), ["ann", "Bob"]);
        assert_eq!(settings.store, StoreSettings::Sqlite("/data/x.db".into()));
        assert_eq!((settings.purge_days, settings.proxies), (7, 1));
    }

    #[test]
    fn a_weak_secret_is_refused_and_never_shown() {
        for weak in ["", "short", &"a".repeat(64)] {
            let error = Settings::from_env(&Env::of([("TODO_JWT_SECRET", weak)])).err().unwrap().to_string();
            assert!(error.contains("TODO_JWT_SECRET") && error.contains("openssl"), "{error}");
            assert!(weak.is_empty() || !error.contains(weak), "{error}");
        }
    }

    #[test]
    fn a_file_among_temporary_ones_is_known_as_such() {
        for (file, temporary) in
            [("/tmp/todo.db", true), ("/tmpfs/todo.db", false), ("/mnt/nas/todo.db", false), ("tmp/a", false)]
        {
            assert_eq!(StoreSettings::Sqlite(file.into()).is_temporary(), temporary, "{file}");
        }
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        for (name, value) in [
            ("TODO_STORE", "floppy"),
            ("TODO_GUEST", "maybe"),
            ("TODO_PURGE_DAYS", "soon"),
            ("TODO_ADMIN", "a\u{7}b"),
            ("TODO_PROXIES", "-1"),
        ] {
            let error = read(&[(name, value)]).err().unwrap().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
