//! Lays one map over another.

use std::collections::HashMap;

use crate::yaml::{Entry, Node, Value};

/// `over` on top of `base`: maps are merged key by key, everything else is replaced. A key with nothing behind it says nothing.
pub(super) fn lay_over(base: &Node, over: &Node) -> Node {
    if over.is_nothing() {
        return base.clone();
    }
    let (Value::Map(below), Value::Map(above)) = (&base.value, &over.value) else { return over.clone() };
    let mut upper: HashMap<&str, &Entry> = above.entries.iter().map(|entry| (entry.key.as_str(), entry)).collect();
    let mut entries: Vec<Entry> = Vec::with_capacity(below.entries.len());
    for entry in &below.entries {
        entries.push(match upper.remove(entry.key.as_str()) {
            Some(upper) => Entry { value: lay_over(&entry.value, &upper.value), ..upper.clone() },
            None => entry.clone(),
        });
    }
    entries.extend(above.entries.iter().filter(|entry| upper.contains_key(entry.key.as_str())).cloned());
    Node::map(entries, base.span.clone())
}

/// A map with the overrides it carries for the target at hand. The check has dropped those of other targets.
pub(super) fn with_overrides(node: &Node) -> Node {
    let overrides = node.get("providers").map(Node::entries).unwrap_or_default();
    overrides.iter().fold(node.clone(), |merged, target| lay_over(&merged, &target.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::parse;

    fn tree(text: &str) -> Node {
        parse(text).root.unwrap_or_else(|| panic!("not YAML: {text}"))
    }

    #[test]
    fn maps_merge_and_the_rest_is_replaced() {
        let base = tree("{ a: 1, env: { X: 1, Y: 1 }, list: [1, 2] }");
        let over = tree("{ env: { Y: 2, Z: 2 }, list: [3], b: 2, a: }");
        let json = lay_over(&base, &over).to_json();
        assert_eq!(json, serde_json::json!({ "a": 1, "env": { "X": 1, "Y": 2, "Z": 2 }, "list": [3], "b": 2 }));
    }
}
