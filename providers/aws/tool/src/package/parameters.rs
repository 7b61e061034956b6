//! Environment values. What f.yml reads from the environment becomes a parameter of the template: no value is in it, and a
//! secret is one that CloudFormation does not show.

use fx_provider::ManifestError;
use fx_spec::service::{Expression, Piece};
use serde::Serialize;
use serde_json::{Value, json};

use super::Names;

/// A parameter of the template.
#[derive(Debug, Serialize)]
pub(super) struct Parameter {
    name: String,
    description: String,
    secret: bool,
    /// None or one.
    defaults: Vec<String>,
}

/// The parameters so far: one for each variable; a variable that is read with two defaults needs two.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pub list: Vec<Parameter>,
    known: Vec<(Piece, String)>,
    names: Names,
}

impl Parameters {
    /// An environment value in CloudFormation's words.
    pub fn value(&mut self, variable: &str, text: &str) -> Result<Value, ManifestError> {
        let expression = Expression::parse(text)
            .map_err(|error| ManifestError::Environment { variable: variable.into(), reason: error.to_string() })?;
        Ok(match expression.pieces.as_slice() {
            [] => json!(""),
            [Piece::Text(text)] => json!(text),
            [read] => json!({ "Ref": self.parameter(read) }),
            pieces => {
                let substituted: String = pieces
                    .iter()
                    .map(|piece| match piece {
                        // `${!x}` is CloudFormation's way to write a plain `${x}`.
                        Piece::Text(text) => text.replace("${", "${!"),
                        read => format!("${{{}}}", self.parameter(read)),
                    })
                    .collect();
                json!({ "Fn::Sub": substituted })
            }
        })
    }

    /// The certificate of a domain, which has to be made before.
    pub fn certificate(&mut self, domain: &str) -> Value {
        let name = self.names.take("certificate-arn");
        let description = format!("The ARN of a certificate for {domain}, made in the region of this stack");
        self.list.push(Parameter { name: name.clone(), description, secret: false, defaults: Vec::new() });
        json!({ "Ref": name })
    }

    fn parameter(&mut self, piece: &Piece) -> String {
        if let Some((_, name)) = self.known.iter().find(|(known, _)| known == piece) {
            return name.clone();
        }
        let (variable, secret, default) = match piece {
            Piece::Env { name, default } => (name.as_str(), false, default.clone()),
            Piece::Secret(name) => (name.as_str(), true, None),
            Piece::Text(_) => ("", false, None),
        };
        let name = self.names.take(variable);
        let kind = if secret { "The secret" } else { "The environment variable" };
        self.list.push(Parameter {
            name: name.clone(),
            description: format!("{kind} {variable}"),
            secret,
            defaults: default.into_iter().collect(),
        });
        self.known.push((piece.clone(), name.clone()));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_becomes_a_parameter_and_text_stays_text() {
        let mut parameters = Parameters::default();
        let mut value = |text: &str| parameters.value("X", text).unwrap();
        assert_eq!(value("12"), json!("12"));
        assert_eq!(value("${env.STORE:-sqlite}"), json!({ "Ref": "Store" }));
        assert_eq!(value("${env.STORE:-sqlite}"), json!({ "Ref": "Store" }));
        assert_eq!(value("${env.STORE}"), json!({ "Ref": "StoreNo2" }));
        assert_eq!(value("a${HOME}b${secret.KEY}"), json!({ "Fn::Sub": "a${!HOME}b${Key}" }));
        let hidden: Vec<_> = parameters.list.iter().filter(|one| one.secret).map(|one| one.name.as_str()).collect();
        assert_eq!(hidden, ["Key"]);
    }
}
