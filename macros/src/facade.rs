//! What the facade crate is called in the user's crate: `::fx`, unless Cargo.toml renames it or the attribute says otherwise.

use std::{path::Path as FilePath, sync::OnceLock};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

/// The path of the facade's hidden support.
pub(crate) struct Private(TokenStream);

impl Private {
    /// The facade that the attribute states, or the one Cargo.toml names.
    pub(crate) fn of(stated: Option<&Path>) -> Self {
        let facade = facade(stated);
        Self(quote!(#facade::__private))
    }

    /// The path, to stand at `span`: a whole bound has to, or rustc underlines the attribute in place of the argument.
    pub(crate) fn at(&self, span: Span) -> TokenStream {
        let moved = self.0.clone().into_iter().map(|mut token| {
            token.set_span(span.resolved_at(token.span()));
            token
        });
        moved.collect()
    }
}

fn facade(stated: Option<&Path>) -> TokenStream {
    if let Some(path) = stated {
        return quote!(#path);
    }
    let name = Ident::new(renamed().unwrap_or("fx"), Span::call_site());
    quote!(::#name)
}

fn renamed() -> Option<&'static str> {
    static NAME: OnceLock<Option<String>> = OnceLock::new();
    let read = || {
        let folder = std::env::var_os("CARGO_MANIFEST_DIR")?;
        new_name(&std::fs::read_to_string(FilePath::new(&folder).join("Cargo.toml")).ok()?)
    };
    NAME.get_or_init(read).as_deref()
}

/// The name a Cargo.toml gives to the package `fx`, if it is another.
///
/// Renaming takes the words `package = "fx"`, in one of three places: that is all there is to look for, and a TOML parser would be
/// compiled for every user's build.
fn new_name(manifest: &str) -> Option<String> {
    let mut table = "";
    for line in manifest.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if let Some(header) = line.strip_prefix('[') {
            table = header.split(']').next().unwrap_or_default();
        } else if renames_fx(line) {
            let name = match line.split_once('=') {
                // [dependencies.NAME] above, `package = "fx"` here
                Some((key, _)) if key.trim() == "package" => {
                    let (dependencies, name) = table.rsplit_once('.')?;
                    dependencies.ends_with("dependencies").then_some(name)
                }
                // NAME.package = "fx", or NAME = { package = "fx" }
                Some((key, _)) => Some(key.trim().strip_suffix(".package").unwrap_or(key.trim())),
                None => None,
            };
            if let Some(name) = name {
                let name = name.trim().trim_matches('"').replace('-', "_");
                return syn::parse_str::<Ident>(&name).is_ok().then_some(name);
            }
        }
    }
    None
}

fn renames_fx(line: &str) -> bool {
    line.match_indices("package").any(|(index, word)| {
        let rest = line[index + word.len()..].trim_start();
        rest.strip_prefix('=').is_some_and(|value| {
            let value = value.trim_start();
            value.starts_with("\"fx\"") || value.starts_with("'fx'")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::new_name;

    #[test]
    fn three_ways_to_rename() {
        for manifest in [
            "[dependencies]\nserverless-rs = { version = \"1\", package = \"fx\" }",
            "[dependencies]\nserverless-rs.package = \"fx\"",
            "[package]\nname = \"x\"\n[dependencies.serverless-rs]\npackage = 'fx'",
            "[target.'cfg(unix)'.dependencies.serverless-rs]\nversion = \"1\"\npackage=\"fx\"",
        ] {
            assert_eq!(new_name(manifest).as_deref(), Some("serverless_rs"), "{manifest}");
        }
    }

    #[test]
    fn otherwise_it_is_fx() {
        for manifest in [
            "[package]\nname = \"fx\"",
            "[dependencies]\nfx = \"1\"",
            "[dependencies]\nother = { package = \"fx-like\" }",
            "# x = { package = \"fx\" }",
            "[package.metadata.y]\npackage = \"fx\"",
        ] {
            assert_eq!(new_name(manifest), None, "{manifest}");
        }
    }
}
