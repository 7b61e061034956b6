//! Which of the keys that only some targets know a target makes something of.

use crate::service::TriggerKind;

/// Keys of f.yml that reach a target's own description of the service, by the place where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// Of `provider`, functions and aggregations.
    pub settings: &'static [&'static str],
    /// Of `http` events.
    pub http: &'static [&'static str],
    /// Of `timer` events.
    pub timer: &'static [&'static str],
    /// Of `os` events.
    pub object: &'static [&'static str],
    /// Of `mq` events.
    pub message: &'static [&'static str],
    /// Of `log` events.
    pub log: &'static [&'static str],
    /// Whether the name in `custom.customDomain` is among them.
    pub domain: bool,
    /// Whether its `certificateArn` is.
    pub certificate: bool,
}

impl Keys {
    /// None of them.
    pub const NONE: Self = Self {
        settings: &[],
        http: &[],
        timer: &[],
        object: &[],
        message: &[],
        log: &[],
        domain: false,
        certificate: false,
    };

    /// Those of one kind of event.
    pub fn of(&self, kind: &TriggerKind) -> &'static [&'static str] {
        match kind {
            TriggerKind::Http(_) => self.http,
            TriggerKind::Timer { .. } => self.timer,
            TriggerKind::Object { .. } => self.object,
            TriggerKind::Message { .. } => self.message,
            TriggerKind::Log { .. } => self.log,
        }
    }
}
