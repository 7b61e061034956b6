//! `#[fx::app]`: the function as it stands, and beside it what the generated `main` calls at cold start.

use fx_syntax::{AppArgs, signature};
use proc_macro2::TokenStream;
use quote::{format_ident, quote_spanned};
use syn::{ReturnType, spanned::Spanned};

use crate::{companion, facade};

pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let parsed = AppArgs::parse(arguments);
    let function = match companion::function("#[fx::app]", item) {
        Ok(function) => function,
        Err(instead) => return instead,
    };
    let mut errors = parsed.errors;
    errors.extend(signature::check_app(&function.sig));
    let ReturnType::Type(_, returned) = &function.sig.output else {
        return companion::beside(&function, errors);
    };
    if !errors.is_empty() {
        return companion::beside(&function, errors);
    }

    let private = facade::private(parsed.value.krate.as_ref());
    let (name, visibility) = (&function.sig.ident, &function.vis);
    let attributes = companion::attributes(&function);
    let companion = format_ident!("__fx_app_{name}");
    let argument = companion::argument_types(&function.sig)
        .first()
        .map(|ty| quote_spanned!(ty.span()=> <#ty as #private::FromEnv>::from_env(__fx_env)));
    let app = quote_spanned!(returned.span()=> <#returned as #private::IntoApp>);
    quote_spanned! {name.span()=>
        #function
        #attributes
        #visibility fn #companion(__fx_env: #private::Env) -> #private::AppFuture<#app::State> {
            #private::boxed(async move { #app::into_app(#name(#argument).await) })
        }
    }
}
