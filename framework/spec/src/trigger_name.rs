//! Names of triggers: the same in the entrypoint, in manifests, in `artifact.json` and on the platform.

use std::collections::BTreeSet;

use crate::service::{Function, Trigger, TriggerKind, Unit};

/// A trigger with the name it has everywhere.
#[derive(Debug, Clone)]
pub struct NamedTrigger<'a> {
    /// Unique in its unit.
    pub name: String,
    /// The function it invokes.
    pub function: &'a Function,
    /// The trigger.
    pub trigger: &'a Trigger,
}

impl Unit {
    /// All triggers of all functions, in f.yml's order, with their names.
    ///
    /// A trigger is called what its `name` says. Without one it is called after its kind and its function: `timer-purge`, and the next
    /// of the same kind `timer-purge-2`. A name given in f.yml is never taken by another trigger.
    pub fn triggers(&self) -> Vec<NamedTrigger<'_>> {
        let all =
            || self.functions.iter().flat_map(|function| function.triggers.iter().map(move |own| (function, own)));
        let mut taken: BTreeSet<String> = all().filter_map(|(_, trigger)| given(trigger)).map(str::to_owned).collect();
        let mut given_before = BTreeSet::new();
        all()
            .map(|(function, trigger)| {
                let name = match given(trigger).filter(|name| given_before.insert(*name)) {
                    Some(name) => name.to_owned(),
                    None => {
                        let wish = match given(trigger) {
                            Some(name) => name.to_owned(),
                            None => format!("{}-{}", trigger.kind.word(), function.name.value),
                        };
                        let numbered = (2..).map(|number| format!("{wish}-{number}"));
                        let free = std::iter::once(wish.clone()).chain(numbered).find(|name| !taken.contains(name));
                        free.unwrap_or(wish)
                    }
                };
                taken.insert(name.clone());
                NamedTrigger { name, function, trigger }
            })
            .collect()
    }
}

impl TriggerKind {
    /// The kind as one word: `http`, `timer`, `object`, `message`, `log`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Timer { .. } => "timer",
            Self::Object { .. } => "object",
            Self::Message { .. } => "message",
            Self::Log { .. } => "log",
        }
    }
}

fn given(trigger: &Trigger) -> Option<&str> {
    trigger.name.as_ref().map(|name| name.value.as_str()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::document::{Document, Request};

    fn names(events: &str) -> Vec<String> {
        let yml = format!(
            "service: s\nfunctions:\n  purge: {{ handler: a, events: [ {events} ] }}\n  other: {{ handler: b, events: [ {{ timer: {{ type: every, value: 1h }} }} ] }}\naggregation:\n  all: {{ functions: [purge, other] }}\n"
        );
        let document = Document::parse("f.yml", &yml, Path::new(".")).unwrap();
        let resolved = document.resolve(&Request {
            target: None,
            targets: &[],
            variables: &|_| None,
            udev: Default::default(),
            code: &[],
        });
        let service = resolved.service.unwrap_or_else(|| panic!("{:?}", resolved.problems));
        service.units[0].triggers().into_iter().map(|trigger| trigger.name).collect()
    }

    #[test]
    fn a_trigger_is_called_after_its_kind_and_function() {
        let every = "{ timer: { type: every, value: 5m } }";
        assert_eq!(
            names(&format!("{every}, {{ http: {{ path: /p, method: post }} }}, {every}")),
            ["timer-purge", "http-purge", "timer-purge-2", "timer-other"]
        );
    }

    #[test]
    fn a_given_name_stands_and_is_taken_by_no_other() {
        let named = |name: &str| format!("{{ timer: {{ type: every, value: 5m, name: {name} }} }}");
        let every = "{ timer: { type: every, value: 5m } }";
        assert_eq!(
            names(&format!("{every}, {}, {}", named("timer-purge"), named("timer-other"))),
            ["timer-purge-2", "timer-purge", "timer-other", "timer-other-2"]
        );
    }
}
