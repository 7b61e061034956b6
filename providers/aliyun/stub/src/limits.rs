//! How many requests a function may have under way, and what becomes of its asynchronous calls.

use serde_json::{Map, Value, json};

use crate::{
    answer::{Answer, Refusal, Result},
    body::{Is, Member, within},
    route::Call,
    world::World,
};

pub(crate) const CONCURRENCY: [Member; 1] = [("reservedConcurrency", Is::Integer, true)];

pub(crate) const ASYNCHRONOUS: [Member; 4] = [
    ("maxAsyncRetryAttempts", Is::Integer, false),
    ("maxAsyncEventAgeInSeconds", Is::Integer, false),
    ("asyncTask", Is::Flag, false),
    ("destinationConfig", Is::Object, false),
];

pub(crate) fn put_concurrency(world: &mut World, call: &Call, body: Map<String, Value>) -> Result {
    let function = world.find(call.part(0))?;
    function.concurrency = Some(body.clone().into());
    Ok(Answer::Json(body.into()))
}

pub(crate) fn concurrency(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    let missing = || Refusal::new(404, "OnDemandConfigNotFound", "there is no concurrency config");
    function.concurrency.clone().map(Answer::Json).ok_or_else(missing)
}

pub(crate) fn delete_concurrency(world: &mut World, call: &Call) -> Result {
    concurrency(world, call)?;
    world.find(call.part(0))?.concurrency = None;
    Ok(Answer::Nothing)
}

pub(crate) fn put_asynchronous(world: &mut World, call: &Call, mut body: Map<String, Value>) -> Result {
    within(&body, "maxAsyncRetryAttempts", 0.0, 8.0)?;
    within(&body, "maxAsyncEventAgeInSeconds", 1.0, 604_800.0)?;
    let function = world.find(call.part(0))?;
    let qualifier = call.asked("qualifier").unwrap_or("LATEST");
    if !function.has(qualifier) {
        return Err(Refusal::new(404, "AliasNotFound", format!("there is no version or alias '{qualifier}'")));
    }
    body.entry("asyncTask").or_insert_with(|| json!(false));
    function.asynchronous.insert(qualifier.to_owned(), body.clone().into());
    Ok(Answer::Json(body.into()))
}

pub(crate) fn asynchronous(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    let found = function.asynchronous.get(call.asked("qualifier").unwrap_or("LATEST")).cloned();
    found.map(Answer::Json).ok_or_else(|| Refusal::new(404, "AsyncConfigNotExists", "there is no async config"))
}

pub(crate) fn delete_asynchronous(world: &mut World, call: &Call) -> Result {
    asynchronous(world, call)?;
    world.find(call.part(0))?.asynchronous.remove(call.asked("qualifier").unwrap_or("LATEST"));
    Ok(Answer::Nothing)
}
