//! The JSON Schema of f.yml, for editors. It is made from the tables that reading uses, so the two cannot differ.

use serde_json::{Map, Value, json};

use crate::shape::{Effect, FILE, Key, Need, Shape, Table};

/// What a value that holds a variable looks like: it may stand wherever a number, a flag or a word may.
const VARIABLE: &str = r"\$\{env\.";

/// The JSON Schema (draft 7) of f.yml.
pub fn schema() -> Value {
    let mut schema = fields(&FILE);
    let keys: [(&str, Value); 3] = [
        ("$schema", json!("http://json-schema.org/draft-07/schema#")),
        ("title", json!("f.yml")),
        // Usual places for anchors that are merged in elsewhere.
        ("patternProperties", json!({ "^x-": {} })),
    ];
    for (key, value) in keys {
        schema.insert(key.into(), value);
    }
    Value::Object(schema)
}

fn fields(table: &'static Table) -> Map<String, Value> {
    let properties: Map<String, Value> = table.keys().map(|key| (key.name.to_owned(), property(key))).collect();
    let mut schema = object();
    schema.insert("properties".into(), Value::Object(properties));
    schema.insert("additionalProperties".into(), json!(false));
    let required: Vec<&str> = table.keys().filter(|key| key.need == Need::Required).map(|key| key.name).collect();
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    schema
}

fn object() -> Map<String, Value> {
    // Nothing behind a key is the same as an empty map.
    Map::from_iter([("type".to_owned(), json!(["object", "null"]))])
}

fn property(key: &'static Key) -> Value {
    let mut schema = shape(&key.shape);
    let ignored = !matches!(key.effect, Effect::Read | Effect::Quiet);
    let about = if ignored { format!("Ignored. {}", key.about) } else { key.about.to_owned() };
    schema.insert("description".into(), json!(about));
    if ignored {
        schema.insert("deprecated".into(), json!(true));
    }
    Value::Object(schema)
}

fn shape(shape: &'static Shape) -> Map<String, Value> {
    let map = |value: Value| match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    match shape {
        Shape::Text => map(json!({ "type": ["string", "number", "null"] })),
        Shape::Number => map(
            json!({ "type": ["integer", "string", "null"], "minimum": 0, "pattern": format!("^[0-9]+$|{VARIABLE}") }),
        ),
        Shape::Flag => map(json!({ "type": ["boolean", "string", "null"], "pattern": VARIABLE })),
        Shape::No => map(json!({ "enum": [false, null] })),
        Shape::Word(words) => {
            map(json!({ "anyOf": [{ "enum": words }, { "type": "string", "pattern": VARIABLE }, { "type": "null" }] }))
        }
        Shape::Texts => {
            map(json!({ "type": ["string", "number", "array", "null"], "items": { "type": ["string", "number"] } }))
        }
        Shape::List(inner) => map(json!({ "type": ["array", "null"], "items": Value::Object(self::shape(inner)) })),
        Shape::Named(inner) => {
            let mut schema = object();
            schema.insert("additionalProperties".into(), Value::Object(self::shape(inner)));
            schema
        }
        Shape::Targets(table) => {
            let mut schema = object();
            schema.insert("additionalProperties".into(), Value::Object(fields(table)));
            schema
        }
        Shape::Fields(table) => fields(table),
        Shape::Environment => {
            let mut schema = object();
            schema.insert("additionalProperties".into(), json!({ "type": ["string", "number", "boolean", "null"] }));
            schema
        }
        Shape::Any => Map::new(),
        Shape::Either(shapes) => {
            let any: Vec<Value> = shapes.iter().map(|inner| Value::Object(self::shape(inner))).collect();
            map(json!({ "anyOf": any }))
        }
    }
}
