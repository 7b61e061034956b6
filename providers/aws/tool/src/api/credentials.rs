//! Who calls: keys and region, each where AWS's own tools look for them and in their order.

use aws_config::{
    ecs::EcsCredentialsProvider,
    imds::credentials::ImdsCredentialsProvider,
    meta::{credentials::CredentialsProviderChain, region::ProvideRegion},
    profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider},
    provider_config::ProviderConfig,
    web_identity_token::WebIdentityTokenCredentialsProvider,
};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError},
};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_lambda::config::{AsyncSleep, HttpClient, Region, SharedAsyncSleep};
use fx_deploy::{CloudError, Kind};
use fx_provider::deploy::Connection;

use super::errors::innermost;

/// What the SDK pauses with.
pub(super) fn sleep() -> SharedAsyncSleep {
    #[derive(Debug)]
    struct Tokio;
    impl AsyncSleep for Tokio {
        fn sleep(&self, duration: std::time::Duration) -> aws_sdk_lambda::config::Sleep {
            aws_sdk_lambda::config::Sleep::new(tokio::time::sleep(duration))
        }
    }
    SharedAsyncSleep::new(Tokio)
}

/// The region: what the user says, the environment, the profile.
pub(super) async fn region(connection: &Connection<'_>) -> Result<String, CloudError> {
    let said = connection.region.map(str::to_owned);
    let set = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| variable(connection, name));
    if let Some(region) = said.or(set) {
        return Ok(region);
    }
    let profile = profile(connection);
    let provider = ProfileFileRegionProvider::builder().profile_files(files(connection)).profile_name(&profile).build();
    let found = provider.region().await.map(|region| region.to_string());
    found.ok_or_else(|| {
        let message = format!(
            "no region: looked at --region, `region` in f.yml, AWS_REGION, AWS_DEFAULT_REGION and the profile {profile} in {}",
            places(connection)
        );
        CloudError::new(Kind::Invalid, "connect", message).help("say `--region`, or set `region` under `provider` in f.yml")
    })
}

/// Keys that were found. What is found may expire, and is then found again by itself.
pub(super) async fn provider(
    connection: &Connection<'_>,
    region: &str,
    client: impl HttpClient + Clone + 'static,
) -> Result<SharedCredentialsProvider, CloudError> {
    let config = ProviderConfig::default().with_http_client(client).with_region(Some(Region::new(region.to_owned())));
    let profile = profile(connection);
    let set = keys(connection)?;
    let in_files = ProfileFileCredentialsProvider::builder()
        .configure(&config)
        .profile_files(files(connection))
        .profile_name(&profile)
        .build();
    let provider = match set {
        Some(keys) => SharedCredentialsProvider::new(keys),
        None => {
            let chain = CredentialsProviderChain::first_try("profile", in_files)
                .or_else("web identity", WebIdentityTokenCredentialsProvider::builder().configure(&config).build())
                .or_else("container", EcsCredentialsProvider::builder().configure(&config).build());
            match variable(connection, "AWS_EC2_METADATA_DISABLED").is_some_and(|off| off.eq_ignore_ascii_case("true"))
            {
                true => SharedCredentialsProvider::new(chain),
                false => {
                    let machine = ImdsCredentialsProvider::builder().configure(&config).build();
                    SharedCredentialsProvider::new(chain.or_else("machine", machine))
                }
            }
        }
    };
    // Found out now, so that the error says where keys were looked for, and not that some call could not be made.
    match provider.provide_credentials().await {
        Ok(_) => Ok(provider),
        Err(CredentialsError::CredentialsNotLoaded(_)) => Err(nothing(connection, &profile)),
        Err(error) => {
            let message = format!("the keys of the profile {profile} cannot be had: {}", innermost(&error));
            let error = CloudError::new(Kind::Credentials, "connect", message);
            Err(error.help(
                "see whether `aws sts get-caller-identity` works, and sign in again if it does not; what SSO, `aws login` and \
                 `credential_process` give is handed to fx by `eval \"$(aws configure export-credentials --format env)\"`",
            ))
        }
    }
}

fn nothing(connection: &Connection<'_>, profile: &str) -> CloudError {
    let message = format!(
        "no keys: looked at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile {profile} in {}, \
         AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI, and this machine's own role",
        places(connection)
    );
    CloudError::new(Kind::Credentials, "connect", message)
        .help("set the two variables, or run `aws configure`; AWS_PROFILE names another profile")
}

/// Keys in the environment.
fn keys(connection: &Connection<'_>) -> Result<Option<Credentials>, CloudError> {
    let [id, secret] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(|name| variable(connection, name));
    let half = |set: &str, missing: &str| {
        let message = format!("{set} is set and {missing} is not");
        CloudError::new(Kind::Credentials, "connect", message).help("set both, or neither to use a profile")
    };
    match (id, secret) {
        (Some(id), Some(secret)) => {
            let token = variable(connection, "AWS_SESSION_TOKEN");
            Ok(Some(Credentials::new(id, secret, token, None, "environment")))
        }
        (None, None) => Ok(None),
        (Some(_), None) => Err(half("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
        (None, Some(_)) => Err(half("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")),
    }
}

fn variable(connection: &Connection<'_>, name: &str) -> Option<String> {
    (connection.variables)(name).filter(|value| !value.is_empty())
}

fn profile(connection: &Connection<'_>) -> String {
    let set = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].into_iter().find_map(|name| variable(connection, name));
    set.unwrap_or_else(|| "default".to_owned())
}

/// The two files, by their variables or in the user's own folder.
fn paths(connection: &Connection<'_>) -> Vec<(EnvConfigFileKind, std::path::PathBuf)> {
    let file = |kind, name: &str, usual: &str| {
        let set = variable(connection, name).map(Into::into);
        set.or_else(|| Some(connection.home?.join(".aws").join(usual))).map(|path| (kind, path))
    };
    [
        file(EnvConfigFileKind::Config, "AWS_CONFIG_FILE", "config"),
        file(EnvConfigFileKind::Credentials, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn files(connection: &Connection<'_>) -> EnvConfigFiles {
    // A file that is not there is no failure where it is only the usual one; none at all would be the SDK's panic.
    let nothing = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "");
    let there = paths(connection).into_iter().filter(|(_, path)| path.exists());
    there.fold(nothing, |files, (kind, path)| files.with_file(kind, path)).build()
}

fn places(connection: &Connection<'_>) -> String {
    let paths: Vec<String> = paths(connection).iter().map(|(_, path)| path.display().to_string()).collect();
    match paths.is_empty() {
        true => "AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE".to_owned(),
        false => paths.join(" and "),
    }
}
