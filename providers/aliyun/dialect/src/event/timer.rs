//! The timer trigger.

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, Timer,
    native::{Malformed, time, typed},
};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tick {
    trigger_name: String,
    trigger_time: String,
    #[serde(default)]
    payload: Option<String>,
}

pub(super) fn read(members: Map<String, Value>, body: &Bytes) -> Result<Delivery, Malformed> {
    let tick: Tick = typed("a timer", members)?;
    Ok(Delivery::Timer(Timer {
        name: tick.trigger_name,
        scheduled: time(Some(&tick.trigger_time)),
        payload: tick.payload.filter(|payload| !payload.is_empty()),
        source: body.clone().into(),
    }))
}
