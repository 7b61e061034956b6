//! The keys of f.yml, written down once: reading, "did you mean" and the editors' JSON Schema all come from these tables.

mod check;
mod event;
mod file;
mod function;
mod provider;
mod variables;

pub(crate) use check::{Checker, check, clip};
pub(crate) use file::FILE;
pub(crate) use variables::place_inside;

use crate::yaml::{Form, Node};

/// What a value may look like.
#[derive(Debug)]
pub(crate) enum Shape {
    /// One line or more of text; numbers are taken as text.
    Text,
    /// A whole number. Zero means "as if the key were not there".
    Number,
    /// `true` or `false`.
    Flag,
    /// `false`, the only flag that means something here.
    No,
    /// One word of a closed list.
    Word(&'static [&'static str]),
    /// A text, or a list of texts.
    Texts,
    /// A list.
    List(&'static Shape),
    /// A map from names of the user's to values.
    Named(&'static Shape),
    /// A map from names of targets to values.
    Targets(&'static Table),
    /// A map with known keys.
    Fields(&'static Table),
    /// Environment variables: names to scalars that stay expressions.
    Environment,
    /// Handed on as it is.
    Any,
    /// The first of these whose outer form fits.
    Either(&'static [Shape]),
}

/// The keys of one map.
#[derive(Debug)]
pub(crate) struct Table {
    /// What the map describes: "an http event".
    pub(crate) title: &'static str,
    /// Groups of keys, so that maps can share some.
    pub(crate) groups: &'static [&'static [Key]],
}

/// One key.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) about: &'static str,
    pub(crate) effect: Effect,
    pub(crate) need: Need,
}

/// What comes of writing a key down.
#[derive(Debug)]
pub(crate) enum Effect {
    /// It is read.
    Read,
    /// Nothing, and nobody expects anything.
    Quiet,
    /// Nothing: it is about packaging for Node.
    Node,
    /// Nothing: it names a language's runtime.
    Runtime,
    /// Nothing: no target has such a trigger.
    NoTrigger,
    /// Nothing, for this reason.
    None(&'static str),
}

/// How much a key is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Not at all.
    Optional,
    /// There is a default, but hardly anybody means it: a slip of the finger in the key is more than a warning.
    Expected,
    /// The map means nothing without it.
    Required,
}

impl Table {
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static Key> {
        self.groups.iter().flat_map(|group| group.iter())
    }

    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }
}

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, about, effect: Effect::Read, need: Need::Optional }
}

const fn expected(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, about, effect: Effect::Read, need: Need::Expected }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, about, effect: Effect::Read, need: Need::Required }
}

const fn without_effect(name: &'static str, about: &'static str, effect: Effect) -> Key {
    Key { name, shape: Shape::Any, about, effect, need: Need::Optional }
}

impl Shape {
    /// Whether a value looks right from outside; what is inside is looked at later.
    fn takes(&self, node: &Node) -> bool {
        let form = node.form();
        match self {
            Shape::Text => matches!(form, Form::Text | Form::Number),
            Shape::Number => node.number().is_some(),
            Shape::Flag => form == Form::Flag,
            Shape::No => node.flag() == Some(false),
            Shape::Word(words) => node.text().is_some_and(|text| words.contains(&text)),
            Shape::Texts => matches!(form, Form::Text | Form::Number | Form::List),
            Shape::List(_) => form == Form::List,
            Shape::Named(_) | Shape::Targets(_) | Shape::Fields(_) | Shape::Environment => form == Form::Map,
            Shape::Any => true,
            Shape::Either(shapes) => shapes.iter().any(|shape| shape.takes(node)),
        }
    }

    /// For "takes …" in messages.
    fn describe(&self) -> String {
        match self {
            Shape::Text => "text".into(),
            Shape::Number => "a whole number".into(),
            Shape::Flag => "true or false".into(),
            Shape::No => "false".into(),
            Shape::Word(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or "),
            Shape::Texts => "text or a list of texts".into(),
            Shape::List(_) => "a list".into(),
            Shape::Named(_) | Shape::Targets(_) | Shape::Fields(_) | Shape::Environment => "a map".into(),
            Shape::Any => "anything".into(),
            Shape::Either(shapes) => shapes.iter().map(Shape::describe).collect::<Vec<_>>().join(" or "),
        }
    }
}
