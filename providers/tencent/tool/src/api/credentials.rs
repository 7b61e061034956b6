//! Whose account, and where: found by the platform's own conventions.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use fx_deploy::{CloudError, Kind, Value};
use fx_provider::deploy::Connection;

/// A key pair, perhaps with the token of a session. The key and the token are never printed.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub id: String,
    pub key: Value,
    pub token: Option<Value>,
    /// Where they were found, for errors.
    pub source: String,
}

/// Environment variables of one convention: id, key, and the names a token may have.
type Names = (&'static str, &'static str, &'static [&'static str]);

/// The SDKs', Tencent's Serverless Framework's, and those that a function with a role finds.
const VARIABLES: [Names; 3] = [
    ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", &["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"]),
    ("TENCENT_SECRET_ID", "TENCENT_SECRET_KEY", &["TENCENT_TOKEN"]),
    ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", &["TENCENTCLOUD_SESSIONTOKEN"]),
];

/// The folders in which the SDKs look for `credentials`: the user's own, then the machine's.
const OF_THE_USER: &str = ".tencentcloud/credentials";
const OF_THE_MACHINE: &str = "/etc/tencentcloud/credentials";

/// Finds the credentials: environment, the SDKs' files, the profile of `tccli`.
pub(crate) fn find(connection: &Connection<'_>) -> Result<Credentials, CloudError> {
    for names in VARIABLES {
        if let Some(found) = variables(connection, names)? {
            return Ok(found);
        }
    }
    let files = connection.home.map(|home| home.join(OF_THE_USER)).into_iter().chain([PathBuf::from(OF_THE_MACHINE)]);
    for file in files {
        if let Some(found) = ini(&file)? {
            return Ok(found);
        }
    }
    if let Some(file) = profile(connection, "credential")
        && let Some(found) = tccli(&file)?
    {
        return Ok(found);
    }
    let looked: Vec<String> = VARIABLES.iter().map(|(id, key, _)| format!("{id} and {key}")).collect();
    let message = format!(
        "no credentials: neither {} are set, and neither ~/{OF_THE_USER}, {OF_THE_MACHINE} nor the tccli profile ~/.tccli/{}.credential \
         exists",
        looked.join(", nor "),
        profile_name(connection)
    );
    let help = "make an API key at https://console.cloud.tencent.com/cam/capi, and set TENCENTCLOUD_SECRET_ID and \
                TENCENTCLOUD_SECRET_KEY, or run `tccli configure`";
    Err(CloudError::new(Kind::Credentials, "connect", message).help(help))
}

/// The region: the flag or f.yml, the environment, the profile of `tccli`.
pub(crate) fn region(connection: &Connection<'_>) -> Result<String, CloudError> {
    if let Some(region) = connection.region {
        return Ok(region.to_owned());
    }
    if let Some(region) = variable(connection, "TENCENTCLOUD_REGION") {
        return Ok(region);
    }
    if let Some(file) = profile(connection, "configure")
        && let Some(text) = read(&file)?
    {
        let settings: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| broken(&file, &error.to_string()))?;
        if let Some(region) = settings["_sys_param"]["region"].as_str().filter(|region| !region.is_empty()) {
            return Ok(region.to_owned());
        }
    }
    let message = format!(
        "no region: neither `--region` nor `provider.region` in f.yml, nor TENCENTCLOUD_REGION, nor the tccli profile \
         ~/.tccli/{}.configure says one",
        profile_name(connection)
    );
    let help = "say `region: ap-guangzhou` under `provider`, or the one that is near the service's users";
    Err(CloudError::new(Kind::Invalid, "connect", message).help(help))
}

/// A variable that is set and not empty.
pub(super) fn variable(connection: &Connection<'_>, name: &str) -> Option<String> {
    (connection.variables)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn variables(connection: &Connection<'_>, (id, key, tokens): Names) -> Result<Option<Credentials>, CloudError> {
    let token = tokens.iter().find_map(|name| variable(connection, name)).map(Value::secret);
    match (variable(connection, id), variable(connection, key)) {
        (Some(found), Some(secret)) => {
            Ok(Some(Credentials { id: found, key: Value::secret(secret), token, source: id.to_owned() }))
        }
        (None, None) => Ok(None),
        (Some(_), None) => Err(half(id, key)),
        (None, Some(_)) => Err(half(key, id)),
    }
}

fn half(set: &str, unset: &str) -> CloudError {
    CloudError::new(Kind::Credentials, "connect", format!("{set} is set, and {unset} is not"))
        .help("set both, or neither to use a profile")
}

/// The file of the SDKs: `secret_id` and `secret_key` under `[default]`.
fn ini(file: &Path) -> Result<Option<Credentials>, CloudError> {
    let Some(text) = read(file)? else { return Ok(None) };
    let mut section = "";
    let mut settings = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.trim();
        } else if section == "default"
            && let Some((name, value)) = line.split_once('=')
        {
            settings.insert(name.trim(), value.trim());
        }
    }
    let get = |name: &str| settings.get(name).filter(|value| !value.is_empty()).map(|value| (*value).to_owned());
    match (get("secret_id"), get("secret_key")) {
        (Some(id), Some(key)) => Ok(Some(Credentials {
            id,
            key: Value::secret(key),
            token: get("token").map(Value::secret),
            source: file.display().to_string(),
        })),
        _ => Err(broken(file, "there is no secret_id and secret_key under [default]")),
    }
}

