//! What an argument is, told from the name of its type: the macro has nothing else, and the scan wants to speak before the compiler does.
//!
//! The last word on an argument is the compiler's (a trait bound on its type); this is only the early, readable guess.

use syn::{FnArg, GenericArgument, PathArguments, Signature, Type};

use crate::trigger::TriggerWord;

/// What an argument takes from an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArgumentKind {
    /// The event itself; comes first.
    Event(EventKind),
    /// The request with its body; comes last, and only an HTTP function has one.
    Body,
    /// Something else about the invocation (`State`, `Context`, `Path`, a user's own extractor).
    Parts,
}

/// The event types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// `Timer`
    Timer,
    /// `ObjectEvent`
    Object,
    /// `Message<T>`
    Message,
    /// `LogBatch`
    Log,
    /// `CloudEvent`: any kind of event, in the CloudEvents form.
    Cloud,
    /// `Raw<T>`: any kind of event, as the platform sent it.
    Raw,
}

impl EventKind {
    /// The type's name.
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Timer => "Timer",
            Self::Object => "ObjectEvent",
            Self::Message => "Message",
            Self::Log => "LogBatch",
            Self::Cloud => "CloudEvent",
            Self::Raw => "Raw",
        }
    }

    /// The event type made for a trigger; `None` for HTTP, which has requests instead.
    pub const fn of_trigger(word: TriggerWord) -> Option<Self> {
        match word {
            TriggerWord::Http => None,
            TriggerWord::Timer => Some(Self::Timer),
            TriggerWord::Object => Some(Self::Object),
            TriggerWord::Message => Some(Self::Message),
            TriggerWord::Log => Some(Self::Log),
        }
    }

    /// Whether this trigger can fill it.
    pub fn takes(self, word: TriggerWord) -> bool {
        match self {
            Self::Cloud | Self::Raw => word != TriggerWord::Http,
            _ => Self::of_trigger(word) == Some(self),
        }
    }
}

/// The kinds of all typed arguments, in order.
pub fn classify_all(signature: &Signature) -> Vec<ArgumentKind> {
    signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(typed) => Some(classify(&typed.ty)),
            FnArg::Receiver(_) => None,
        })
        .collect()
}

/// The kind of one argument. `Option<…>` and `Result<…, _>` around an extractor are looked through.
pub fn classify(ty: &Type) -> ArgumentKind {
    // A loop, not a call of itself: a type nested a thousand deep is still only a type.
    let mut ty = ty;
    loop {
        ty = match ty {
            Type::Paren(inner) => &inner.elem,
            Type::Group(inner) => &inner.elem,
            Type::Path(path) => {
                let Some(last) = path.path.segments.last() else { return ArgumentKind::Parts };
                match (last.ident.to_string().as_str(), &last.arguments) {
                    ("Option" | "Result", PathArguments::AngleBracketed(arguments)) => match arguments.args.first() {
                        Some(GenericArgument::Type(inner)) => inner,
                        _ => return ArgumentKind::Parts,
                    },
                    (name, _) => return by_name(name),
                }
            }
            _ => return ArgumentKind::Parts,
        };
    }
}

fn by_name(name: &str) -> ArgumentKind {
    match name {
        "Timer" => ArgumentKind::Event(EventKind::Timer),
        "ObjectEvent" => ArgumentKind::Event(EventKind::Object),
        "Message" => ArgumentKind::Event(EventKind::Message),
        "LogBatch" => ArgumentKind::Event(EventKind::Log),
        "CloudEvent" => ArgumentKind::Event(EventKind::Cloud),
        "Raw" => ArgumentKind::Event(EventKind::Raw),
        "Json" | "Form" | "RawForm" | "Bytes" | "String" | "Request" | "Multipart" | "Body" => ArgumentKind::Body,
        _ => ArgumentKind::Parts,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn by_the_last_segment() {
        assert_eq!(classify(&parse_quote!(Timer)), ArgumentKind::Event(EventKind::Timer));
        assert_eq!(classify(&parse_quote!(fx::Message<Changed>)), ArgumentKind::Event(EventKind::Message));
        assert_eq!(classify(&parse_quote!(axum::body::Bytes)), ArgumentKind::Body);
        assert_eq!(classify(&parse_quote!(State<Users>)), ArgumentKind::Parts);
        assert_eq!(classify(&parse_quote!((Timer, Json<A>))), ArgumentKind::Parts);
    }

    #[test]
    fn through_option_and_result() {
        assert_eq!(classify(&parse_quote!(Option<Json<A>>)), ArgumentKind::Body);
        assert_eq!(classify(&parse_quote!(Result<fx::Json<A>, JsonRejection>)), ArgumentKind::Body);
        assert_eq!(classify(&parse_quote!(Option<Path<u32>>)), ArgumentKind::Parts);
    }

    #[test]
    fn what_triggers_can_fill() {
        assert!(EventKind::Timer.takes(TriggerWord::Timer));
        assert!(!EventKind::Timer.takes(TriggerWord::Object));
        assert!(EventKind::Raw.takes(TriggerWord::Log));
        assert!(!EventKind::Cloud.takes(TriggerWord::Http));
    }
}
