//! `key = value`, `key(fields)` and bare values between commas, and the collecting of errors.
//!
//! The list is cut at its commas before anything is parsed, so one mistake never hides the next.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::{Error, LitStr, spanned::Spanned};

use crate::nearest;

/// What could be read, and everything that was wrong.
#[derive(Clone)]
pub struct Parsed<T> {
    /// The part that made sense; complete if there are no errors.
    pub value: T,
    /// All mistakes, in the order they stand.
    pub errors: Vec<Error>,
}

impl<T> Parsed<T> {
    /// The value, or all errors combined into one.
    pub fn into_result(self) -> syn::Result<T> {
        match combine(self.errors) {
            Some(error) => Err(error),
            None => Ok(self.value),
        }
    }
}

/// One error that carries them all.
pub(crate) fn combine(errors: Vec<Error>) -> Option<Error> {
    errors.into_iter().reduce(|mut all, next| {
        all.combine(next);
        all
    })
}

/// One item of a comma-separated list.
pub(crate) enum Entry {
    /// A value without a key: `"user.get"`.
    Bare(Value),
    /// `key = value`.
    Assigned(Ident, Value),
    /// `key(…)`.
    Listed(Ident, Group),
}

/// The tokens of one value; never empty.
pub(crate) struct Value {
    tokens: Vec<TokenTree>,
}

impl Value {
    /// All of it as tokens.
    pub(crate) fn stream(&self) -> TokenStream {
        self.tokens.iter().cloned().collect()
    }

    /// From the first to the last token.
    pub(crate) fn span(&self) -> Span {
        self.stream().span()
    }

    /// The elements of `[…]`, if it is that.
    pub(crate) fn list(&self, errors: &mut Vec<Error>) -> Option<Vec<Value>> {
        match self.tokens.as_slice() {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
                let (items, stray) = split(group.stream());
                errors.extend(stray);
                Some(items.into_iter().map(|tokens| Value { tokens }).collect())
            }
            _ => None,
        }
    }

    /// A string literal, else an error that says what `what` looks like.
    pub(crate) fn text(&self, what: &str, errors: &mut Vec<Error>) -> Option<LitStr> {
        match self.tokens.as_slice() {
            [TokenTree::Literal(literal)] => {
                if let Ok(text) = syn::parse2::<LitStr>(TokenTree::Literal(literal.clone()).into()) {
                    return Some(text);
                }
                errors.push(Error::new(literal.span(), format!("this is not text in quotes; write {what}")));
            }
            [TokenTree::Literal(_), next, ..] => {
                errors.push(Error::new(next.span(), "there is no comma before this; put one between the parts"));
            }
            _ => errors.push(Error::new(self.span(), format!("this is not text in quotes; write {what}"))),
        }
        None
    }

    /// One string literal, or a bracketed list of them.
    pub(crate) fn texts(&self, what: &str, errors: &mut Vec<Error>) -> Vec<LitStr> {
        match self.list(errors) {
            Some(items) => {
                if items.is_empty() {
                    errors.push(Error::new(self.span(), format!("this list is empty; write {what}")));
                }
                items.iter().filter_map(|item| item.text(what, errors)).collect()
            }
            None => self.text(what, errors).into_iter().collect(),
        }
    }

    /// Anything syn can parse; a text that ends too early is reported where the value stands.
    pub(crate) fn parse<T: syn::parse::Parse>(&self, what: &str, errors: &mut Vec<Error>) -> Option<T> {
        syn::parse2(self.stream()).map_err(|_| errors.push(Error::new(self.span(), format!("this is not {what}")))).ok()
    }
}

/// Cuts the list at its commas and each item into key and value. `example` shows what a value looks like.
pub(crate) fn entries(tokens: TokenStream, example: impl Fn(&str) -> String, errors: &mut Vec<Error>) -> Vec<Entry> {
    let (items, stray) = split(tokens);
    errors.extend(stray);
    items.into_iter().filter_map(|item| entry(item, &example, errors)).collect()
}

fn entry(mut item: Vec<TokenTree>, example: &impl Fn(&str) -> String, errors: &mut Vec<Error>) -> Option<Entry> {
    let TokenTree::Ident(key) = item.first()?.clone() else { return Some(Entry::Bare(Value { tokens: item })) };
    match item.get(1) {
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
            let tokens = item.split_off(2);
            if tokens.is_empty() {
                errors
                    .push(Error::new(key.span(), format!("`{key}` has no value; write {}", example(&key.to_string()))));
                return None;
            }
            Some(Entry::Assigned(key, Value { tokens }))
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            if let Some(next) = item.get(2) {
                errors.push(Error::new(next.span(), "there is no comma before this; put one between the parts"));
            }
            Some(Entry::Listed(key, group.clone()))
        }
        None | Some(_) => {
            let written = Value { tokens: item };
            errors.push(Error::new(
                written.span(),
                format!("this is not `key = value`; write {}", example(&key.to_string())),
            ));
            None
        }
    }
}

/// The items between commas, and an error for each comma with nothing before it.
fn split(tokens: TokenStream) -> (Vec<Vec<TokenTree>>, Vec<Error>) {
    let mut items = Vec::new();
    let mut item = Vec::new();
    let mut stray = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                if item.is_empty() {
                    stray.push(Error::new(punct.span(), "there is nothing before this comma; remove it"));
                } else {
                    items.push(std::mem::take(&mut item));
                }
            }
            // What a macro_rules variable stood for arrives in an invisible group.
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => item.extend(group.stream()),
            other => item.push(other),
        }
    }
    if !item.is_empty() {
        items.push(item);
    }
    (items, stray)
}

/// "Unknown word", with the nearest ones, or all there are.
pub(crate) fn unknown(key: &Ident, known: &[&'static str], whose: &str) -> Error {
    let close = nearest(&key.to_string(), known.iter().copied());
    let advice = match close.as_slice() {
        [] => format!("it knows {}", listed(known)),
        [one] => format!("did you mean `{one}`?"),
        several => format!("did you mean one of {}?", listed(several)),
    };
    Error::new(key.span(), format!("{whose} does not know `{key}`; {advice}"))
}

/// "given twice", at the second.
pub(crate) fn twice(key: &Ident, advice: &str) -> Error {
    Error::new(key.span(), format!("`{key}` is given twice; {advice}"))
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
