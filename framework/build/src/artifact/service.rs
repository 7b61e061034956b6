//! From `artifact.json` back to the service that it describes, for those who have nothing else.

use std::{collections::BTreeMap, path::PathBuf};

use fx_spec::{
    Service, Unit,
    route::{Method, Methods, Route},
    schedule::Schedule,
    service::{Arch, Domain, Expression, Function, FunctionKind, Link, Located, Package, Trigger, TriggerKind},
};
use serde_json::Value;

use super::{
    ArtifactError,
    document::{Document, FunctionArtifact, TriggerArtifact, TriggerSettings, UnitArtifact},
};

impl Document {
    /// The service. What only matters before a package is made (folders, how to link) is not in the document and comes out as the
    /// default.
    pub fn to_service(&self) -> Result<Service, ArtifactError> {
        Ok(Service {
            name: implied(&self.service),
            description: self.description.clone(),
            target: self.provider.clone(),
            region: self.region.as_ref().map(implied),
            stage: self.stage.as_ref().map(implied),
            crate_dir: PathBuf::new(),
            units: self.units.iter().map(UnitArtifact::to_unit).collect::<Result<_, _>>()?,
            package: Package::default(),
            static_site: None,
            domain: match self.domain.as_str() {
                "auto" => Domain::Auto,
                "false" => Domain::Off,
                _ => Domain::Named(implied(&self.domain)),
            },
            certificate_arn: self.certificate_arn.as_ref().map(implied),
            keep: implied(&self.keep),
            extra: values(&self.extra),
        })
    }
}

impl UnitArtifact {
    fn to_unit(&self) -> Result<Unit, ArtifactError> {
        let expression = |(name, text): (&String, &String)| match Expression::parse(text) {
            Ok(expression) => Ok((name.clone(), Located::implied(expression))),
            Err(error) => Err(wrong(format!("the value of {name}: {error}"))),
        };
        Ok(Unit {
            name: implied(&self.name),
            description: self.description.clone(),
            functions: self.functions.iter().map(|function| self.function(function)).collect::<Result<_, _>>()?,
            routes: self
                .routes
                .iter()
                .map(|route| self::route(&route.methods, &route.path, &route.function))
                .collect::<Result<_, _>>()?,
            memory_size: implied(&self.memory_size),
            timeout: implied(&self.timeout),
            init_timeout: self.init_timeout.as_ref().map(implied),
            concurrency: implied(&self.concurrency),
            threads: Located::implied(1),
            arch: Located::implied(match self.arch.as_str() {
                "x86_64" => Arch::X86_64,
                "aarch64" => Arch::Aarch64,
                other => return Err(wrong(format!("`{other}` is no processor that fx knows"))),
            }),
            link: Located::implied(Link::Static),
            streaming: implied(&self.streaming),
            kind: match self.kind.as_deref() {
                None => None,
                Some("event") => Some(Located::implied(FunctionKind::Event)),
                Some("web") => Some(Located::implied(FunctionKind::Web)),
                Some(other) => return Err(wrong(format!("`{other}` is no type of function"))),
            },
            environment: self.environment.iter().map(expression).collect::<Result<_, _>>()?,
            layers: self.layers.iter().map(implied).collect(),
            extra: values(&self.extra),
        })
    }

    fn function(&self, function: &FunctionArtifact) -> Result<Function, ArtifactError> {
        let own = self.triggers.iter().filter(|trigger| trigger.function == function.name);
        Ok(Function {
            name: implied(&function.name),
            handler: implied(&function.handler),
            triggers: own.map(trigger).collect::<Result<_, _>>()?,
            from_code: false,
        })
    }
}

fn trigger(trigger: &TriggerArtifact) -> Result<Trigger, ArtifactError> {
    let kind = match &trigger.kind {
        TriggerSettings::Http { methods, path } => TriggerKind::Http(route(methods, path, &trigger.function)?),
        TriggerSettings::Timer { schedule, timezone, payload } => {
            let parsed = Schedule::parse(schedule);
            TriggerKind::Timer {
                schedule: Located::implied(
                    parsed.map_err(|error| wrong(format!("the schedule `{schedule}`: {error}")))?,
                ),
                timezone: timezone.as_ref().map(implied),
                payload: payload.clone(),
            }
        }
        TriggerSettings::Object { bucket, events, prefix, suffix } => TriggerKind::Object {
            bucket: implied(bucket),
            events: events.iter().map(implied).collect(),
            prefix: prefix.clone(),
            suffix: suffix.clone(),
        },
        TriggerSettings::Message { topic, tags } => TriggerKind::Message { topic: implied(topic), tags: tags.clone() },
        TriggerSettings::Log { source, project, log } => {
            TriggerKind::Log { source: source.as_ref().map(implied), project: project.clone(), log: log.clone() }
        }
    };
    let name = Some(implied(&trigger.name));
    Ok(Trigger { name, span: None, enabled: trigger.enabled, kind, extra: values(&trigger.extra) })
}

fn route(methods: &[String], path: &str, function: &str) -> Result<Route, ArtifactError> {
    let method = |name: &String| Method::parse(name).ok_or_else(|| wrong(format!("`{name}` is no method")));
    let methods = match methods {
        [any] if any == "ANY" => Methods::Any,
        some => Methods::Some(some.iter().map(method).collect::<Result<_, _>>()?),
    };
    Ok(Route { methods, path: path.into(), function: function.into(), span: None })
}

fn implied<T: Clone>(value: &T) -> Located<T> {
    Located::implied(value.clone())
}

fn values(plain: &BTreeMap<String, Value>) -> BTreeMap<String, Located<Value>> {
    plain.iter().map(|(name, value)| (name.clone(), implied(value))).collect()
}

fn wrong(what: String) -> ArtifactError {
    ArtifactError::Document(what)
}
