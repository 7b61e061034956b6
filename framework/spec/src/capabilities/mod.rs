//! What a target can do, as plain data: `fx check`, `docs/targets.md` and deploys read the same constants.
//!
//! Every target has exactly one [`Capabilities`], written down in its own folder. Nothing here knows a target's name.

mod environment;
mod keys;
mod limit;
mod name;
mod package;
mod trigger;

pub use environment::{EmptyValues, EnvironmentRules};
pub use keys::Keys;
pub use limit::{Amount, Limit};
pub use name::{Charset, NameRule, NameRules};
pub use package::PackageLimits;
pub use trigger::{
    HttpTrigger, LogTrigger, MessageTrigger, ObjectTrigger, ObjectWord, TimerTrigger, Translate, TriggerName, Triggers,
};

use crate::service::{Arch, FunctionKind, Link};

/// Everything a target can and cannot do.
///
/// Written as struct update over [`Capabilities::UNLIMITED`], so a target states only where it differs.
#[derive(Debug, Clone, Copy)]
pub struct Capabilities {
    /// Canonical name, as `--provider` and `provider.name` take it.
    pub name: &'static str,
    /// Other names it answers to.
    pub aliases: &'static [&'static str],
    /// Its name in sentences.
    pub title: &'static str,
    /// The platform's runtime that fx's binaries run on, where the platform asks for one.
    pub runtime: Option<&'static str>,
    /// Kinds of function it has, the default first; empty where there is no such choice.
    pub kinds: &'static [FunctionKind],
    /// `memorySize`, MB.
    pub memory: Limit,
    /// `timeout`, seconds.
    pub timeout: Limit,
    /// `initTimeout`, seconds; `None`: the target has no such setting and fx leaves it out.
    pub init_timeout: Option<Limit>,
    /// `concurrency`: requests one instance takes at once.
    pub concurrency: Concurrency,
    /// `threads`: worker threads of one instance.
    pub threads: Limit,
    /// `arch`.
    pub architectures: &'static [Arch],
    /// `link`.
    pub links: &'static [Link],
    /// The C library a dynamically linked binary meets there, major and minor version of glibc.
    pub glibc: Option<(u32, u32)>,
    /// Kinds of function whose answers can be streamed.
    pub streaming: Streaming,
    /// Environment variables.
    pub environment: EnvironmentRules,
    /// Names of services, units and functions.
    pub names: NameRules,
    /// Triggers it offers.
    pub triggers: Triggers,
    /// Sizes of what is uploaded.
    pub package: PackageLimits,
    /// Keys that only some targets know and this one makes something of; `None`: fx describes no service to it, so none matters.
    pub keys: Option<Keys>,
    /// Keys of `provider`, functions and events that meant something there once, each with what has become of it.
    pub retired: &'static [(&'static str, &'static str)],
    /// Regions known when the list was made; `None`: the target has none.
    pub regions: Option<&'static [&'static str]>,
}

/// Requests one instance takes at once, by kind of function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concurrency {
    /// For functions fed with events, and where there is only one kind.
    pub event: Limit,
    /// For functions that are HTTP servers.
    pub web: Limit,
}

/// Whether an answer can leave before it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Streaming {
    /// Always whole.
    Never,
    /// Only functions that are HTTP servers.
    Web,
    /// All HTTP functions.
    Always,
}

impl Capabilities {
    /// A target without any limit: what others start from.
    pub const UNLIMITED: Self = Self {
        name: "",
        aliases: &[],
        title: "",
        runtime: None,
        kinds: &[],
        memory: Limit::at_least(1),
        timeout: Limit::at_least(1),
        init_timeout: Some(Limit::at_least(1)),
        concurrency: Concurrency { event: Limit::at_least(1), web: Limit::at_least(1) },
        threads: Limit::at_least(1),
        architectures: &[Arch::X86_64, Arch::Aarch64],
        links: &[Link::Static, Link::Dynamic],
        glibc: None,
        streaming: Streaming::Always,
        environment: EnvironmentRules::FREE,
        names: NameRules::FREE,
        triggers: Triggers::ALL,
        package: PackageLimits::NONE,
        keys: None,
        retired: &[],
        regions: None,
    };

    /// Whether `name` means this target.
    pub fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}
