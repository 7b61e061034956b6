//! Which call a request is.

use http::request::Parts;

use crate::answer::Refusal;

/// A call: its name, and the variable parts of its path, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub action: &'static str,
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
}

/// Method, path, name, and the query that the call knows. `*` is a variable part.
const CALLS: [(&str, &str, &str, &[&str]); 32] = [
    ("POST", "functions", "CreateFunction", &[]),
    ("GET", "functions", "ListFunctions", &["prefix", "limit", "nextToken", "tags", "runtime", "fcVersion"]),
    ("GET", "functions/*", "GetFunction", &["qualifier"]),
    ("PUT", "functions/*", "UpdateFunction", &[]),
    ("DELETE", "functions/*", "DeleteFunction", &[]),
    ("POST", "functions/*/invocations", "InvokeFunction", &["qualifier"]),
    ("POST", "functions/*/triggers", "CreateTrigger", &[]),
    ("GET", "functions/*/triggers", "ListTriggers", &["prefix", "limit", "nextToken"]),
    ("GET", "functions/*/triggers/*", "GetTrigger", &[]),
    ("PUT", "functions/*/triggers/*", "UpdateTrigger", &[]),
    ("DELETE", "functions/*/triggers/*", "DeleteTrigger", &[]),
    ("POST", "functions/*/versions", "PublishFunctionVersion", &[]),
    ("GET", "functions/*/versions", "ListFunctionVersions", &["direction", "limit", "nextToken"]),
    ("DELETE", "functions/*/versions/*", "DeleteFunctionVersion", &[]),
    ("POST", "functions/*/aliases", "CreateAlias", &[]),
    ("GET", "functions/*/aliases", "ListAliases", &["prefix", "limit", "nextToken"]),
    ("GET", "functions/*/aliases/*", "GetAlias", &[]),
    ("PUT", "functions/*/aliases/*", "UpdateAlias", &[]),
    ("DELETE", "functions/*/aliases/*", "DeleteAlias", &[]),
    ("GET", "functions/*/concurrency", "GetConcurrencyConfig", &[]),
    ("PUT", "functions/*/concurrency", "PutConcurrencyConfig", &[]),
    ("DELETE", "functions/*/concurrency", "DeleteConcurrencyConfig", &[]),
    ("GET", "functions/*/async-invoke-config", "GetAsyncInvokeConfig", &["qualifier"]),
    ("PUT", "functions/*/async-invoke-config", "PutAsyncInvokeConfig", &["qualifier"]),
    ("DELETE", "functions/*/async-invoke-config", "DeleteAsyncInvokeConfig", &["qualifier"]),
    ("POST", "custom-domains", "CreateCustomDomain", &[]),
    ("GET", "custom-domains", "ListCustomDomains", &["prefix", "limit", "nextToken"]),
    ("GET", "custom-domains/*", "GetCustomDomain", &[]),
    ("PUT", "custom-domains/*", "UpdateCustomDomain", &[]),
    ("DELETE", "custom-domains/*", "DeleteCustomDomain", &[]),
    ("POST", "tags-v2", "TagResources", &[]),
    ("DELETE", "tags-v2", "UntagResources", &["ResourceId", "ResourceType", "TagKey"]),
];

/// The name of the call that asks who calls; it is another service's.
pub(crate) const CALLER_IDENTITY: &str = "GetCallerIdentity";

impl Call {
    /// The call that a request is. Its name stands in a header too, and must be the same.
    pub fn of(head: &Parts) -> Result<Self, Refusal> {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let not_supported =
            || Refusal::new(400, "PathNotSupported", format!("{} {} is not supported", head.method, head.uri.path()));
        let (named, version) = (header("x-acs-action"), header("x-acs-version"));
        if (head.method.as_str(), head.uri.path(), named, version) == ("POST", "/", CALLER_IDENTITY, "2015-04-01") {
            return Ok(Self { action: CALLER_IDENTITY, path: Vec::new(), query: Vec::new() });
        }
        if version != "2023-03-30" {
            return Err(Refusal::new(400, "InvalidVersion", format!("`{version}` is not a version of this API")));
        }
        let path = head.uri.path().strip_prefix("/2023-03-30/").ok_or_else(not_supported)?;
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |pattern: &str| {
            let pattern: Vec<&str> = pattern.split('/').collect();
            pattern.len() == parts.len() && pattern.iter().zip(&parts).all(|(want, got)| *want == "*" || want == got)
        };
        let call = CALLS.iter().find(|(method, pattern, ..)| *method == head.method.as_str() && fits(pattern));
        let &(_, pattern, action, known) = call.ok_or_else(not_supported)?;
        if named != action {
            return Err(Refusal::argument(format!("the action is {action}, and x-acs-action says {named}")));
        }
        let path =
            pattern.split('/').zip(&parts).filter(|(want, _)| *want == "*").map(|(_, got)| decode(got)).collect();
        let pairs = head.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let query: Vec<(String, String)> = pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        if let Some((name, _)) = query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            return Err(Refusal::argument(format!("{action} knows no `{name}` in its query")));
        }
        Ok(Self { action, path, query })
    }

    /// A value of the query.
    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A variable part of the path.
    pub fn part(&self, index: usize) -> &str {
        self.path.get(index).map_or("", String::as_str)
    }

    /// Whether it changes nothing.
    pub fn is_reading(&self) -> bool {
        self.action.starts_with("Get") || self.action.starts_with("List")
    }
}

pub(crate) fn decode(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        let digit = |byte: Option<u8>| char::from(byte.unwrap_or(b'?')).to_digit(16);
        match byte {
            b'%' => match (digit(bytes.next()), digit(bytes.next())) {
                (Some(high), Some(low)) => decoded.extend(u8::try_from(high * 16 + low)),
                _ => decoded.push(b'?'),
            },
            byte => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
