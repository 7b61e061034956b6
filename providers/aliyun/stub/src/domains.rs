//! Domains.

use serde_json::{Map, Value};

use crate::{
    ACCOUNT,
    answer::{Answer, Refusal, Result},
    body::{Is, Member, check, page},
    route::Call,
    world::World,
};

pub(crate) const TO_CREATE: [Member; 4] = [
    ("domainName", Is::Text, true),
    ("protocol", Is::Text, true),
    ("routeConfig", Is::Object, false),
    ("authConfig", Is::Object, false),
];
pub(crate) const TO_UPDATE: [Member; 3] =
    [("protocol", Is::Text, false), ("routeConfig", Is::Object, false), ("authConfig", Is::Object, false)];

const ROUTE: [Member; 4] = [
    ("path", Is::Text, true),
    ("functionName", Is::Text, true),
    ("qualifier", Is::Text, false),
    ("methods", Is::List, false),
];

pub(crate) fn create(world: &mut World, mut body: Map<String, Value>) -> Result {
    let name = body["domainName"].as_str().unwrap_or_default().to_owned();
    if world.domains.contains_key(&name) {
        return Err(Refusal::new(409, "DomainNameAlreadyExists", format!("domain '{name}' already exists")));
    }
    check_domain(world, &body)?;
    body.insert("accountId".into(), ACCOUNT.into());
    body.insert("createdTime".into(), world.time().into());
    world.domains.insert(name, body.clone().into());
    Ok(Answer::Json(body.into()))
}

pub(crate) fn update(world: &mut World, call: &Call, body: Map<String, Value>) -> Result {
    let mut domain = find(world, call.part(0))?.as_object().cloned().unwrap_or_default();
    domain.extend(body);
    check_domain(world, &domain)?;
    world.domains.insert(call.part(0).to_owned(), domain.clone().into());
    Ok(Answer::Json(domain.into()))
}

pub(crate) fn get(world: &World, call: &Call) -> Result {
    find(world, call.part(0)).cloned().map(Answer::Json)
}

pub(crate) fn list(world: &World, call: &Call) -> Result {
    page(call, "customDomains", world.domains.values().cloned().collect()).map(Answer::Json)
}

pub(crate) fn delete(world: &mut World, call: &Call) -> Result {
    find(world, call.part(0))?;
    world.domains.remove(call.part(0));
    Ok(Answer::Nothing)
}

fn find<'a>(world: &'a World, name: &str) -> std::result::Result<&'a Value, Refusal> {
    let missing = || Refusal::new(404, "DomainNameNotFound", format!("domain '{name}' does not exist"));
    world.domains.get(name).ok_or_else(missing)
}

fn check_domain(world: &mut World, domain: &Map<String, Value>) -> std::result::Result<(), Refusal> {
    if !["HTTP", "HTTPS", "HTTP,HTTPS"].iter().any(|protocol| domain["protocol"] == *protocol) {
        return Err(Refusal::argument("protocol is not HTTP, HTTPS or HTTP,HTTPS"));
    }
    let routes = domain.get("routeConfig").and_then(|config| config["routes"].as_array()).cloned().unwrap_or_default();
    for route in &routes {
        let route = route.as_object().ok_or_else(|| Refusal::argument("a route is no object"))?;
        check("a route", route, &ROUTE)?;
        let text = |member: &str| route.get(member).and_then(Value::as_str).unwrap_or_default();
        let path = text("path");
        let star = path.find('*');
        if !path.starts_with('/') || star.is_some_and(|at| at + 1 != path.len() || !path.ends_with("/*")) {
            return Err(Refusal::argument(format!("`{path}` is not a path of a route")));
        }
        let qualifier = if text("qualifier").is_empty() { "LATEST" } else { text("qualifier") };
        if !world.find(text("functionName"))?.has(qualifier) {
            return Err(Refusal::new(404, "AliasNotFound", format!("there is no version or alias '{qualifier}'")));
        }
    }
    Ok(())
}
