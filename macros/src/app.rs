//! `#[fx::app]`: the function as it stands, and beside it what the generated `main` calls at cold start.

use fx_syntax::{AppArgs, signature};
use proc_macro2::TokenStream;
use quote::{format_ident, quote_spanned};
use syn::{ReturnType, spanned::Spanned};

use crate::{companion, facade::Private};

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

    let private = Private::of(parsed.value.krate.as_ref());
    let (name, visibility) = (&function.sig.ident, &function.vis);
    let attributes = companion::attributes(&function);
    let companion = format_ident!("__fx_app_{name}");
    let argument = companion::argument_types(&function.sig).first().map(|ty| {
        let here = private.at(ty.span());
        quote_spanned!(ty.span()=> <#ty as #here::FromEnv>::from_env(__fx_env))
    });
    let here = private.at(returned.span());
    let future = quote_spanned!(returned.span()=> #here::AppFuture<<#returned as #here::IntoApp>::State>);
    let private = private.at(name.span());
    quote_spanned! {name.span()=>
        #function
        #attributes
        #visibility fn #companion(__fx_env: #private::Env) -> #future {
            #private::boxed(async move { #here::IntoApp::into_app(#name(#argument).await) })
        }
    }
}