/// The profile of `tccli`.
fn tccli(file: &Path) -> Result<Option<Credentials>, CloudError> {
    let Some(text) = read(file)? else { return Ok(None) };
    let said: serde_json::Value = serde_json::from_str(&text).map_err(|error| broken(file, &error.to_string()))?;
    let get = |name: &str| said[name].as_str().filter(|value| !value.is_empty()).map(str::to_owned);
    match (get("secretId"), get("secretKey")) {
        (Some(id), Some(key)) => Ok(Some(Credentials {
            id,
            key: Value::secret(key),
            token: get("token").map(Value::secret),
            source: file.display().to_string(),
        })),
        _ => {
            let kind = get("type").map(|kind| format!(", but a sign-in of type {kind}")).unwrap_or_default();
            Err(broken(file, &format!("there is no secretId and secretKey in it{kind}")))
        }
    }
}

fn profile(connection: &Connection<'_>, extension: &str) -> Option<PathBuf> {
    let home = connection.home?;
    Some(home.join(".tccli").join(format!("{}.{extension}", profile_name(connection))))
}

fn profile_name(connection: &Connection<'_>) -> String {
    variable(connection, "TCCLI_PROFILE").unwrap_or_else(|| "default".into())
}

/// The text of a file; `None`: there is no such file.
fn read(file: &Path) -> Result<Option<String>, CloudError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(broken(file, &error.to_string())),
    }
}

fn broken(file: &Path, reason: &str) -> CloudError {
    CloudError::new(Kind::Credentials, "connect", format!("{}: {reason}", file.display()))
        .help("run `tccli configure`, or set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY")
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn with<T>(
        home: &Path,
        variables: &[(&str, &str)],
        ask: impl Fn(&Connection<'_>) -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        let variables: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let look = move |name: &str| variables.get(name).cloned();
        ask(&Connection { region: None, settings: &BTreeMap::new(), variables: &look, home: Some(home) })
    }

    fn found(home: &Path, variables: &[(&str, &str)]) -> (String, String, Option<String>) {
        let found = with(home, variables, find).unwrap();
        (found.id, found.key.text().into(), found.token.map(|token| token.text().into()))
    }

    fn write(home: &Path, name: &str, text: &str) {
        let file = home.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    #[test]
    fn the_environment_goes_before_files_and_the_sdks_before_others() {
        let home = TempDir::new().unwrap();
        let tccli = [("TENCENT_SECRET_ID", "b"), ("TENCENT_SECRET_KEY", "bk")];
        write(home.path(), ".tccli/default.credential", r#"{"secretId":"d","secretKey":"dk","token":"dt"}"#);
        assert_eq!(found(home.path(), &[]), ("d".into(), "dk".into(), Some("dt".into())));
        write(
            home.path(),
            ".tencentcloud/credentials",
            "[other]\nsecret_id=x\n[default]\nsecret_id = c\nsecret_key=ck\n",
        );
        assert_eq!(found(home.path(), &[]), ("c".into(), "ck".into(), None));
        assert_eq!(found(home.path(), &tccli).0, "b");
        let sdk = [("TENCENTCLOUD_SECRET_ID", "a"), ("TENCENTCLOUD_SECRET_KEY", "ak"), ("TENCENTCLOUD_TOKEN", "at")];
        assert_eq!(
            found(home.path(), &[sdk.as_slice(), &tccli].concat()),
            ("a".into(), "ak".into(), Some("at".into()))
        );
    }

    #[test]
    fn a_profile_can_be_named() {
        let home = TempDir::new().unwrap();
        write(home.path(), ".tccli/work.credential", r#"{"secretId":"w","secretKey":"wk"}"#);
        write(home.path(), ".tccli/work.configure", r#"{"_sys_param":{"region":"ap-tokyo","output":"json"}}"#);
        let named = [("TCCLI_PROFILE", "work")];
        assert_eq!(found(home.path(), &named).0, "w");
        assert_eq!(with(home.path(), &named, region).unwrap(), "ap-tokyo");
        let said = [("TCCLI_PROFILE", "work"), ("TENCENTCLOUD_REGION", "ap-seoul")];
        assert_eq!(with(home.path(), &said, region).unwrap(), "ap-seoul");
    }

    #[test]
    fn nothing_found_names_everything_that_was_looked_for() {
        let home = TempDir::new().unwrap();
        let error = with(home.path(), &[], find).unwrap_err();
        assert_eq!(error.kind(), Kind::Credentials);
        for name in [
            "TENCENTCLOUD_SECRET_ID",
            "TENCENT_SECRET_KEY",
            "TENCENTCLOUD_SECRETID",
            "~/.tencentcloud/credentials",
            "default.credential",
        ] {
            assert!(error.to_string().contains(name), "{error}");
        }
        let error = with(home.path(), &[], region).unwrap_err();
        for name in ["--region", "provider.region", "TENCENTCLOUD_REGION", "default.configure"] {
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn half_a_pair_is_a_mistake_and_so_is_a_profile_without_keys() {
        let home = TempDir::new().unwrap();
        let error = with(home.path(), &[("TENCENT_SECRET_ID", "x")], find).unwrap_err();
        assert_eq!(error.to_string(), "connect: TENCENT_SECRET_ID is set, and TENCENT_SECRET_KEY is not");
        write(home.path(), ".tccli/default.credential", r#"{"type":"sso"}"#);
        let error = with(home.path(), &[], find).unwrap_err();
        assert!(error.to_string().ends_with("but a sign-in of type sso"), "{error}");
    }
}
