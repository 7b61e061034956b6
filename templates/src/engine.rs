//! Rendering: strict, unescaped, and with errors that name the file and the variable.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonTruthy, Output, RenderContext, RenderError,
    RenderErrorReason, Renderable, no_escape,
};
use serde::Serialize;

use crate::quote;

/// A template that could not be rendered. The templates are fx's own, so this is a mistake in fx, never in a user's file.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The template uses a variable its context does not have.
    #[error("template {file}: `{variable}` is missing (line {line})")]
    Missing {
        /// Which template.
        file: String,
        /// The variable as the template writes it.
        variable: String,
        /// 1-based line in the template; 0 when handlebars does not say.
        line: usize,
    },
    /// Anything else: syntax, a wrong type, an unknown helper.
    #[error("template {file}: {reason}")]
    Invalid {
        /// Which template.
        file: String,
        /// What handlebars has to say.
        reason: String,
    },
}

/// Renders `text`, called `file` in errors, with the fields of `context`.
pub(crate) fn render(file: &str, text: &str, context: &impl Serialize) -> Result<String, TemplateError> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(no_escape);
    engine.register_helper("if", Box::new(StrictIf { when: true }));
    engine.register_helper("unless", Box::new(StrictIf { when: false }));
    quote::register(&mut engine);
    engine
        .register_template_string(file, text)
        .map_err(|error| TemplateError::Invalid { file: file.into(), reason: error.to_string() })?;
    engine.render(file, context).map_err(|error| explain(file, &error))
}

fn explain(file: &str, error: &RenderError) -> TemplateError {
    match error.reason() {
        RenderErrorReason::MissingVariable(variable) => TemplateError::Missing {
            file: file.into(),
            variable: variable.clone().unwrap_or_default(),
            line: error.line_no.unwrap_or_default(),
        },
        reason => TemplateError::Invalid { file: file.into(), reason: reason.to_string() },
    }
}

/// `{{#if}}` and `{{#unless}}` that refuse an absent variable: handlebars' own take it for `false` even in strict mode.
struct StrictIf {
    when: bool,
}

impl HelperDef for StrictIf {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        state: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = quote::parameter(helper)?;
        let branch = if value.is_truthy(false) == self.when { helper.template() } else { helper.inverse() };
        branch.map_or(Ok(()), |template| template.render(registry, context, state, out))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn missing(template: &str) -> String {
        render("demo.hbs", template, &json!({ "here": 1, "deep": {}, "none": null })).unwrap_err().to_string()
    }

    #[test]
    fn a_missing_variable_names_file_variable_and_line() {
        assert_eq!(missing("a\n{{gone}}"), "template demo.hbs: `gone` is missing (line 2)");
        assert_eq!(missing("{{deep.gone}}"), "template demo.hbs: `deep.gone` is missing (line 1)");
    }

    #[test]
    fn blocks_and_helpers_are_as_strict_as_plain_variables() {
        for template in [
            "{{#if gone}}x{{/if}}",
            "{{#unless gone}}x{{/unless}}",
            "{{#each gone}}x{{/each}}",
            "{{rust gone}}",
            "{{toml gone}}",
            "{{yaml gone}}",
        ] {
            assert_eq!(missing(template), "template demo.hbs: `gone` is missing (line 1)", "{template}");
        }
    }

    #[test]
    fn null_is_a_value() {
        let text = render("t", "{{#if none}}a{{else}}b{{/if}}{{#unless none}}c{{/unless}}", &json!({ "none": null }));
        assert_eq!(text.unwrap(), "bc");
    }

    #[test]
    fn nothing_is_escaped_for_html() {
        assert_eq!(render("t", "{{x}}", &json!({ "x": "<'&\">" })).unwrap(), "<'&\">");
    }

    #[test]
    fn a_broken_template_names_its_file() {
        let error = render("demo.hbs", "{{#if x}}", &json!({})).unwrap_err().to_string();
        assert!(error.starts_with("template demo.hbs: "), "{error}");
    }
}
