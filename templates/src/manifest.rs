//! A service in the words of a platform's own tool.

use include_dir::{Dir, include_dir};
use serde::Serialize;

use crate::{TemplateError, engine};

static MANIFESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/manifest");

/// Renders `manifest/<target>/<file>.hbs`. The context belongs to the target, whose words it is made of.
pub fn manifest(target: &str, file: &str, context: &impl Serialize) -> Result<String, TemplateError> {
    let path = format!("{target}/{file}.hbs");
    let text = MANIFESTS
        .get_file(&path)
        .and_then(|file| file.contents_utf8())
        .ok_or_else(|| TemplateError::Invalid { file: path.clone(), reason: "there is no such template".into() })?;
    engine::render(&path, text, context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_template_is_an_error() {
        let error = manifest("nowhere", "x.yaml", &()).unwrap_err();
        assert!(error.to_string().contains("nowhere/x.yaml.hbs"), "{error}");
    }
}
