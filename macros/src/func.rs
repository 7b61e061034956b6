//! `#[func]`: the function as it stands, and beside it what makes an HTTP endpoint and an event taker of it.

use fx_syntax::{ArgumentKind, FuncArgs, argument::classify_all, signature};
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, ItemFn, Type, spanned::Spanned};

use crate::{
    companion::{self, Answer},
    facade::Private,
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

    let private = Private::of(parsed.value.krate.as_ref());
    let opaque = matches!(companion::answer(&function.sig), Answer::Opaque(_));
    // What `impl Trait` hides can be checked only where it is used, so such a function is the one or the other.
    let http = (!opaque || !takes_event).then(|| http(&private, &function, &parsed.value.middleware));
    let event = (!opaque || takes_event).then(|| event(&private, &function));
    quote!(#function #http #event)
}

fn http(private: &Private, function: &ItemFn, middleware: &[Expr]) -> TokenStream {
    let (name, visibility) = (&function.sig.ident, &function.vis);
    let attributes = companion::attributes(function);
    let companion = format_ident!("__fx_http_{name}");
    let types = companion::argument_types(&function.sig);
    let variables = companion::variables(&types, name.span());

    let (via, mut bounds, extraction) = match types.split_last() {
        None => (None, Vec::new(), quote!(drop((__fx_request, __fx_state));)),
        Some((last, first)) => {
            let mut bounds = companion::parts_bounds(private, first);
            let here = private.at(last.span());
            bounds.push(quote_spanned!(last.span()=> #last: #here::LastArgument<__FxState, __FxVia>));
            (Some(quote!(, __FxVia)), bounds, extraction(private, first, last, &variables))
        }
    };
    let answer = companion::into_response(private, &function.sig);
    if let Answer::Type(ty, span) = companion::answer(&function.sig) {
        let here = private.at(span);
        bounds.push(quote_spanned!(span=> #ty: #here::HttpAnswer<__FxState>));
    }
    bounds.extend(middleware.iter().filter_map(|middleware| match middleware {
        Expr::Path(path) => {
            let here = private.at(path.span());
            Some(quote_spanned!(path.span()=> #path: #here::Middleware<__FxState>))
        }
        _ => None,
    }));
    // The list says the outermost first; wrapping begins with the innermost.
    let wrapping = middleware.iter().rev().map(|middleware| match middleware {
        Expr::Path(path) => {
            let here = private.at(path.span());
            quote_spanned!(path.span()=> .wrapped_in(<#path as #here::Middleware<__FxState>>::wrap))
        }
        layer => quote_spanned!(layer.span()=> .layered(#layer)),
    });

    let call = quote_spanned!(name.span()=> #name(#(#variables),*).await);
    let private = private.at(name.span());
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

fn extraction(private: &Private, first: &[&Type], last: &Type, variables: &[syn::Ident]) -> TokenStream {
    let parts = companion::take_parts(private, first, variables);
    let here = private.at(last.span());
    // Without arguments before the last, the request stays in one piece.
    let (open, close) = if first.is_empty() {
        (None, None)
    } else {
        (
            Some(quote!(let (mut __fx_parts, __fx_body) = __fx_request.into_parts();)),
            Some(quote!(let __fx_request = #here::Request::from_parts(__fx_parts, __fx_body);)),
        )
    };
    let variable = variables.last();
    let last = quote_spanned! {last.span()=>
        let #variable = match <#last as #here::LastArgument<__FxState, __FxVia>>::take(__fx_request, &__fx_state).await {
            ::core::result::Result::Ok(__fx_value) => __fx_value,
            ::core::result::Result::Err(__fx_rejection) => return #here::rejected(__fx_rejection),
        };
    };
    quote!(#open #parts #close #last)
}

fn event(private: &Private, function: &ItemFn) -> TokenStream {
    let (name, visibility) = (&function.sig.ident, &function.vis);
    let attributes = companion::attributes(function);
    let companion = format_ident!("__fx_event_{name}");
    let types = companion::argument_types(&function.sig);
    let variables = companion::variables(&types, name.span());

    // A function without arguments has an event companion too, for the sentence its bound says; it cannot be called.
    let event = types.first().map_or_else(|| quote_spanned!(name.span()=> ()), |event| quote!(#event));
    let event_span = types.first().map_or(name.span(), Spanned::span);
    let here = private.at(event_span);
    let mut bounds = vec![quote_spanned!(event_span=> #event: #here::EventArgument<__FxState>)];
    let rest = types.get(1..).unwrap_or_default();
    bounds.extend(companion::parts_bounds(private, rest));
    let parts = rest.iter().zip(variables.iter().skip(1)).map(|(ty, variable)| {
        let here = private.at(ty.span());
        quote_spanned! {ty.span()=>
            let #variable = match <#ty as #here::PartsArgument<__FxState>>::take(&mut __fx_parts, &__fx_state).await {
                ::core::result::Result::Ok(__fx_value) => __fx_value,
                ::core::result::Result::Err(__fx_rejection) => return ::core::result::Result::Err(#here::refused(__fx_rejection)),
            };
        }
    });
    let (via, answer) = match companion::answer(&function.sig) {
        Answer::Type(ty, span) => {
            let here = private.at(span);
            // A `Result` may be serialisable as a whole too; what is meant is its error.
            let (via, named) = if is_result(&function.sig.output) {
                (None, quote_spanned!(span=> #here::ViaResult))
            } else {
                (Some(quote!(, __FxVia)), quote_spanned!(span=> __FxVia))
            };
            bounds.push(quote_spanned!(span=> #ty: #here::EventAnswer<__FxState, #named>));
            (via, quote_spanned!(span=> <#ty as #here::EventAnswer<__FxState, #named>>::into_document))
        }
        Answer::Opaque(ty) => {
            let here = private.at(ty.span());
            (None, quote_spanned!(ty.span()=> #here::EventAnswer::<__FxState, #here::ViaDocument>::into_document))
        }
    };

    let call = quote_spanned!(name.span()=> #name(#(#variables),*).await);
    let body = match variables.first() {
        Some(variable) => quote_spanned! {event_span=>
            let #variable = <#event as #here::EventArgument<__FxState>>::receive(__fx_delivery)?;
            #(#parts)*
            #answer(#call)
        },
        None => quote!(#answer(#call)),
    };
    let private = private.at(name.span());
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

fn is_result(output: &syn::ReturnType) -> bool {
    let syn::ReturnType::Type(_, ty) = output else { return false };
    let Type::Path(path) = &**ty else { return false };
    path.path.segments.last().is_some_and(|segment| segment.ident == "Result")
}
