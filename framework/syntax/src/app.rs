//! `#[fx::app(…)]`.

use proc_macro2::TokenStream;
use syn::{Error, Path};

use crate::entry::{Entry, Parsed, entries, twice, unknown};

const WORDS: [&str; 1] = ["crate"];
const EXAMPLE: &str = "#[fx::app] or #[fx::app(crate = my_crate::fx)]";

/// What `#[fx::app(…)]` says.
#[derive(Clone, Default)]
pub struct AppArgs {
    /// `crate = …`: where the facade is.
    pub krate: Option<Path>,
}

impl AppArgs {
    /// Reads what stands between the parentheses; empty for a bare `#[fx::app]`.
    pub fn parse(tokens: TokenStream) -> Parsed<Self> {
        let mut args = Self::default();
        let mut errors = Vec::new();
        for entry in entries(tokens, |_| EXAMPLE.to_owned(), &mut errors) {
            match entry {
                Entry::Assigned(key, value) if key == "crate" => {
                    if args.krate.is_some() {
                        errors.push(twice(&key, "once is enough"));
                    } else {
                        args.krate = value.parse("a path; write crate = my_crate::fx", &mut errors);
                    }
                }
                Entry::Assigned(key, _) | Entry::Listed(key, _) => errors.push(unknown(&key, &WORDS, "#[fx::app]")),
                Entry::Bare(value) => {
                    errors.push(Error::new(value.span(), format!("#[fx::app] takes no name; write {EXAMPLE}")));
                }
            }
        }
        Parsed { value: args, errors }
    }
}
