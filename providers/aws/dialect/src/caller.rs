//! [`Caller`]: what Lambda knows of whoever invoked a function, where they said so.

use std::{convert::Infallible, fmt, sync::Arc};

use axum::extract::FromRequestParts;
use base64::{Engine, prelude::BASE64_STANDARD};
use fx_runtime::{Error, Result, pull::Fields};
use http::request::Parts;
use serde::{Deserialize, de::DeserializeOwned};

/// Who invoked: what an app says of itself, a user of Cognito, a tenant. Any handler takes it; where nobody said anything, and everywhere but
/// on Lambda, it is empty.
///
/// ```
/// use fx_aws::Caller;
/// use fx_runtime::{Result, event::Timer};
///
/// #[derive(serde::Deserialize)]
/// struct App {
///     custom: std::collections::BTreeMap<String, String>,
/// }
///
/// async fn refresh(_: Timer, caller: Caller) -> Result<String> {
///     let app: Option<App> = caller.client_context()?;
///     Ok(format!("{:?} for {:?}", app.map(|app| app.custom), caller.tenant_id()))
/// }
/// # let _ = refresh(Timer::default(), Caller::default());
/// ```
#[derive(Clone, Default)]
pub struct Caller(Option<Arc<Said>>);

#[derive(Default)]
struct Said {
    client_context: Option<Box<str>>,
    identity: Option<Box<str>>,
    tenant_id: Option<Box<str>>,
}

/// A user of a Cognito identity pool, whose credentials the invocation was signed with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Identity {
    /// Id of the user.
    #[serde(rename = "cognitoIdentityId", alias = "identity_id")]
    pub id: String,
    /// Id of the pool.
    #[serde(rename = "cognitoIdentityPoolId", alias = "identity_pool_id")]
    pub pool_id: String,
}

impl Caller {
    /// From the head that brought an invocation; nothing at all for most, which then cost nothing.
    pub(crate) fn said(head: &Fields<'_, '_>) -> Option<Self> {
        // Some emulators send what nobody said as an empty line, an empty object or null.
        let said = |name| head.get(name).filter(|text| !["", "{}", "null"].contains(text)).map(Box::from);
        let client_context = said("Lambda-Runtime-Client-Context");
        let identity = said("Lambda-Runtime-Cognito-Identity");
        let tenant_id = said("Lambda-Runtime-Aws-Tenant-Id");
        if client_context.is_none() && identity.is_none() && tenant_id.is_none() {
            return None;
        }
        Some(Self(Some(Arc::new(Said { client_context, identity, tenant_id }))))
    }

    /// The `ClientContext` of the call, read as JSON into `T`.
    ///
    /// # Errors
    /// It has another shape.
    pub fn client_context<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let Some(text) = self.0.as_ref().and_then(|said| said.client_context.as_deref()) else { return Ok(None) };
        // Lambda hands on the JSON that callers send as base64; one emulator hands on the base64.
        let decoded = if text.starts_with('{') { None } else { BASE64_STANDARD.decode(text).ok() };
        let json = decoded.as_deref().unwrap_or(text.as_bytes());
        let read = serde_json::from_slice(json);
        read.map(Some).map_err(|error| Error::unprocessable(format!("the client context does not fit: {error}")))
    }

    /// The user of Cognito, if one invoked.
    ///
    /// # Errors
    /// Lambda said it in a form unknown here.
    pub fn identity(&self) -> Result<Option<Identity>> {
        let Some(text) = self.0.as_ref().and_then(|said| said.identity.as_deref()) else { return Ok(None) };
        let read = serde_json::from_str(text);
        read.map(Some).map_err(|error| Error::internal(format!("the Cognito identity cannot be read: {error}")))
    }

    /// The tenant, where the function isolates tenants from each other.
    pub fn tenant_id(&self) -> Option<&str> {
        self.0.as_ref()?.tenant_id.as_deref()
    }
}

/// Never refuses.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Its tenant only: the rest may be about a person.
impl fmt::Debug for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Caller").field("tenant_id", &self.tenant_id()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn caller(client_context: &str, identity: &str) -> Caller {
        let said =
            Said { client_context: Some(client_context.into()), identity: Some(identity.into()), tenant_id: None };
        Caller(Some(Arc::new(said)))
    }

    #[test]
    fn a_client_context_may_come_as_json_or_as_base64_of_it() {
        let said = json!({ "client": { "app_title": "shop" }, "custom": {} });
        for text in [said.to_string(), BASE64_STANDARD.encode(said.to_string())] {
            assert_eq!(caller(&text, "").client_context::<Value>().unwrap(), Some(said.clone()), "{text}");
        }
        let error = caller("???", "").client_context::<Value>().unwrap_err();
        assert!(error.message().starts_with("the client context does not fit: "), "{error}");
        assert_eq!(Caller::default().client_context::<Value>().unwrap(), None);
    }

    #[test]
    fn a_user_of_cognito_has_two_spellings() {
        let expected = Some(Identity { id: "i".to_owned(), pool_id: "p".to_owned() });
        for text in [
            r#"{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}"#,
            r#"{"identity_id":"i","identity_pool_id":"p"}"#,
        ] {
            assert_eq!(caller("", text).identity().unwrap(), expected);
        }
        assert!(caller("", "7").identity().is_err());
        assert_eq!(Caller::default().identity().unwrap(), None);
    }

    #[test]
    fn its_debug_form_keeps_people_out_of_logs() {
        assert_eq!(format!("{:?}", caller("secret", "secret")), "Caller { tenant_id: None, .. }");
    }
}
