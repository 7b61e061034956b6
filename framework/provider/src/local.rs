//! The machine in front of you.

use fx_spec::capabilities::Capabilities;

use crate::Provider;

/// What `fx dev` can do: everything f.yml can say, without limits.
pub static LOCAL: Capabilities = Capabilities { name: "local", title: "this machine", ..Capabilities::UNLIMITED };

/// The machine in front of you as a target.
#[derive(Debug, Clone, Copy)]
pub struct Local;

impl Provider for Local {
    fn capabilities(&self) -> &'static Capabilities {
        &LOCAL
    }
}

#[cfg(test)]
mod tests {
    use fx_spec::schedule::Schedule;

    use super::LOCAL;

    #[test]
    fn this_machine_takes_every_schedule_in_fx_own_words() {
        let timer = LOCAL.triggers.timer.map(|timer| timer.translate);
        for text in ["every 7s", "30 0 3 LW * *", "0 0 3 1 1 ? 2150"] {
            let schedule = Schedule::parse(text).unwrap();
            let said = timer.map(|translate| translate(&schedule, Some("America/New_York")));
            let said = said.and_then(Result::ok).map(|cloud| (cloud.text, cloud.timezone));
            assert_eq!(said, Some((text.into(), Some("America/New_York".into()))));
        }
    }
}
