//! What all companions have in common.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, FnArg, Ident, ItemFn, ReturnType, Signature, Type, spanned::Spanned};

use crate::facade::Private;

/// The item as a function, or what to emit instead: the item as it is, and why not.
pub(crate) fn function(attribute: &str, item: &TokenStream) -> Result<ItemFn, TokenStream> {
    syn::parse2::<ItemFn>(item.clone()).map_err(|error| {
        // A function with a syntax error in it says so itself; anything else is no function.
        let message = if is_function(item) { error } else { no_function(attribute, item) };
        beside(item, [message])
    })
}

fn is_function(item: &TokenStream) -> bool {
    item.clone().into_iter().any(|token| matches!(token, proc_macro2::TokenTree::Ident(word) if word == "fn"))
}

fn no_function(attribute: &str, item: &TokenStream) -> syn::Error {
    let mut tokens = item.clone().into_iter();
    let span = tokens
        .find(|token| matches!(token, proc_macro2::TokenTree::Ident(_)))
        .map_or_else(Span::call_site, |token| token.span());
    syn::Error::new(span, format!("{attribute} goes on an `async fn`"))
}

/// The item untouched, and the errors beside it.
pub(crate) fn beside(item: &impl ToTokens, errors: impl IntoIterator<Item = syn::Error>) -> TokenStream {
    let errors = errors.into_iter().map(|error| error.to_compile_error());
    quote!(#item #(#errors)*)
}

/// The attributes every companion has: it exists whenever the function does, and is nobody's business.
pub(crate) fn attributes(function: &ItemFn) -> TokenStream {
    let conditions = function.attrs.iter().filter(|attribute| is_condition(attribute));
    quote! {
        #(#conditions)*
        #[doc(hidden)]
        #[allow(
            dead_code,
            deprecated,
            non_camel_case_types,
            non_snake_case,
            private_bounds,
            private_interfaces,
            unreachable_pub,
            clippy::all,
            clippy::pedantic,
            clippy::nursery,
        )]
    }
}

fn is_condition(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

/// The types of the arguments, in order.
pub(crate) fn argument_types(signature: &Signature) -> Vec<&Type> {
    signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(typed) => Some(&*typed.ty),
            FnArg::Receiver(_) => None,
        })
        .collect()
}

/// One local variable for each argument. Odd names, for a user's constant of the same name would turn them into patterns.
pub(crate) fn variables(types: &[&Type], span: Span) -> Vec<Ident> {
    (0..types.len()).map(|index| format_ident!("__fx_{index}", span = span)).collect()
}

/// What a function returns.
pub(crate) enum Answer<'a> {
    /// `-> Type`, or `()`, and where that is written.
    Type(TokenStream, Span),
    /// `-> impl Trait`, which cannot be named.
    Opaque(&'a Type),
}

/// What a function returns.
pub(crate) fn answer(signature: &Signature) -> Answer<'_> {
    match &signature.output {
        ReturnType::Default => Answer::Type(quote!(()), signature.ident.span()),
        ReturnType::Type(_, ty) if is_opaque(ty) => Answer::Opaque(ty),
        ReturnType::Type(_, ty) => Answer::Type(ty.to_token_stream(), ty.span()),
    }
}

/// What makes a response of the function's value.
pub(crate) fn into_response(private: &Private, signature: &Signature) -> TokenStream {
    match answer(signature) {
        Answer::Type(ty, span) => {
            let private = private.at(span);
            quote_spanned!(span=> <#ty as #private::HttpAnswer<__FxState>>::into_answer)
        }
        Answer::Opaque(ty) => {
            let private = private.at(ty.span());
            quote_spanned!(ty.span()=> #private::HttpAnswer::<__FxState>::into_answer)
        }
    }
}

/// The bounds of arguments that are extracted from a request's parts.
pub(crate) fn parts_bounds(private: &Private, types: &[&Type]) -> Vec<TokenStream> {
    let bound = |ty: &&Type| {
        let private = private.at(ty.span());
        quote_spanned!(ty.span()=> #ty: #private::PartsArgument<__FxState>)
    };
    types.iter().map(bound).collect()
}

/// Extracts arguments from `__fx_parts`, or returns the response that says why not.
pub(crate) fn take_parts(private: &Private, types: &[&Type], variables: &[Ident]) -> TokenStream {
    let take = |(ty, variable): (&&Type, &Ident)| {
        let private = private.at(ty.span());
        quote_spanned! {ty.span()=>
            let #variable = match <#ty as #private::PartsArgument<__FxState>>::take(&mut __fx_parts, &__fx_state).await {
                ::core::result::Result::Ok(__fx_value) => __fx_value,
                ::core::result::Result::Err(__fx_rejection) => return #private::rejected(__fx_rejection),
            };
        }
    };
    types.iter().zip(variables).map(take).collect()
}

/// `impl Trait` anywhere in the type. By its tokens: it may stand inside any generic argument.
fn is_opaque(ty: &Type) -> bool {
    fn contains_impl(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Ident(word) => word == "impl",
            proc_macro2::TokenTree::Group(group) => contains_impl(group.stream()),
            _ => false,
        })
    }
    contains_impl(ty.to_token_stream())
}
