//! How the server is told what to do: by environment variables.

use std::time::Duration;

use thiserror::Error;

use crate::{context::Place, env::Env};

/// Where to listen and how to stop.
///
/// | variable | meaning | default |
/// |---|---|---|
/// | `FX_LISTEN` | address of the public listener | `0.0.0.0:$PORT`, or port 8080 |
/// | `FX_CONTROL` | address of the control listener (`POST /__fx/invoke/…`) | none |
/// | `FX_DRAIN_SECONDS` | how long open requests get after SIGTERM | 10 |
/// | `FX_REGION` | what [`Context::region`](crate::Context::region) says | none |
/// | `FX_PARENT_PIPE` | `1`: end like on SIGTERM when standard input ends, as that means the end of the process that started this one | |
/// | `FX_STAGE` | `dev`: a caller's `x-request-id` is taken over | |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Address of the public listener.
    pub listen: String,
    /// Address of the control listener.
    pub control: Option<String>,
    /// How long open requests get after SIGTERM.
    pub drain: Duration,
    /// Where it runs.
    pub place: Place,
    /// Whether the end of standard input means the end.
    pub with_parent: bool,
    /// Whether a caller may choose the request id.
    pub trust_request_id: bool,
    /// How long a client may take for the head of a request, and a kept connection may be silent; 30 seconds. `None` where only the
    /// platform connects and keeps its connections.
    pub head_timeout: Option<Duration>,
    /// Whether the log line of an answered request may wait a few milliseconds for others. Only where the process is not frozen between
    /// two requests: there it would wait for the next one.
    pub gather_lines: bool,
}

/// A variable that cannot be used.
#[derive(Debug, Error)]
#[error("{name} is {value:?}, expected {expected}")]
pub struct SettingsError {
    name: &'static str,
    value: String,
    expected: &'static str,
}

impl Settings {
    /// Reads the variables.
    ///
    /// # Errors
    /// One of them cannot be used.
    pub fn from_env(env: &Env) -> Result<Self, SettingsError> {
        let listen = match (env.get("FX_LISTEN"), env.get("PORT")) {
            (Some(address), _) => address.to_owned(),
            (None, Some(port)) => {
                let port: u16 = number("PORT", port, "a port")?;
                format!("0.0.0.0:{port}")
            }
            (None, None) => "0.0.0.0:8080".to_owned(),
        };
        let drain = match env.get("FX_DRAIN_SECONDS") {
            Some(text) => Duration::from_secs(u64::from(number::<u32>("FX_DRAIN_SECONDS", text, "whole seconds")?)),
            None => Duration::from_secs(10),
        };
        Ok(Self {
            listen,
            control: env.get("FX_CONTROL").map(str::to_owned),
            drain,
            place: Place { region: env.get("FX_REGION").map(str::to_owned), account: None },
            with_parent: env.get("FX_PARENT_PIPE") == Some("1"),
            trust_request_id: env.get("FX_STAGE") == Some("dev"),
            head_timeout: Some(Duration::from_secs(30)),
            gather_lines: false,
        })
    }
}

fn number<T: std::str::FromStr>(name: &'static str, value: &str, expected: &'static str) -> Result<T, SettingsError> {
    value.parse().map_err(|_| SettingsError { name, value: value.to_owned(), expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_what_platforms_say() {
        let listen = |env: Env| Settings::from_env(&env).unwrap().listen;
        assert_eq!(listen(Env::of([("PORT", "9000")])), "0.0.0.0:9000");
        assert_eq!(listen(Env::of([("PORT", "9000"), ("FX_LISTEN", "127.0.0.1:0")])), "127.0.0.1:0");
        assert_eq!(listen(Env::default()), "0.0.0.0:8080");
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let error = Settings::from_env(&Env::of([("PORT", "web")])).unwrap_err();
        assert_eq!(error.to_string(), r#"PORT is "web", expected a port"#);
    }
}
