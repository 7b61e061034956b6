//! `#[func]`: the function as it stands, and beside it what makes an HTTP endpoint and an event taker of it.

use fx_syntax::{ArgumentKind, FuncArgs, argument::classify_all, signature};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, ItemFn, Type, spanned::Spanned};

use crate::{
    companion::{self, Answer},
    facade,
};

pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let parsed = FuncArgs::parse(arguments);
    let function = match companion::function("#[func]", item) {
        Ok(function) => function,
        Err(instead) => return instead,
    };
    let mut errors = parsed.errors;
    errors.extend(signature::check_func(&function.sig));
    let takes_event = matches!(classify_all(&function.sig).first(), Some(ArgumentKind::Event(_)));
    if let Some(first) = parsed.value.middleware.first().filter(|_| takes_event) {
        errors.push(syn::Error::new(first.span(), "middleware is for HTTP requests; this function takes an event"));
    }
    if !errors.is_empty() {
        return companion::beside(&function, errors);
    }

    let private = facade::private(parsed.value.krate.as_ref());
    let opaque = matches!(companion::answer(&function.sig), Answer::Opaque(_));
    // What `impl Trait` hides can be checked only where it is used, so such a function is the one or the other.
    let http = (!opaque || !takes_event).then(|| http(&private, &function, &parsed.value.middleware));
    let event = (!opaque || takes_event).then(|| event(&private, &function));
    quote!(#function #http #event)
}

