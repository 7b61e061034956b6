//! What has been deployed, and the addresses on this machine that lead to it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hyper::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use crate::{
    moto::Account,
    proxy::{Call, Proxy},
    visits::{Deployed, Runner},
};

/// What an address leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A function, and its alias or version.
    Function(String, String),
    /// An HTTP API, by its id.
    Api(String),
}

/// What answers at addresses. moto gives out such that lead nowhere; these take their place.
pub(crate) struct Front {
    pub account: Account,
    pub runner: Option<Arc<dyn Runner>>,
    /// Packages by the checksum that Lambda says of them: which one a version has moto knows.
    zips: Mutex<BTreeMap<String, Arc<Vec<u8>>>>,
    addresses: Mutex<BTreeMap<Place, (String, JoinHandle<()>)>>,
}

impl Front {
    pub fn new(account: Account, runner: Option<Arc<dyn Runner>>) -> Self {
        Self { account, runner, zips: Mutex::default(), addresses: Mutex::default() }
    }

    /// Keeps the package of a call that has brought one.
    pub async fn keep_code(&self, call: &Call) {
        let code = match call.operation() {
            "CreateFunction" => &call.body["Code"],
            "UpdateFunctionCode" => &call.body,
            _ => return,
        };
        let zip = match (code["ZipFile"].as_str(), code["S3Bucket"].as_str(), code["S3Key"].as_str()) {
            (Some(zip), ..) => STANDARD.decode(zip).ok(),
            (None, Some(bucket), Some(key)) => {
                let path = format!("{bucket}/{key}");
                self.account.store(Method::GET, &path, "").await.map(|zip| zip.to_vec())
            }
            _ => None,
        };
        if let Some(zip) = zip {
            lock(&self.zips).insert(STANDARD.encode(Sha256::digest(&zip)), Arc::new(zip));
        }
    }

    /// Puts addresses on this machine into an answer that has some at AWS.
    pub async fn at_home(&self, proxy: &Proxy, call: &Call, answer: Bytes) -> Bytes {
        let Ok(mut value) = serde_json::from_slice::<Value>(&answer) else { return answer };
        match call.operation() {
            "CreateFunctionUrlConfig" | "GetFunctionUrlConfig" | "UpdateFunctionUrlConfig" => {
                let qualifier = call.parameter("Qualifier").unwrap_or("$LATEST".into());
                let place = Place::Function(call.subject().to_owned(), qualifier);
                // AWS ends this one in a slash, and an API's not.
                value["FunctionUrl"] = format!("{}/", self.address(proxy, place).await).into();
            }
            "CreateApi" | "GetApi" | "UpdateApi" => self.move_api(proxy, &mut value).await,
            "GetApis" => {
                for api in value["items"].as_array_mut().into_iter().flatten() {
                    self.move_api(proxy, api).await;
                }
            }
            _ => return answer,
        }
        value.to_string().into()
    }

    async fn move_api(&self, proxy: &Proxy, api: &mut Value) {
        let place = Place::Api(api["apiId"].as_str().unwrap_or_default().to_owned());
        api["apiEndpoint"] = self.address(proxy, place).await.into();
    }

    /// The address of something. It stays the same.
    async fn address(&self, proxy: &Proxy, place: Place) -> String {
        if let Some((address, _)) = lock(&self.addresses).get(&place) {
            return address.clone();
        }
        let (address, task) = proxy.open(place.clone()).await;
        match lock(&self.addresses).entry(place) {
            std::collections::btree_map::Entry::Occupied(other) => {
                task.abort();
                other.get().0.clone()
            }
            std::collections::btree_map::Entry::Vacant(none) => none.insert((address, task)).0.clone(),
        }
    }

    /// What runs when an alias or a version of a function is asked.
    pub async fn deployed(&self, function: &str, qualifier: &str) -> Option<Deployed> {
        let version = match qualifier {
            "$LATEST" => None,
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => Some(number.to_owned()),
            alias => {
                let path = format!("/2015-03-31/functions/{function}/aliases/{alias}");
                let alias = self.account.ask(Method::GET, "lambda", &path, &Value::Null).await?;
                Some(alias["FunctionVersion"].as_str()?.to_owned())
            }
        };
        let found = self.account.function(function, version.as_deref()).await?;
        let variables = found["Environment"]["Variables"].as_object().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(Deployed {
            function: function.to_owned(),
            version: text(&found["Version"]),
            zip: lock(&self.zips).get(found["CodeSha256"].as_str()?)?.clone(),
            environment: variables.map(|(name, value)| (name.clone(), text(value))).collect(),
        })
    }

    /// Ends what serves the addresses.
    pub fn close(&self) {
        for (_, task) in std::mem::take(&mut *lock(&self.addresses)).into_values() {
            task.abort();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
