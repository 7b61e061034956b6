//! What a function must look like to carry `#[func]` or `#[fx::app]`. Every check runs; all errors come back.

use syn::{Error, FnArg, GenericParam, ReturnType, Safety, Signature, Type, spanned::Spanned};

use crate::argument::{ArgumentKind, EventKind, classify};

/// The most arguments an axum handler takes.
const MOST_ARGUMENTS: usize = 16;

/// May this carry `#[func]`?
pub fn check_func(signature: &Signature) -> Vec<Error> {
    let mut errors = check_shared(signature, "a #[func]");
    if signature.inputs.len() > MOST_ARGUMENTS {
        errors.push(Error::new_spanned(
            &signature.inputs,
            format!("a #[func] takes at most {MOST_ARGUMENTS} arguments; put several into one extractor of your own"),
        ));
    }
    check_order(signature, &mut errors);
    errors
}

/// May this carry `#[fx::app]`?
pub fn check_app(signature: &Signature) -> Vec<Error> {
    let mut errors = check_shared(signature, "#[fx::app]");
    for extra in signature.inputs.iter().skip(1) {
        errors.push(Error::new_spanned(extra, "#[fx::app] takes one argument at most; write `env: Env` or nothing"));
    }
    if matches!(signature.output, ReturnType::Default) {
        errors.push(Error::new_spanned(
            &signature.ident,
            format!(
                "#[fx::app] must return what all functions share; write `async fn {}(env: Env) -> Result<App<State>>`",
                signature.ident
            ),
        ));
    }
    errors
}

/// May this carry `#[fx::middleware]`?
pub fn check_middleware(signature: &Signature) -> Vec<Error> {
    let mut errors = check_shared(signature, "#[fx::middleware]");
    if signature.inputs.len() < 2 {
        errors.push(Error::new_spanned(
            &signature.ident,
            format!("#[fx::middleware] takes the request and what comes after it; write `async fn {}(request: Request, next: Next) -> Response`", signature.ident),
        ));
    }
    errors
}

fn check_shared(signature: &Signature, who: &str) -> Vec<Error> {
    let mut errors = Vec::new();
    if signature.asyncness.is_none() {
        errors.push(Error::new_spanned(
            signature.fn_token,
            format!("{who} must be async; write `async fn {}`", signature.ident),
        ));
    }
    if let Some(word) = &signature.constness {
        errors.push(Error::new_spanned(word, format!("{who} cannot be const; remove the word")));
    }
    if let Safety::Unsafe(word) = &signature.safety {
        errors.push(Error::new_spanned(
            word,
            format!("{who} cannot be unsafe, for nobody is there to keep its promises; remove the word"),
        ));
    }
    if let Some(abi) = &signature.abi {
        errors.push(Error::new_spanned(
            abi,
            format!("{who} cannot be extern, for it is called from Rust; remove the word"),
        ));
    }
    if let Some(variadic) = &signature.variadic {
        errors.push(Error::new_spanned(variadic, format!("{who} has a fixed number of arguments; remove this")));
    }
    for parameter in &signature.generics.params {
        let what = match parameter {
            GenericParam::Lifetime(_) => "lifetime parameters; let its arguments own what they hold",
            GenericParam::Type(_) | GenericParam::Const(_) => {
                "generic parameters, for nobody is there to choose them; name the types"
            }
        };
        errors.push(Error::new_spanned(parameter, format!("{who} cannot have {what}")));
    }
    if let Some(clause) = &signature.generics.where_clause
        && signature.generics.params.is_empty()
    {
        errors.push(Error::new_spanned(clause, format!("{who} has nothing to say `where` about; remove this")));
    }
    for argument in &signature.inputs {
        match argument {
            FnArg::Receiver(receiver) => errors.push(Error::new_spanned(
                receiver,
                format!("{who} has no `self`; make it a free function that takes what it needs as an argument, like `State(users): State<Users>`"),
            )),
            FnArg::Typed(typed) => match &*typed.ty {
                Type::ImplTrait(_) => errors.push(Error::new(
                    typed.ty.span(),
                    format!("{who} cannot have generic parameters; name the type instead of `impl …`"),
                )),
                Type::Reference(_) => errors.push(Error::new(
                    typed.ty.span(),
                    format!("{who} must own its arguments; take the value instead of a reference"),
                )),
                _ => {}
            },
        }
    }
    errors
}

/// The event first, the body last, never both. Told by name, so only what cannot be meant otherwise is refused.
fn check_order(signature: &Signature, errors: &mut Vec<Error>) {
    let kinds: Vec<(&Type, ArgumentKind)> = signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(typed) => Some((&*typed.ty, classify(&typed.ty))),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let mut event: Option<EventKind> = None;
    for (index, (ty, kind)) in kinds.iter().enumerate() {
        match (kind, event) {
            (ArgumentKind::Event(kind), None) => {
                event = Some(*kind);
                if index > 0 {
                    errors.push(Error::new(ty.span(), "the event must be the first argument; move it to the front"));
                }
            }
            (ArgumentKind::Event(_), Some(_)) => {
                errors.push(Error::new(
                    ty.span(),
                    "this is a second event; a #[func] takes one, so make two functions of it",
                ));
            }
            (ArgumentKind::Body, Some(first)) => errors.push(Error::new(
                ty.span(),
                format!(
                    "a function that takes a `{}` has no request body; take the data from the event",
                    first.type_name()
                ),
            )),
            (ArgumentKind::Body, None) if index + 1 < kinds.len() => errors.push(Error::new(
                ty.span(),
                "this takes the request's body, which can be read once; make it the last argument",
            )),
            _ => {}
        }
    }
}
