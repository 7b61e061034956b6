//! What the platform says by variables.

use std::path::PathBuf;

use fx_runtime::{
    Env, assets,
    context::Place,
    pull::{Api, by_name},
    push,
};

/// The place this process runs at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Whether it is SCF: only there the `x-scf-…` headers of a request come from the platform.
    pub is_here: bool,
    /// What the variables say of where that is; of the account's two numbers the APPID, which the names of its buckets carry.
    pub place: Place,
    code: Option<PathBuf>,
}

impl Platform {
    /// Reads the variables.
    pub fn of(env: &Env) -> Self {
        Self {
            is_here: env.get("TENCENTCLOUD_RUNENV") == Some("SCF") || env.get("SCF_FUNCTIONNAME").is_some(),
            place: Place {
                region: env.get("TENCENTCLOUD_REGION").map(str::to_owned),
                account: env.get("TENCENTCLOUD_APPID").map(str::to_owned),
            },
            code: env.get("USER_CODE_ROOT").map(PathBuf::from),
        }
    }

    pub(crate) fn tell_where_assets_are(&self) {
        if let Some(code) = &self.code {
            assets::unpacked_at(code.clone());
        }
    }

    pub(crate) fn settings(&self, settings: push::Settings, env: &Env) -> push::Settings {
        push::Settings {
            // The platform comes from outside of the loopback interface, and to this port only.
            listen: env.get("FX_LISTEN").unwrap_or("0.0.0.0:9000").to_owned(),
            place: Place {
                region: self.place.region.clone().or(settings.place.region),
                account: self.place.account.clone().or(settings.place.account),
            },
            head_timeout: if self.is_here { None } else { settings.head_timeout },
            ..settings
        }
    }

    pub(crate) fn api(&self, env: &Env) -> Result<Api, String> {
        let host = env.get("SCF_RUNTIME_API").ok_or("SCF_RUNTIME_API is not set: this is an event function of SCF")?;
        let api = match env.get("SCF_RUNTIME_API_PORT") {
            Some(port) => Api::at(&format!("{host}:{port}")),
            None => Api::at(host),
        };
        // Nothing published says that the host is always a number.
        Ok(Api { connect: by_name, ..api })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_function_listens_where_the_platform_looks() {
        let settings = |pairs: &[(&str, &str)]| {
            let env = Env::of(pairs.iter().copied());
            Platform::of(&env).settings(push::Settings::from_env(&env).unwrap(), &env)
        };
        let there = settings(&[("TENCENTCLOUD_RUNENV", "SCF"), ("TENCENTCLOUD_REGION", "ap-guangzhou"), ("PORT", "1")]);
        assert_eq!(
            (there.listen.as_str(), there.place.region.as_deref(), there.head_timeout),
            ("0.0.0.0:9000", Some("ap-guangzhou"), None)
        );
        let elsewhere = settings(&[("FX_LISTEN", "127.0.0.1:1")]);
        assert_eq!(elsewhere.listen, "127.0.0.1:1");
        assert!(elsewhere.head_timeout.is_some());
    }

    #[test]
    fn an_event_function_needs_the_runtime_api() {
        let api = |pairs: &[(&str, &str)]| {
            let env = Env::of(pairs.iter().copied());
            Platform::of(&env).api(&env).map(|api| api.authority)
        };
        let there = api(&[("SCF_RUNTIME_API", "127.0.0.1"), ("SCF_RUNTIME_API_PORT", "9001")]);
        assert_eq!(there, Ok("127.0.0.1:9001".to_owned()));
        assert_eq!(api(&[("SCF_RUNTIME_API", "127.0.0.1:9001")]), there);
        assert!(api(&[]).unwrap_err().starts_with("SCF_RUNTIME_API is not set"));
    }
}
