//! A plan for people.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use fx_deploy::{Action, Change, FieldChange, Plan};

/// What fields begin with that are variables of a function.
const VARIABLES: &str = "environment.";
/// Fields of a resource that is made: more than these are counted, not listed.
const NEW_FIELDS: usize = 12;

/// What would happen, one resource after the other, with the settings that change.
pub fn plan(plan: &Plan) -> String {
    let mut text = String::new();
    for change in plan.writes() {
        let style = style(change.action);
        let _ = writeln!(text, "  {style}{:<8}{style:#} {}", change.action, change.resource);
        fields(&mut text, change);
    }
    text.push_str("  ");
    text.push_str(&counts(plan));
    text
}

fn fields(text: &mut String, change: &Change) {
    let is_new = change.action == Action::Create;
    let shown = if is_new { NEW_FIELDS } else { usize::MAX };
    // Of what is made, the names of its variables are one line: they would push out how large and how slow it may be.
    let variable = |field: &FieldChange| field.field.strip_prefix(VARIABLES).filter(|_| is_new).map(str::to_owned);
    let variables: Vec<String> = change.fields.iter().filter_map(variable).collect();
    if !variables.is_empty() {
        let _ = writeln!(text, "             environment: {} (values not shown)", variables.join(", "));
    }
    let others: Vec<_> = change.fields.iter().filter(|field| variable(field).is_none()).collect();
    for field in others.iter().take(shown) {
        let _ = writeln!(text, "             {field}");
    }
    let more = others.len().saturating_sub(shown);
    if more > 0 {
        let _ = writeln!(text, "             and {more} more");
    }
}

/// `2 to create, 1 to update, 5 unchanged`; without writes, `0 changes`.
pub fn counts(plan: &Plan) -> String {
    let unchanged = plan.count(Action::Unchanged);
    if plan.is_empty() {
        return match unchanged {
            0 => "0 changes: nothing of the service is there".to_owned(),
            1 => "0 changes: 1 resource is as it shall be".to_owned(),
            _ => format!("0 changes: {unchanged} resources are as they shall be"),
        };
    }
    let parts = [
        (Action::Create, "to create"),
        (Action::Update, "to update"),
        (Action::Replace, "to replace"),
        (Action::Delete, "to delete"),
        (Action::Unchanged, "unchanged"),
    ];
    let counted = parts.map(|(action, words)| (plan.count(action), words));
    let said: Vec<String> =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect();
    said.join(", ")
}

fn style(action: Action) -> Style {
    match action {
        Action::Create => AnsiColor::Green.on_default(),
        Action::Update | Action::Replace => AnsiColor::Yellow.on_default(),
        Action::Delete => AnsiColor::Red.on_default(),
        Action::Unchanged => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use fx_deploy::{Fields, ResourceId, Value};

    use super::*;

    fn change(action: Action, kind: &'static str, before: &Fields, after: &Fields) -> Change {
        let (resource, fields) = (ResourceId::new(kind, "todo"), before.changes_to(after));
        Change { resource, action, fields, taken_from: None, needs: Vec::new(), claims: None }
    }

    #[test]
    fn a_plan_says_what_happens_and_no_secret() {
        let nothing = Fields::new();
        let before = Fields::new().plain("memorySize", "128").with("environment.KEY", Value::secret("hush"));
        let after = Fields::new().plain("memorySize", "256").with("environment.KEY", Value::secret("silence"));
        let variables = ["environment.A", "environment.B"].map(|name| (name.to_owned(), Value::secret("hush")));
        let many: Fields =
            (0..15).map(|number| (format!("field{number:02}"), Value::plain("x"))).chain(variables).collect();
        let plan = Plan {
            changes: vec![
                change(Action::Create, "role", &nothing, &many),
                change(Action::Update, "function", &before, &after),
                change(Action::Unchanged, "url", &nothing, &nothing),
                change(Action::Delete, "timer", &nothing, &nothing),
            ],
        };
        insta::assert_snapshot!(anstream::adapter::strip_str(&super::plan(&plan)).to_string());
    }

    #[test]
    fn without_changes_there_is_one_line() {
        let nothing = Fields::new();
        let plan = Plan { changes: vec![change(Action::Unchanged, "url", &nothing, &nothing)] };
        assert_eq!(super::plan(&plan), "  0 changes: 1 resource is as it shall be");
        let nothing = super::plan(&Plan { changes: Vec::new() });
        assert_eq!(nothing, "  0 changes: nothing of the service is there");
    }
}
