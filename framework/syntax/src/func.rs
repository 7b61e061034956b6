//! `#[func(…)]`.

use proc_macro2::{Ident, TokenStream};
use syn::{Error, LitStr, Path};

use crate::{
    entry::{Entry, Parsed, Value, entries, twice, unknown},
    text,
    trigger::{self, Trigger, TriggerWord},
};

/// All words `#[func]` knows.
pub const WORDS: [&str; 7] = ["http", "timer", "object", "message", "log", "middleware", "crate"];

/// What `#[func(…)]` says.
#[derive(Clone, Default)]
pub struct FuncArgs {
    /// The handler's name; `None`: its module path with dots (`user::get` = `user.get`).
    pub handler: Option<LitStr>,
    /// Outermost first; paths, or any expression that makes a middleware.
    pub middleware: Vec<syn::Expr>,
    /// In the order written, one per route, schedule, …
    pub triggers: Vec<Trigger>,
    /// `crate = …`: where the facade is.
    pub krate: Option<Path>,
}

impl FuncArgs {
    /// Reads what stands between the parentheses of `#[func(…)]`; empty for a bare `#[func]`.
    pub fn parse(tokens: TokenStream) -> Parsed<Self> {
        let mut args = Self::default();
        let mut errors = Vec::new();
        let mut seen: Vec<Ident> = Vec::new();
        for (index, entry) in entries(tokens, example, &mut errors).into_iter().enumerate() {
            match entry {
                Entry::Bare(value) => args.name(index, &value, &mut errors),
                Entry::Assigned(key, value) => {
                    if first_of(&key, &mut seen, &mut errors) {
                        args.assign(&key, &value, &mut errors);
                    }
                }
                Entry::Listed(key, group) => match TriggerWord::from_ident(&key) {
                    // Fields describe one trigger, so a function with two buckets says `object(…)` twice.
                    Some(word) => args.triggers.extend(trigger::from_fields(word, &key, &group, &mut errors)),
                    None if WORDS.iter().any(|word| key == word) => errors.push(Error::new(
                        key.span(),
                        format!("`{key}` takes a value after `=`; write {}", example(&key.to_string())),
                    )),
                    None => errors.push(unknown(&key, &WORDS, "#[func]")),
                },
            }
        }
        Parsed { value: args, errors }
    }

    fn name(&mut self, index: usize, value: &Value, errors: &mut Vec<Error>) {
        if self.handler.is_some() {
            errors.push(Error::new(value.span(), "this is a second handler name; a function has one"));
        } else if let Some(lit) = value.text("the handler's name as f.yml says it, #[func(\"user.get\")]", errors) {
            if index > 0 {
                errors.push(Error::new(lit.span(), "the handler's name comes first; write #[func(\"user.get\", …)]"));
            }
            errors.extend(text::check_handler(&lit).err());
            // Kept even so: what f.yml calls it is what it is called.
            self.handler = Some(lit);
        }
    }

    fn assign(&mut self, key: &Ident, value: &Value, errors: &mut Vec<Error>) {
        if let Some(word) = TriggerWord::from_ident(key) {
            self.triggers.extend(trigger::from_value(word, key.span(), value, errors));
        } else if key == "middleware" {
            let what = "a list of functions; write middleware = [auth::require_login]";
            match value.list(errors) {
                Some(items) => self.middleware = items.iter().filter_map(|item| item.parse(what, errors)).collect(),
                None => errors.push(Error::new(value.span(), format!("this is not {what}"))),
            }
        } else if key == "crate" {
            self.krate = value.parse("a path; write crate = my_crate::fx", errors);
        } else {
            errors.push(unknown(key, &WORDS, "#[func]"));
        }
    }
}

/// `false`, and an error, if the key has been there before.
fn first_of(key: &Ident, seen: &mut Vec<Ident>, errors: &mut Vec<Error>) -> bool {
    if seen.contains(key) {
        let advice = match TriggerWord::from_ident(key) {
            Some(_) => format!("several go in a list: {key} = [\"…\", \"…\"]"),
            None => "once is enough".to_owned(),
        };
        errors.push(twice(key, &advice));
        return false;
    }
    seen.push(key.clone());
    true
}

fn example(key: &str) -> String {
    match TriggerWord::ALL.into_iter().find(|word| word.as_str() == key) {
        Some(word) => word.example().to_owned(),
        None if key == "crate" => "crate = my_crate::fx".to_owned(),
        None if key == "middleware" => "middleware = [auth::require_login]".to_owned(),
        None => "#[func(\"user.get\", http = \"GET /user/:id\")]".to_owned(),
    }
}
