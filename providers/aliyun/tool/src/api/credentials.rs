//! The access key: from the environment, the profiles of the `aliyun` command, or those of Serverless Devs.

mod access;

use std::{collections::BTreeMap, fmt, fs, io::ErrorKind, path::Path};

use fx_deploy::{CloudError, Kind};
use fx_provider::deploy::Connection;
use serde::Deserialize;

const OPERATION: &str = "credentials";

const KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";
const IGNORE_PROFILE: &str = "ALIBABA_CLOUD_IGNORE_PROFILE";

/// An access key, which nothing prints.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Credentials {
    id: String,
    secret: String,
    token: Option<String>,
}

impl Credentials {
    pub fn new(id: impl Into<String>, secret: impl Into<String>, token: Option<String>) -> Self {
        Self { id: id.into(), secret: secret.into(), token: token.filter(|token| !token.is_empty()) }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials(•••)")
    }
}

/// An access key, and what stood beside it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub credentials: Credentials,
    pub region: Option<String>,
    pub account: Option<String>,
}

/// `~/.aliyun/config.json`.
#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    current: String,
    #[serde(default)]
    profiles: Vec<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    name: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    access_key_id: String,
    #[serde(default)]
    access_key_secret: String,
    #[serde(default)]
    sts_token: String,
    #[serde(default)]
    region_id: String,
}

/// Looks everywhere, in order.
pub(super) fn find(connection: &Connection<'_>) -> Result<Found, CloudError> {
    let variable = |name: &str| (connection.variables)(name).filter(|value| !value.is_empty());
    match (variable(KEY_ID), variable(KEY_SECRET)) {
        (Some(id), Some(secret)) => {
            let credentials = Credentials::new(id, secret, variable(TOKEN));
            return Ok(Found { credentials, region: None, account: None });
        }
        (Some(_), None) => return Err(half(KEY_ID, KEY_SECRET)),
        (None, Some(_)) => return Err(half(KEY_SECRET, KEY_ID)),
        (None, None) => {}
    }
    if let Some(home) = connection.home {
        let ignored = variable(IGNORE_PROFILE).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if !ignored && let Some(found) = from_config(&home.join(".aliyun/config.json"), variable(PROFILE).as_deref())? {
            return Ok(found);
        }
        for file in ["access.yaml", "access.yml"] {
            if let Some(found) = from_access(&home.join(".s").join(file))? {
                return Ok(found);
            }
        }
    }
    Err(CloudError::new(
        Kind::Credentials,
        OPERATION,
        format!(
            "no access key: {KEY_ID} and {KEY_SECRET} are not set, and neither ~/.aliyun/config.json nor \
             ~/.s/access.yaml has one"
        ),
    )
    .help(format!("set {KEY_ID} and {KEY_SECRET}, or run `aliyun configure`")))
}

fn half(set: &str, missing: &str) -> CloudError {
    CloudError::new(Kind::Credentials, OPERATION, format!("{set} is set, {missing} is not"))
        .help(format!("set both, or unset {set} to use a profile"))
}

/// The profile of the `aliyun` command. `None`: there is no such file, or the profile is the empty one it is made with.
fn from_config(path: &Path, wanted: Option<&str>) -> Result<Option<Found>, CloudError> {
    let Some(text) = read(path)? else { return Ok(None) };
    let config: Config = serde_json::from_str(&text).map_err(|error| unreadable(path, &error.to_string()))?;
    let name = wanted.unwrap_or(&config.current);
    let Some(profile) = config.profiles.iter().find(|profile| profile.name == name) else {
        if wanted.is_none() {
            return Ok(None);
        }
        let known: Vec<&str> = config.profiles.iter().map(|profile| profile.name.as_str()).collect();
        return Err(CloudError::new(
            Kind::Credentials,
            OPERATION,
            format!("{} has no profile `{name}` ({PROFILE}): there are {}", path.display(), known.join(", ")),
        ));
    };
    match profile.mode.as_str() {
        "AK" | "StsToken" | "" => {}
        mode => {
            return Err(CloudError::new(
                Kind::Credentials,
                OPERATION,
                format!("profile `{name}` of {} is of mode {mode}, which fx cannot use", path.display()),
            )
            .help(format!(
                "take a profile of mode AK or StsToken ({PROFILE} names one), or set {KEY_ID}, {KEY_SECRET} and {TOKEN} \
                 to a temporary key"
            )));
        }
    }
    if profile.access_key_id.is_empty() || profile.access_key_secret.is_empty() {
        return Ok(None);
    }
    let token = (profile.mode == "StsToken").then(|| profile.sts_token.clone());
    Ok(Some(Found {
        credentials: Credentials::new(&profile.access_key_id, &profile.access_key_secret, token),
        region: Some(profile.region_id.clone()).filter(|region| !region.is_empty()),
        account: None,
    }))
}

