//! Members of an aggregation share one process, so they share its settings: each may set some, none may disagree.

use std::collections::BTreeMap;

use crate::{
    codes,
    problem::Problem,
    resolve::{
        Context,
        function::Member,
        settings::{Settings, add_layers},
    },
    service::{Arch, FunctionKind, Link, Located},
};

/// What the members say together, where the aggregation itself is silent.
pub(super) fn settings(context: &mut Context<'_>, aggregation: &str, own: &Settings, members: &[&Member]) -> Settings {
    let mut merged = Settings::default();
    let mut merge = Merge { context, aggregation, members };
    merge.one(
        "memorySize",
        &own.memory_size,
        &mut merged.memory_size,
        |settings| &settings.memory_size,
        u32::to_string,
    );
    merge.one("timeout", &own.timeout, &mut merged.timeout, |settings| &settings.timeout, u32::to_string);
    merge.one(
        "initTimeout",
        &own.init_timeout,
        &mut merged.init_timeout,
        |settings| &settings.init_timeout,
        u32::to_string,
    );
    merge.one(
        "concurrency",
        &own.concurrency,
        &mut merged.concurrency,
        |settings| &settings.concurrency,
        u32::to_string,
    );
    merge.one("threads", &own.threads, &mut merged.threads, |settings| &settings.threads, u32::to_string);
    merge.one("streaming", &own.streaming, &mut merged.streaming, |settings| &settings.streaming, bool::to_string);
    merge.one(
        "arch",
        &own.arch,
        &mut merged.arch,
        |settings| &settings.arch,
        |arch| match arch {
            Arch::X86_64 => "x86_64".into(),
            Arch::Aarch64 => "aarch64".into(),
        },
    );
    merge.one(
        "link",
        &own.link,
        &mut merged.link,
        |settings| &settings.link,
        |link| match link {
            Link::Static => "static".into(),
            Link::Dynamic => "dynamic".into(),
        },
    );
    merge.one(
        "type",
        &own.kind,
        &mut merged.kind,
        |settings| &settings.kind,
        |kind| match kind {
            FunctionKind::Event => "event".into(),
            FunctionKind::Web => "web".into(),
        },
    );
    merge.each(&own.environment, &mut merged.environment, |settings| &settings.environment, ToString::to_string);
    merge.each(&own.extra, &mut merged.extra, |settings| &settings.extra, ToString::to_string);
    for member in members {
        add_layers(&mut merged.layers, &member.settings.layers);
    }
    merged
}

struct Merge<'c, 's, 'm> {
    context: &'c mut Context<'s>,
    aggregation: &'m str,
    members: &'m [&'m Member],
}

impl Merge<'_, '_, '_> {
    /// A single setting.
    fn one<T: Clone + PartialEq>(
        &mut self,
        key: &str,
        own: &Option<Located<T>>,
        merged: &mut Option<Located<T>>,
        read: impl Fn(&Settings) -> &Option<Located<T>>,
        show: impl Fn(&T) -> String,
    ) {
        if own.is_some() {
            return;
        }
        let mut first = "";
        for member in self.members {
            match (read(&member.settings), &merged) {
                (Some(theirs), None) => {
                    first = &member.key;
                    *merged = Some(theirs.clone());
                }
                (Some(theirs), Some(known)) if theirs.value != known.value => {
                    self.conflict(key, &member.key, theirs, first, known, &show);
                }
                _ => {}
            }
        }
    }

    /// A map of settings.
    fn each<T: Clone + PartialEq>(
        &mut self,
        own: &BTreeMap<String, Located<T>>,
        merged: &mut BTreeMap<String, Located<T>>,
        read: impl Fn(&Settings) -> &BTreeMap<String, Located<T>>,
        show: impl Fn(&T) -> String,
    ) {
        let mut first: BTreeMap<String, &str> = BTreeMap::new();
        for member in self.members {
            for (key, theirs) in read(&member.settings) {
                if own.contains_key(key) {
                    continue;
                }
                match merged.get(key) {
                    None => {
                        first.insert(key.clone(), &member.key);
                        merged.insert(key.clone(), theirs.clone());
                    }
                    Some(known) if known.value != theirs.value => {
                        let first = first.get(key).copied().unwrap_or_default();
                        self.conflict(key, &member.key, theirs, first, known, &show);
                    }
                    Some(_) => {}
                }
            }
        }
    }

    fn conflict<T>(
        &mut self,
        key: &str,
        member: &str,
        theirs: &Located<T>,
        first: &str,
        known: &Located<T>,
        show: &impl Fn(&T) -> String,
    ) {
        let message = format!(
            "`{member}` and `{first}` are deployed as one, but want different `{key}`: {} and {}",
            show(&theirs.value),
            show(&known.value)
        );
        let help = format!("set `{key}` on the aggregation `{}`, or make them equal", self.aggregation);
        self.context.report(Problem::error(codes::CONFLICT, message).help(help), theirs.span.clone());
    }
}
