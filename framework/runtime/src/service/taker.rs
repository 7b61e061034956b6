//! Which function takes an event that names none: what arrives from a platform says where it comes from, not whom it is for.

use super::{EventRoute, Service};
use crate::{
    event::{Delivery, Origin, TriggerKind},
    function::{Failure, FailureKind},
};

impl Service {
    /// Name of the function that takes an event: the only one that takes its kind, else the only one whose trigger brings it.
    ///
    /// # Errors
    /// None does, or several do; the failure names what arrived and what was expected.
    pub fn taker_of(&self, delivery: &Delivery) -> Result<&'static str, Failure> {
        let kind = delivery.kind();
        let takers: Vec<_> = self.0.events.iter().filter(|route| route.kind == kind).collect();
        let bringing = |route: &&EventRoute| route.sources.iter().any(|source| source.brings(delivery));
        let chosen = match takers.as_slice() {
            [only] => return Ok(only.function),
            several => several.iter().copied().filter(bringing).collect::<Vec<_>>(),
        };
        match chosen.as_slice() {
            [one] => Ok(one.function),
            [] => Err(self.nobody_takes(&Origin(delivery).to_string(), kind)),
            several => {
                let functions: Vec<_> = several.iter().map(|route| format!("`{}`", route.function)).collect();
                let message = format!("{} fits the triggers of {}", Origin(delivery), functions.join(" and "));
                Err(Failure { kind: FailureKind::Unknown, message, detail: None })
            }
        }
    }

    fn nobody_takes(&self, what: &str, kind: TriggerKind) -> Failure {
        let of_kind = self.0.events.iter().any(|route| route.kind == kind);
        let expected = self.0.events.iter().filter(|route| !of_kind || route.kind == kind);
        let expected: Vec<_> = expected
            .flat_map(|route| {
                let sources: Vec<_> = route.sources.iter().map(ToString::to_string).collect();
                let sources = if sources.is_empty() { vec![format!("{} events", route.kind)] } else { sources };
                sources.into_iter().map(move |source| format!("{source} (function `{}`)", route.function))
            })
            .collect();
        let expected = if expected.is_empty() { "none".to_owned() } else { expected.join(", ") };
        let message = format!("no function takes {what}; events this unit takes: {expected}");
        Failure { kind: FailureKind::Unknown, message, detail: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Env, Unit,
        event::{ObjectEvent, Source, Timer},
        function::EventFunction,
    };

    fn service(unit: Unit) -> Service {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(Service::start(unit, Env::default(), None)).unwrap()
    }

    fn function() -> EventFunction<()> {
        EventFunction::new(TriggerKind::ALL, |_, _, _| unreachable!())
    }

    fn tick(name: &str) -> Delivery {
        Delivery::Timer(Timer { name: name.to_owned(), ..Timer::default() })
    }

    #[test]
    fn a_single_taker_takes_whatever_its_trigger_is_called() {
        let unit = Unit::new("s", "u")
            .event("purge", "purge", TriggerKind::Timer, function)
            .sources(&[Source::Timer { name: "nightly" }]);
        assert_eq!(service(unit).taker_of(&tick("renamed")).unwrap(), "purge");
    }

    #[test]
    fn several_takers_are_told_apart_by_their_triggers() {
        let unit = Unit::new("s", "u")
            .event("purge", "purge", TriggerKind::Timer, function)
            .sources(&[Source::Timer { name: "nightly" }, Source::Timer { name: "weekly" }])
            .event("report", "report", TriggerKind::Timer, function)
            .sources(&[Source::Timer { name: "hourly" }]);
        let service = service(unit);
        assert_eq!(service.taker_of(&tick("weekly")).unwrap(), "purge");
        assert_eq!(service.taker_of(&tick("hourly")).unwrap(), "report");
        assert_eq!(
            service.taker_of(&tick("daily")).unwrap_err().message,
            "no function takes timer `daily`; events this unit takes: timer `nightly` (function `purge`), \
             timer `weekly` (function `purge`), timer `hourly` (function `report`)"
        );
    }

    #[test]
    fn an_event_that_fits_two_functions_is_refused() {
        const INBOX: &[Source] = &[Source::Object { bucket: "inbox", events: &[], prefix: "", suffix: "" }];
        let unit = Unit::new("s", "u")
            .event("a", "a", TriggerKind::Object, function)
            .sources(INBOX)
            .event("b", "b", TriggerKind::Object, function)
            .sources(INBOX);
        let event = ObjectEvent { bucket: "inbox".to_owned(), key: "k".to_owned(), ..ObjectEvent::default() };
        let failure = service(unit).taker_of(&Delivery::Object(event)).unwrap_err();
        assert_eq!(failure.message, "object `k` created in bucket `inbox` fits the triggers of `a` and `b`");
    }

    #[test]
    fn a_kind_nobody_takes_names_what_is_taken() {
        let unit = Unit::new("s", "u").event("upload", "upload", TriggerKind::Object, function);
        let failure = service(unit).taker_of(&tick("t")).unwrap_err();
        assert_eq!(
            failure.message,
            "no function takes timer `t`; events this unit takes: object events (function `upload`)"
        );
        let none = service(Unit::new("s", "u")).taker_of(&tick("t")).unwrap_err();
        assert!(none.message.ends_with("takes: none"), "{}", none.message);
    }
}
