//! AWS's API: who calls it, where it is, what is called, and what its answers mean.
//!
//! | what | where |
//! |---|---|
//! | credentials, by AWS's own conventions | `credentials.rs` |
//! | Lambda and STS, through AWS's SDK; calls of the other services, signed | this module, `calls.rs` |
//! | packages that are larger than a request | `store.rs` |
//! | changes that AWS takes one at a time | `turns.rs` |
//! | what a failure means | `errors.rs` |
//!
//! Nothing here tries again: the engine does, after it has read what is there.

mod calls;
mod credentials;
mod errors;
mod store;
mod turns;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_lambda::config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use fx_deploy::{CloudError, Http, Kind};
use fx_provider::deploy::{Connection, Place};

use crate::regions::partition;

pub(crate) use calls::{Call, Service, elements};
pub(crate) use errors::failure;
pub(crate) use store::code_bucket;

/// Time until somebody answers at all.
const CONNECT: Duration = Duration::from_secs(10);
/// Time for a whole call, the upload of a package over a slow line included.
const CALL: Duration = Duration::from_secs(300);

/// AWS, open. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Api(Arc<Inner>);

struct Inner {
    place: Place,
    lambda: aws_sdk_lambda::Client,
    http: Http,
    credentials: SharedCredentialsProvider,
    /// Endpoints that the user has set, by the name that the variable ends in; under the empty name the one for all.
    endpoints: BTreeMap<&'static str, String>,
    turns: turns::Turns,
}

impl Api {
    /// Finds credentials and region, and asks whose the credentials are.
    pub async fn open(connection: &Connection<'_>) -> Result<Self, CloudError> {
        let client = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let region = credentials::region(connection).await?;
        let credentials = credentials::provider(connection, &region, client.clone()).await?;
        let endpoints = endpoints(connection);
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.clone()))
            .credentials_provider(credentials.clone())
            .http_client(client)
            .sleep_impl(credentials::sleep())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(CALL).build())
            .build();
        let account = account(&config, &endpoints).await?;
        let mut lambda = aws_sdk_lambda::config::Builder::from(&config);
        lambda.set_endpoint_url(endpoint(&endpoints, "LAMBDA").map(str::to_owned));
        Ok(Self(Arc::new(Inner {
            place: Place { account, region },
            lambda: aws_sdk_lambda::Client::from_conf(lambda.build()),
            http: Http::new()?,
            credentials,
            endpoints,
            turns: turns::Turns::default(),
        })))
    }

    /// Where everything goes.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Lambda.
    pub fn lambda(&self) -> &aws_sdk_lambda::Client {
        &self.0.lambda
    }

    /// The name of something in this account and region: `arn:aws:sqs:eu-central-1:123456789012:jobs`.
    pub fn arn(&self, service: &str, name: &str) -> String {
        let Place { account, region } = self.place();
        format!("arn:{}:{service}:{region}:{account}:{name}", self.partition())
    }

    /// The name of something of this account that is in no region: `arn:aws:iam::123456789012:role/shop`.
    pub fn iam_arn(&self, name: &str) -> String {
        format!("arn:{}:iam::{}:{name}", self.partition(), self.place().account)
    }

    /// The part of AWS that everything is in.
    pub fn partition(&self) -> &'static str {
        partition(&self.place().region).name
    }
}

/// The endpoints that the environment sets.
fn endpoints(connection: &Connection<'_>) -> BTreeMap<&'static str, String> {
    let own = Service::ALL.map(Service::variable).into_iter().chain(["LAMBDA", "STS"]).map(|name| {
        let url = (connection.variables)(&format!("AWS_ENDPOINT_URL_{name}"));
        (name, url)
    });
    let all = ("", (connection.variables)("AWS_ENDPOINT_URL"));
    own.chain([all])
        .filter_map(|(name, url)| Some((name, url.filter(|url| !url.is_empty())?.trim_end_matches('/').to_owned())))
        .collect()
}

fn endpoint<'a>(endpoints: &'a BTreeMap<&'static str, String>, name: &str) -> Option<&'a str> {
    endpoints.get(name).or_else(|| endpoints.get("")).map(String::as_str)
}

/// The account of the credentials, which proves them at the same time.
async fn account(config: &SdkConfig, endpoints: &BTreeMap<&'static str, String>) -> Result<String, CloudError> {
    let mut sts = aws_sdk_sts::config::Builder::from(config);
    sts.set_endpoint_url(endpoint(endpoints, "STS").map(str::to_owned));
    let identity = aws_sdk_sts::Client::from_conf(sts.build()).get_caller_identity().send().await;
    let identity = identity.map_err(|error| failure("GetCallerIdentity", &error))?;
    identity.account.ok_or_else(|| CloudError::new(Kind::Invalid, "GetCallerIdentity", "the answer names no account"))
}
