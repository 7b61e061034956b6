//! `#[fx::middleware]`: the function as it stands, and a type of the same name.
//!
//! `#[func(middleware = [auth::require_login])]` has to say in a bound what the middleware's arguments need of the app's state, and a bound
//! needs a type, which functions have but cannot be named by. Types and functions live in different namespaces: so the one path names both.

use fx_syntax::signature;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::{companion, facade};

pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    // The same words as `#[fx::app]`: where the facade is, and nothing else.
    let parsed = fx_syntax::AppArgs::parse(arguments);
    let function = match companion::function("#[fx::middleware]", item) {
        Ok(function) => function,
        Err(instead) => return instead,
    };
    let mut errors = parsed.errors;
    errors.extend(signature::check_middleware(&function.sig));
    if !errors.is_empty() {
        return companion::beside(&function, errors);
    }

    let private = facade::private(parsed.value.krate.as_ref());
    let (name, visibility) = (&function.sig.ident, &function.vis);
    let attributes = companion::attributes(&function);
    let types = companion::argument_types(&function.sig);
    // The last is `Next`, the one before it the request, and any number of parts come first.
    let count = types.len();
    let mut bounds: Vec<_> = types[..count - 2]
        .iter()
        .map(|ty| quote_spanned!(ty.span()=> #ty: #private::PartsArgument<__FxState>))
        .collect();
    let request = types[count - 2];
    bounds.push(quote_spanned!(request.span()=> #request: #private::RequestArgument<__FxState>));
    let conditions = &attributes;
    quote! {
        #function

        #attributes
        #visibility struct #name {}

        #conditions
        impl<__FxState> #private::Middleware<__FxState> for #name
        where
            __FxState: #private::AppState,
            #(#bounds,)*
        {
            fn wrap(__fx_state: &__FxState, __fx_endpoint: #private::MethodRouter) -> #private::MethodRouter {
                __fx_endpoint.layer(#private::from_fn_with_state(::core::clone::Clone::clone(__fx_state), #name))
            }
        }
    }
}
