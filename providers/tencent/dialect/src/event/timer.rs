//! The timer trigger.

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, Timer,
    native::{Malformed, time, typed},
};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tick {
    trigger_name: String,
    #[serde(default)]
    time: Option<String>,
    /// What the trigger was made with.
    #[serde(default)]
    message: Option<String>,
}

pub(super) fn read(members: Map<String, Value>, body: &Bytes) -> Result<Delivery, Malformed> {
    let tick: Tick = typed("a timer", members)?;
    Ok(Delivery::Timer(Timer {
        name: tick.trigger_name,
        scheduled: time(tick.time.as_deref()),
        payload: tick.message.filter(|message| !message.is_empty()),
        source: body.clone().into(),
    }))
}