fn http(private: &TokenStream, function: &ItemFn, middleware: &[Expr]) -> TokenStream {
    let (name, visibility) = (&function.sig.ident, &function.vis);
    let attributes = companion::attributes(function);
    let companion = format_ident!("__fx_http_{name}");
    let types = companion::argument_types(&function.sig);
    let variables = companion::variables(&types, name.span());

    let (via, mut bounds, extraction) = match types.split_last() {
        None => (None, Vec::new(), quote!(drop((__fx_request, __fx_state));)),
        Some((last, first)) => {
            let mut bounds = parts_bounds(private, first);
            bounds.push(quote_spanned!(last.span()=> #last: #private::LastArgument<__FxState, __FxVia>));
            (Some(quote!(, __FxVia)), bounds, extraction(private, first, last, &variables))
        }
    };
    let answer = match companion::answer(&function.sig) {
        Answer::Type(ty, span) => {
            bounds.push(quote_spanned!(span=> #ty: #private::HttpAnswer<__FxState>));
            quote_spanned!(span=> <#ty as #private::HttpAnswer<__FxState>>::into_answer)
        }
        Answer::Opaque(ty) => quote_spanned!(ty.span()=> #private::HttpAnswer::<__FxState>::into_answer),
    };
    // The list says the outermost first; wrapping begins with the innermost.
    let wrapping = middleware.iter().rev().map(|middleware| match middleware {
        Expr::Path(path) => quote_spanned!(path.span()=> .wrapped_in::<#path>()),
        layer => quote_spanned!(layer.span()=> .layered(#layer)),
    });
    bounds.extend(middleware.iter().filter_map(|middleware| match middleware {
        Expr::Path(path) => Some(quote_spanned!(path.span()=> #path: #private::Middleware<__FxState>)),
        _ => None,
    }));

    let call = quote_spanned!(name.span()=> #name(#(#variables),*).await);
    quote_spanned! {name.span()=>
        #attributes
        #visibility fn #companion<__FxState #via>() -> #private::HttpFunction<__FxState>
        where
            __FxState: #private::AppState,
            #(#bounds,)*
        {
            #private::HttpFunction::new(|__fx_request, __fx_state| #private::boxed(async move {
                #extraction
                #answer(#call)
            }))
            #(#wrapping)*
        }
    }
}

fn extraction(private: &TokenStream, first: &[&Type], last: &Type, variables: &[syn::Ident]) -> TokenStream {
    let parts = first.iter().zip(variables).map(|(ty, variable)| {
        quote_spanned! {ty.span()=>
            let #variable = match <#ty as #private::FromRequestParts<__FxState>>::from_request_parts(&mut __fx_parts, &__fx_state).await {
                ::core::result::Result::Ok(__fx_value) => __fx_value,
                ::core::result::Result::Err(__fx_rejection) => return #private::rejected(__fx_rejection),
            };
        }
    });
    // Without arguments before the last, the request stays in one piece.
    let (open, close) = if first.is_empty() {
        (None, None)
    } else {
        (
            Some(quote!(let (mut __fx_parts, __fx_body) = __fx_request.into_parts();)),
            Some(quote!(let __fx_request = #private::Request::from_parts(__fx_parts, __fx_body);)),
        )
    };
    let variable = variables.last();
    let last = quote_spanned! {last.span()=>
        let #variable = match <#last as #private::FromRequest<__FxState, __FxVia>>::from_request(__fx_request, &__fx_state).await {
            ::core::result::Result::Ok(__fx_value) => __fx_value,
            ::core::result::Result::Err(__fx_rejection) => return #private::rejected(__fx_rejection),
        };
    };
    quote!(#open #(#parts)* #close #last)
}

fn event(private: &TokenStream, function: &ItemFn) -> TokenStream {
    let (name, visibility) = (&function.sig.ident, &function.vis);
    let attributes = companion::attributes(function);
    let companion = format_ident!("__fx_event_{name}");
    let types = companion::argument_types(&function.sig);
    let variables = companion::variables(&types, name.span());

    let (event, bound) = match types.first() {
        Some(event) => (quote!(#event), quote_spanned!(event.span()=> #event: #private::EventArgument<__FxState>)),
        None => {
            let event = quote_spanned!(name.span()=> #private::NoArguments);
            (event.clone(), quote_spanned!(name.span()=> #event: #private::EventArgument<__FxState>))
        }
    };
    let rest = types.get(1..).unwrap_or_default();
    let mut bounds = vec![bound];
    bounds.extend(parts_bounds(private, rest));
    let parts = rest.iter().zip(variables.iter().skip(1)).map(|(ty, variable)| {
        quote_spanned! {ty.span()=>
            let #variable = match <#ty as #private::FromRequestParts<__FxState>>::from_request_parts(&mut __fx_parts, &__fx_state).await {
                ::core::result::Result::Ok(__fx_value) => __fx_value,
                ::core::result::Result::Err(__fx_rejection) => return ::core::result::Result::Err(#private::refused(__fx_rejection)),
            };
        }
    });
    let (via, answer) = match companion::answer(&function.sig) {
        Answer::Type(ty, span) => {
            // A `Result` may be serialisable as a whole too; what is meant is its error.
            let (via, named) = if is_result(&function.sig.output) {
                (None, quote!(#private::ViaResult))
            } else {
                (Some(quote!(, __FxVia)), quote!(__FxVia))
            };
            bounds.push(quote_spanned!(span=> #ty: #private::EventAnswer<__FxState, #named>));
            (via, quote_spanned!(span=> <#ty as #private::EventAnswer<__FxState, #named>>::into_document))
        }
        Answer::Opaque(ty) => {
            (None, quote_spanned!(ty.span()=> #private::EventAnswer::<__FxState, #private::ViaDocument>::into_document))
        }
    };

    let call = quote_spanned!(name.span()=> #name(#(#variables),*).await);
    // A function without arguments has an event companion as well, for the sentence its bound says; it cannot be called.
    let body = match variables.first() {
        Some(variable) => quote! {
            let #variable = <#event as #private::EventArgument<__FxState>>::receive(__fx_delivery)?;
            #(#parts)*
            #answer(#call)
        },
        None => quote!(#answer(#call)),
    };
    quote_spanned! {name.span()=>
        #attributes
        #visibility fn #companion<__FxState #via>() -> #private::EventFunction<__FxState>
        where
            __FxState: #private::AppState,
            #(#bounds,)*
        {
            #[allow(unused_mut, unused_variables)]
            #private::EventFunction::new(<#event as #private::EventArgument<__FxState>>::KINDS, |__fx_delivery, mut __fx_parts, __fx_state| #private::boxed(async move {
                #body
            }))
        }
    }
}

fn parts_bounds(private: &TokenStream, types: &[&Type]) -> Vec<TokenStream> {
    let bound = |ty: &&Type| quote_spanned!(ty.span()=> #ty: #private::PartsArgument<__FxState>);
    types.iter().map(bound).collect()
}

fn is_result(output: &syn::ReturnType) -> bool {
    let syn::ReturnType::Type(_, ty) = output else { return false };
    let Type::Path(path) = &**ty else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == "Result")
}
