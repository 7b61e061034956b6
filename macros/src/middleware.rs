//! `#[fx::middleware]`: the function as it stands, and a type of the same name.
//!
//! `#[func(middleware = [auth::require_login])]` has to say in a bound what the middleware's arguments need of the app's state, and a bound
//! needs a type, which functions have but cannot be named by. Types and functions live in different namespaces: so the one path names both.

use fx_syntax::signature;
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use crate::{companion, facade::Private};

pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    // The same words as `#[fx::app]`: where the facade is, and nothing else.
    let parsed = fx_syntax::AppArgs::parse(arguments);
    let function = match companion::function("#[fx::middleware]", item) {
        Ok(function) => function,
        Err(instead) => return instead,
    };
    let mut errors = Vec::new();
    if let Some(first) = parsed.errors.first() {
        errors.push(syn::Error::new(
            first.span(),
            "#[fx::middleware] takes nothing; write it bare, or with `crate = my_crate::fx`",
        ));
    }
    errors.extend(signature::check_middleware(&function.sig));
    if !errors.is_empty() {
        return companion::beside(&function, errors);
    }

    let private = Private::of(parsed.value.krate.as_ref());
    let (name, visibility) = (&function.sig.ident, &function.vis);
    let attributes = companion::attributes(&function);
    let types = companion::argument_types(&function.sig);
    // The last is `Next`, the one before it the request, and any number of parts come first.
    let [first @ .., request, _] = &types[..] else { return companion::beside(&function, []) };
    let variables = companion::variables(first, name.span());
    let mut bounds = companion::parts_bounds(&private, first);
    let here = private.at(request.span());
    bounds.push(quote_spanned!(request.span()=> #request: #here::RequestArgument<__FxState>));

    let parts = companion::take_parts(&private, first, &variables);
    let extraction = quote_spanned! {request.span()=>
        let (mut __fx_parts, __fx_body) = __fx_request.into_parts();
        #parts
        let __fx_request = #here::Request::from_parts(__fx_parts, __fx_body);
        let __fx_request = match <#request as #here::RequestArgument<__FxState>>::take(__fx_request, &__fx_state).await {
            ::core::result::Result::Ok(__fx_value) => __fx_value,
            ::core::result::Result::Err(__fx_rejection) => return #here::rejected(__fx_rejection),
        };
    };
    let answer = companion::into_response(&private, &function.sig);
    let call = quote_spanned!(name.span()=> #name(#(#variables,)* __fx_request, __fx_next).await);
    let private = private.at(name.span());
    quote_spanned! {name.span()=>
        #function

        #attributes
        #visibility struct #name {}

        #attributes
        impl<__FxState> #private::Middleware<__FxState> for #name
        where
            __FxState: #private::AppState,
            #(#bounds,)*
        {
            #[allow(unused_mut)]
            fn wrap(__fx_state: &__FxState, __fx_endpoint: #private::MethodRouter) -> #private::MethodRouter {
                #private::wrap(__fx_state, __fx_endpoint, |__fx_request, __fx_next, __fx_state| #private::boxed(async move {
                    #extraction
                    #answer(#call)
                }))
            }
        }
    }
}
