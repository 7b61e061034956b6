//! `#[cfg(…)]` and `#[cfg_attr(…)]`, judged for the functions' target: Linux, not a test.
//!
//! A predicate can also be unknown (the CPU, debug or release): such code may be there, so it is read.

use std::collections::BTreeSet;

use syn::{Attribute, Expr, ExprLit, Lit, Meta, MetaList, MetaNameValue, Token, punctuated::Punctuated};

/// The features that are on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cfg {
    pub(crate) features: BTreeSet<String>,
}

impl Cfg {
    /// The attributes that are in force, those inside `cfg_attr` included; `None` if the item is switched off.
    pub(crate) fn active(&self, attributes: &[Attribute]) -> Option<Vec<Meta>> {
        let mut waiting: Vec<Meta> = attributes.iter().rev().map(|attribute| attribute.meta.clone()).collect();
        let mut active = Vec::new();
        while let Some(meta) = waiting.pop() {
            match &meta {
                Meta::List(list) if list.path.is_ident("cfg") => {
                    if list.parse_args::<Meta>().is_ok_and(|predicate| self.holds(&predicate) == Some(false)) {
                        return None;
                    }
                }
                Meta::List(list) if list.path.is_ident("cfg_attr") => {
                    let mut parts = metas(list).into_iter();
                    if parts.next().is_some_and(|predicate| self.holds(&predicate) != Some(false)) {
                        waiting.extend(parts.rev());
                    }
                }
                _ => active.push(meta),
            }
        }
        Some(active)
    }

    /// Whether a predicate is true; `None`: that is known only when the compiler runs.
    fn holds(&self, predicate: &Meta) -> Option<bool> {
        match predicate {
            Meta::Path(path) => match path.get_ident()?.to_string().as_str() {
                "unix" | "true" => Some(true),
                "debug_assertions" | "overflow_checks" => None,
                // `test`, `windows`, `doc`, `miri`, and whatever nobody passes with `--cfg`.
                _ => Some(false),
            },
            Meta::List(list) => {
                let parts = metas(list);
                let mut results = parts.iter().map(|part| self.holds(part));
                match list.path.get_ident()?.to_string().as_str() {
                    "not" => results.next()?.map(|result| !result),
                    "all" => results
                        .try_fold(true, |all, result| match result {
                            Some(false) => Err(false),
                            Some(true) => Ok(all),
                            None => Ok(false),
                        })
                        .map_or_else(Some, |certain| certain.then_some(true)),
                    "any" => results
                        .try_fold(true, |all, result| match result {
                            Some(true) => Err(true),
                            Some(false) => Ok(all),
                            None => Ok(false),
                        })
                        .map_or_else(Some, |certain| certain.then_some(false)),
                    _ => None,
                }
            }
            Meta::NameValue(pair) => {
                let value = text_of(pair)?;
                match pair.path.get_ident()?.to_string().as_str() {
                    "feature" => Some(self.features.contains(&value)),
                    "target_os" => Some(value == "linux"),
                    "target_family" => Some(value == "unix"),
                    "target_pointer_width" => Some(value == "64"),
                    "target_endian" => Some(value == "little"),
                    "panic" => Some(value == "unwind"),
                    "target_arch" if value != "x86_64" && value != "aarch64" => Some(false),
                    "target_arch" | "target_env" | "target_vendor" | "target_feature" | "target_has_atomic" => None,
                    _ => Some(false),
                }
            }
        }
    }
}

fn metas(list: &MetaList) -> Vec<Meta> {
    list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        .map(|parts| parts.into_iter().collect())
        .unwrap_or_default()
}

/// The text of `name = "text"`.
pub(crate) fn text_of(pair: &MetaNameValue) -> Option<String> {
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn holds(predicate: &Meta) -> Option<bool> {
        Cfg { features: BTreeSet::from(["sqlite".to_owned()]) }.holds(predicate)
    }

    #[test]
    fn single_predicates() {
        assert_eq!(holds(&parse_quote!(test)), Some(false));
        assert_eq!(holds(&parse_quote!(unix)), Some(true));
        assert_eq!(holds(&parse_quote!(windows)), Some(false));
        assert_eq!(holds(&parse_quote!(feature = "sqlite")), Some(true));
        assert_eq!(holds(&parse_quote!(feature = "mysql")), Some(false));
        assert_eq!(holds(&parse_quote!(target_os = "linux")), Some(true));
        assert_eq!(holds(&parse_quote!(target_os = "macos")), Some(false));
        assert_eq!(holds(&parse_quote!(target_arch = "x86_64")), None);
        assert_eq!(holds(&parse_quote!(target_arch = "wasm32")), Some(false));
        assert_eq!(holds(&parse_quote!(debug_assertions)), None);
    }

    #[test]
    fn combined_predicates() {
        assert_eq!(holds(&parse_quote!(not(test))), Some(true));
        assert_eq!(holds(&parse_quote!(not(debug_assertions))), None);
        assert_eq!(holds(&parse_quote!(all())), Some(true));
        assert_eq!(holds(&parse_quote!(any())), Some(false));
        assert_eq!(holds(&parse_quote!(all(unix, not(test)))), Some(true));
        assert_eq!(holds(&parse_quote!(all(debug_assertions, test))), Some(false));
        assert_eq!(holds(&parse_quote!(all(debug_assertions, unix))), None);
        assert_eq!(holds(&parse_quote!(any(debug_assertions, unix))), Some(true));
        assert_eq!(holds(&parse_quote!(any(debug_assertions, test))), None);
    }

    #[test]
    fn attributes_in_force() {
        let cfg = Cfg::default();
        assert!(cfg.active(&[parse_quote!(#[cfg(test)]), parse_quote!(#[path = "x.rs"])]).is_none());
        let active = cfg
            .active(&[
                parse_quote!(#[cfg_attr(unix, path = "unix.rs", cfg_attr(all(), func))]),
                parse_quote!(#[cfg(unix)]),
            ])
            .unwrap();
        assert_eq!(active.len(), 2);
        assert!(active[0].path().is_ident("path") && active[1].path().is_ident("func"));
        assert!(cfg.active(&[parse_quote!(#[cfg_attr(unix, cfg(test))])]).is_none());
    }
}
