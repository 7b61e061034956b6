//! [`Raw`].

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Delivery, Event, TriggerKind};
use crate::error::{Error, Result};

/// Any event just as the platform sent it, read as JSON into `T`.
///
/// ```
/// use fx_runtime::{Result, event::Raw};
///
/// #[derive(serde::Deserialize)]
/// struct Native {
///     account: String,
/// }
///
/// async fn audit(Raw(native): Raw<Native>) -> Result<String> {
///     Ok(native.account)
/// }
/// # let _ = audit(Raw(Native { account: String::new() }));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw<T = Value>(pub T);

impl<T: DeserializeOwned + Send + 'static> Event for Raw<T> {
    const KINDS: &'static [TriggerKind] = TriggerKind::ALL;

    fn receive(delivery: Delivery) -> Result<Self> {
        let event = delivery.source().json();
        event.map(Raw).map_err(|error| Error::unprocessable(format!("the event does not fit: {error}")))
    }
}
