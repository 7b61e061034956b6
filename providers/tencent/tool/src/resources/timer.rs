//! Schedules.

use fx_deploy::{Fields, Value as Setting};
use serde_json::Value;

use super::trigger::Shape;
use crate::api::TriggerInfo;

/// The setting that is the text a function is handed.
const PAYLOAD: &str = "payload";

/// A schedule on which a function is called.
pub(crate) struct Timer;

impl Timer {
    /// A schedule in the platform's words.
    pub fn desired(cron: &str, payload: Option<&str>, enabled: bool) -> Fields {
        let mut fields = Fields::new().plain("cron", cron).plain("enabled", enabled.to_string());
        if let Some(payload) = payload.filter(|payload| !payload.is_empty()) {
            fields.set(PAYLOAD, Setting::plain(payload));
        }
        fields
    }
}

impl Shape for Timer {
    const KIND: &'static str = "timer";

    fn wire_type(_name: &str) -> &'static str {
        "timer"
    }

    /// It is sent as the bare expression, and comes back as an object with it.
    fn read(trigger: &TriggerInfo) -> Fields {
        let said: Option<Value> = serde_json::from_str(&trigger.trigger_desc).ok();
        let cron = said.as_ref().and_then(|said| said["cron"].as_str()).unwrap_or(&trigger.trigger_desc);
        let fields = Fields::new().plain("cron", cron);
        match trigger.custom_argument.as_str() {
            "" => fields,
            payload => fields.plain(PAYLOAD, payload),
        }
    }

    fn write(wanted: &Fields, _name: &str) -> (String, Option<String>) {
        let text = |name: &str| wanted.text(name).unwrap_or_default().to_owned();
        (text("cron"), Some(text(PAYLOAD)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_schedule_are_the_same() {
        let wanted = Timer::desired("0 0 3 * * * *", Some("go"), true);
        for said in [r#"{\"cron\":\"0 0 3 * * * *\"}"#, "0 0 3 * * * *"] {
            let text = format!(
                r#"{{"TriggerName":"t","Type":"timer","TriggerDesc":"{said}","Enable":1,"CustomArgument":"go"}}"#
            );
            let actual = Timer::read(&serde_json::from_str(&text).unwrap()).plain("enabled", "true");
            assert!(actual.changes_to(&wanted).is_empty(), "{actual:?}");
        }
    }
}
