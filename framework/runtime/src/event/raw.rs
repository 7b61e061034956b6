//! [`Raw`].

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Delivery, Event, TriggerKind};
use crate::error::{Error, Result};

/// Any event just as the platform sent it, read as JSON into `T`. What a platform sends in another notation is put into JSON first.
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
        let event = match (delivery.source().json(), &delivery) {
            // A dialect that reads another notation puts the whole into the body of a message.
            (Err(error), Delivery::Message(message)) => message.body.json().map_err(|_| error),
            (event, _) => event,
        };
        event.map(Raw).map_err(|error| Error::unprocessable(format!("the event does not fit: {error}")))
    }
}