/// Serverless Devs' keys: the one called `default`, else the first.
fn from_access(path: &Path) -> Result<Option<Found>, CloudError> {
    let Some(text) = read(path)? else { return Ok(None) };
    let keys: BTreeMap<String, BTreeMap<String, serde_json::Value>> =
        // The error may quote the file.
        serde_saphyr::from_str(&text).map_err(|_| unreadable(path, "it is not a list of keys"))?;
    let Some((name, key)) = keys.get_key_value("default").or_else(|| keys.iter().next()) else { return Ok(None) };
    let value = |member: &str| match key.get(member) {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(text)) => match access::plain(text) {
            Some(plain) => Ok(Some(plain).filter(|plain| !plain.is_empty())),
            None => Err(unreadable(path, &format!("{member} of `{name}` is not written as Serverless Devs writes it"))),
        },
        Some(other) => Ok(Some(other.to_string())),
    };
    let (Some(id), Some(secret)) = (value("AccessKeyID")?, value("AccessKeySecret")?) else {
        let message = format!("`{name}` of {} has no AccessKeyID and AccessKeySecret", path.display());
        return Err(CloudError::new(Kind::Credentials, OPERATION, message).help("run `s config add` again"));
    };
    let credentials = Credentials::new(id, secret, value("SecurityToken")?);
    Ok(Some(Found { credentials, region: None, account: value("AccountID")? }))
}

fn read(path: &Path) -> Result<Option<String>, CloudError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error.to_string())),
    }
}

fn unreadable(path: &Path, reason: &str) -> CloudError {
    CloudError::new(Kind::Credentials, OPERATION, format!("cannot read {}: {reason}", path.display()))
        .help(format!("mend the file, or set {KEY_ID} and {KEY_SECRET}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found with these variables and files in the home folder.
    fn found(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Result<Found, CloudError> {
        let home = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let variables =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        find(&Connection { region: None, settings: &BTreeMap::new(), variables: &variables, home: Some(home.path()) })
    }

    const CONFIG: (&str, &str) = (
        ".aliyun/config.json",
        r#"{"current":"main","profiles":[
            {"name":"main","mode":"AK","access_key_id":"ak-main","access_key_secret":"hush-main","region_id":"cn-beijing"},
            {"name":"sts","mode":"StsToken","access_key_id":"STS.x","access_key_secret":"hush-sts","sts_token":"hush-token"},
            {"name":"role","mode":"RamRoleArn","access_key_id":"ak","access_key_secret":"hush"}]}"#,
    );
    const ACCESS: (&str, &str) = (
        ".s/access.yaml",
        "other: { AccessKeyID: no, AccessKeySecret: hush-no }\n\
         default: { AccountID: 1234567890, AccessKeyID: ak-s, AccessKeySecret: hush-s }\n",
    );

    #[test]
    fn the_environment_comes_first() {
        let found = found(&[(KEY_ID, "ak"), (KEY_SECRET, "hush"), (TOKEN, "t")], &[CONFIG]).unwrap();
        assert_eq!(found.credentials, Credentials::new("ak", "hush", Some("t".into())));
    }

    #[test]
    fn half_a_key_is_said() {
        let error = found(&[(KEY_ID, "ak")], &[CONFIG]).unwrap_err();
        assert!(error.to_string().contains(&format!("{KEY_ID} is set, {KEY_SECRET} is not")), "{error}");
    }

    #[test]
    fn the_current_profile_is_taken_or_the_one_that_is_named() {
        let main = found(&[], &[CONFIG, ACCESS]).unwrap();
        assert_eq!((main.credentials.id(), main.region.as_deref()), ("ak-main", Some("cn-beijing")));
        let sts = found(&[(PROFILE, "sts")], &[CONFIG]).unwrap();
        assert_eq!(sts.credentials, Credentials::new("STS.x", "hush-sts", Some("hush-token".into())));
        let error = found(&[(PROFILE, "nobody")], &[CONFIG]).unwrap_err();
        assert!(error.to_string().ends_with("there are main, sts, role"), "{error}");
    }

    #[test]
    fn a_mode_that_is_not_supported_is_named() {
        let error = found(&[(PROFILE, "role")], &[CONFIG]).unwrap_err();
        assert!(error.to_string().contains("mode RamRoleArn") && error.remedy().unwrap().contains(TOKEN), "{error}");
    }

    #[test]
    fn the_keys_of_serverless_devs_come_last() {
        for files in
            [vec![ACCESS], vec![(".aliyun/config.json", r#"{"current":"x","profiles":[{"name":"x"}]}"#), ACCESS]]
        {
            let found = found(&[], &files).unwrap();
            assert_eq!((found.credentials.id(), found.account.as_deref()), ("ak-s", Some("1234567890")));
        }
        let found = found(&[(IGNORE_PROFILE, "TRUE")], &[CONFIG, ACCESS]).unwrap();
        assert_eq!(found.credentials.id(), "ak-s");
    }

    #[test]
    fn everything_that_was_looked_for_is_named() {
        let error = found(&[], &[]).unwrap_err();
        for place in [KEY_ID, KEY_SECRET, "~/.aliyun/config.json", "~/.s/access.yaml"] {
            assert!(error.to_string().contains(place), "{error}");
        }
    }

    #[test]
    fn no_secret_is_in_any_output() {
        let said = format!("{:?}", found(&[(PROFILE, "sts")], &[CONFIG]).unwrap());
        assert!(!said.contains("hush") && !said.contains("STS.x"), "{said}");
        let broken = (".s/access.yaml", "default: { AccessKeyID: [hush }\n");
        let error = found(&[], &[broken]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
}
