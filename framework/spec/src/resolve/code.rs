//! Functions whose triggers stand in their `#[func]` attributes. What f.yml says wins.

use std::collections::BTreeMap;

use super::{Context, function::Member, http, settings::Settings, timer};
use crate::{
    code::{CodeFunction, CodeTrigger},
    codes,
    problem::Problem,
    service::{Function, Located, Trigger, TriggerKind},
};

/// Gives functions of the file the triggers of their attributes when the file is silent, and adds those that only stand in the code.
pub(super) fn adopt(
    context: &mut Context<'_>,
    members: &mut Vec<Member>,
    code: &[CodeFunction],
    timezone: Option<&Located<String>>,
) {
    for found in code {
        let mut in_file = false;
        for member in members.iter_mut().filter(|member| member.function.handler.value == found.handler) {
            in_file = true;
            if !member.has_events {
                let name = member.function.name.value.clone();
                member.function.triggers = triggers(context, found, &name, timezone);
                member.has_http = mention_http(found);
            }
        }
        if in_file || found.triggers.is_empty() {
            continue;
        }
        let name = name(&found.handler);
        if let Some(other) = members.iter().find(|member| member.key == name || member.function.name.value == name) {
            let problem = Problem::error(
                codes::NAME,
                format!("#[func(\"{}\")] would be called `{name}`, which is another function here", found.handler),
            )
            .help(format!("add it to `functions` with `handler: {}`", found.handler));
            let span = other.function.name.span.clone();
            context.report(problem, span);
            continue;
        }
        members.push(Member {
            function: Function {
                triggers: triggers(context, found, &name, timezone),
                handler: Located::implied(found.handler.clone()),
                name: Located::implied(name.clone()),
                from_code: true,
            },
            key: name,
            description: None,
            settings: Settings::default(),
            has_events: true,
            has_http: mention_http(found),
        });
    }
}

/// `user.get` is deployed as `user-get`.
fn name(handler: &str) -> String {
    handler.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

fn mention_http(found: &CodeFunction) -> bool {
    found.triggers.iter().any(|trigger| matches!(trigger, CodeTrigger::Http(_)))
}

fn triggers(
    context: &mut Context<'_>,
    found: &CodeFunction,
    name: &str,
    timezone: Option<&Located<String>>,
) -> Vec<Trigger> {
    let mut triggers = Vec::new();
    context.attribute = Some(found.handler.clone());
    for trigger in &found.triggers {
        let kind = match trigger {
            CodeTrigger::Http(text) => http::short(context, text, None, name).map(TriggerKind::Http),
            CodeTrigger::Timer(text) => timer::from_code(context, text, timezone),
            CodeTrigger::Object { bucket, events, prefix, suffix } => Some(TriggerKind::Object {
                bucket: Located::implied(bucket.clone()),
                events: match events.is_empty() {
                    true => vec![Located::implied("created".into())],
                    false => events.iter().cloned().map(Located::implied).collect(),
                },
                prefix: prefix.clone(),
                suffix: suffix.clone(),
            }),
            CodeTrigger::Message { topic, tags } => {
                Some(TriggerKind::Message { topic: Located::implied(topic.clone()), tags: tags.clone() })
            }
            CodeTrigger::Log { source, project, log } => Some(TriggerKind::Log {
                source: Some(Located::implied(source.clone())),
                project: project.clone(),
                log: log.clone(),
            }),
        };
        triggers.extend(kind.map(|kind| Trigger {
            name: None,
            span: None,
            enabled: true,
            kind,
            extra: BTreeMap::new(),
        }));
    }
    context.attribute = None;
    triggers
}
