//! What a function's attribute and signature say.

use fx_spec::{CodeTrigger, Problem, SourceFile, Span};
use fx_syntax::{AppArgs, ArgumentKind, EventKind, FuncArgs, TriggerKind, TriggerWord, classify, signature};
use proc_macro2::TokenStream;
use syn::{
    FnArg, ItemFn, LitStr, MacroDelimiter, Meta, ReturnType, Type, TypeParamBound, Visibility, ext::IdentExt,
    spanned::Spanned,
};

use super::{codes, names::Mark, source::Place};

/// A function with `#[func]`.
#[derive(Debug, Clone)]
pub struct FoundFunction {
    /// What f.yml's `handler:` must say to mean it.
    pub handler: String,
    /// Where that is written: the name in the attribute, else the function's own.
    pub handler_span: Span,
    /// How another crate names it, without the crate: modules, then the function. Raw identifiers keep their `r#`.
    pub path: Vec<String>,
    /// Whether another crate can.
    pub reachable: bool,
    /// Its arguments, in order.
    pub arguments: Vec<FoundArgument>,
    /// The triggers in the attribute.
    pub triggers: Vec<FoundTrigger>,
    /// Where its `middleware = […]` stands, if it names any.
    pub middleware: Option<Span>,
    /// Where it returns what only HTTP can answer with (`impl IntoResponse`, `Html`, …).
    pub response: Option<Span>,
    /// Its attribute or signature has a problem of its own, so that nothing more should be said of it.
    pub faulty: bool,
    /// Index of its file in [`Scan::sources`](super::Scan::sources).
    pub source: usize,
    /// Where its name stands.
    pub span: Span,
}

/// An argument of a function.
#[derive(Debug, Clone)]
pub struct FoundArgument {
    /// What it takes.
    pub kind: ArgumentKind,
    /// The name of its type, without path and parameters; empty where it is no named type.
    pub type_name: String,
    /// Where its type stands.
    pub span: Span,
}

/// A trigger in an attribute.
#[derive(Debug, Clone)]
pub struct FoundTrigger {
    /// Which kind.
    pub word: TriggerWord,
    /// All of it.
    pub trigger: CodeTrigger,
    /// Where its text stands.
    pub span: Span,
}

/// The function with `#[fx::app]`.
#[derive(Debug, Clone)]
pub struct FoundApp {
    /// How another crate names it, without the crate.
    pub path: Vec<String>,
    /// Whether another crate can.
    pub reachable: bool,
    /// Index of its file in [`Scan::sources`](super::Scan::sources).
    pub source: usize,
    /// Where its name stands.
    pub span: Span,
}

impl FoundFunction {
    /// The event it takes, if it is an event function.
    pub fn event(&self) -> Option<EventKind> {
        self.arguments.iter().find_map(|argument| match argument.kind {
            ArgumentKind::Event(event) => Some(event),
            ArgumentKind::Body | ArgumentKind::Parts => None,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// `user::get`, for messages.
    pub fn code_path(&self) -> String {
        self.path.join("::")
    }
}

/// Reads one function; problems go to `problems`.
pub(crate) struct Reader<'a> {
    pub(crate) source: &'a SourceFile,
    pub(crate) index: usize,
    pub(crate) place: Place,
    pub(crate) problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    /// A function with `#[func]`, inside the module of this path.
    pub(crate) fn function(&mut self, item: &ItemFn, attribute: &Meta, module: Vec<String>) -> FoundFunction {
        let before = self.problems.len();
        let parsed = FuncArgs::parse(self.arguments(attribute, Mark::Func, "#[func(\"user.get\")]"));
        self.report(codes::ATTRIBUTE, parsed.errors, attribute);
        self.report(codes::SIGNATURE, signature::check_func(&item.sig), attribute);
        let args = parsed.value;
        let span = self.place.range(item.sig.ident.span());
        let path = [module, vec![item.sig.ident.to_string()]].concat();
        let (handler, handler_span) = match &args.handler {
            Some(name) => (name.value(), self.place.range(name.span())),
            None => (path.iter().map(|name| name.trim_start_matches("r#")).collect::<Vec<_>>().join("."), span.clone()),
        };
        FoundFunction {
            handler,
            handler_span,
            reachable: matches!(item.vis, Visibility::Public(_)),
            arguments: self.typed_arguments(item),
            triggers: args.triggers.iter().map(|trigger| self.trigger(&trigger.kind)).collect(),
            middleware: args
                .middleware
                .first()
                .zip(args.middleware.last())
                .map(|(first, last)| self.place.range(first.span()).start..self.place.range(last.span()).end),
            response: response(&item.sig.output).map(|ty| self.place.range(ty.span())),
            faulty: self.problems.len() > before,
            source: self.index,
            span,
            path,
        }
    }

    /// A function with `#[fx::app]`.
    pub(crate) fn app(&mut self, item: &ItemFn, attribute: &Meta, module: Vec<String>) -> FoundApp {
        let parsed = AppArgs::parse(self.arguments(attribute, Mark::App, "#[fx::app]"));
        self.report(codes::ATTRIBUTE, parsed.errors, attribute);
        self.report(codes::SIGNATURE, signature::check_app(&item.sig), attribute);
        FoundApp {
            path: [module, vec![item.sig.ident.to_string()]].concat(),
            reachable: matches!(item.vis, Visibility::Public(_)),
            source: self.index,
            span: self.place.range(item.sig.ident.span()),
        }
    }

    /// What stands between the attribute's parentheses.
    fn arguments(&mut self, attribute: &Meta, mark: Mark, example: &str) -> TokenStream {
        match attribute {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) if matches!(list.delimiter, MacroDelimiter::Paren(_)) => list.tokens.clone(),
            Meta::List(_) | Meta::NameValue(_) => {
                let message = format!("{} takes what it needs in parentheses", mark.as_str());
                let problem = Problem::error(codes::ATTRIBUTE, message).help(format!("write {example}"));
                self.problems.push(problem.at(self.source, self.place.range(attribute.span())));
                TokenStream::new()
            }
        }
    }

    /// The errors of one attribute; those without a place point at the attribute.
    fn report(&mut self, code: &'static str, errors: Vec<syn::Error>, attribute: &Meta) {
        let otherwise = self.place.range(attribute.span());
        for error in errors.into_iter().flatten() {
            let place = self.place.range_or(error.span(), &otherwise);
            self.problems.push(split_message(code, &error.to_string()).at(self.source, place));
        }
    }

    fn typed_arguments(&self, item: &ItemFn) -> Vec<FoundArgument> {
        let typed = item.sig.inputs.iter().filter_map(|argument| match argument {
            FnArg::Typed(typed) => Some(&*typed.ty),
            FnArg::Receiver(_) => None,
        });
        typed
            .map(|ty| FoundArgument { kind: classify(ty), type_name: type_name(ty), span: self.place.range(ty.span()) })
            .collect()
    }

    fn trigger(&self, kind: &TriggerKind) -> FoundTrigger {
        let text = LitStr::value;
        let texts = |list: &[LitStr]| list.iter().map(LitStr::value).collect();
        let (trigger, main) = match kind {
            TriggerKind::Http(route) => (CodeTrigger::Http(text(route)), route),
            TriggerKind::Timer(schedule) => (CodeTrigger::Timer(text(schedule)), schedule),
            TriggerKind::Object { bucket, events, prefix, suffix } => {
                let trigger = CodeTrigger::Object {
                    bucket: text(bucket),
                    events: texts(events),
                    prefix: prefix.as_ref().map(text),
                    suffix: suffix.as_ref().map(text),
                };
                (trigger, bucket)
            }
            TriggerKind::Message { topic, tags } => {
                (CodeTrigger::Message { topic: text(topic), tags: texts(tags) }, topic)
            }
            TriggerKind::Log { source, project, log } => {
                let trigger = CodeTrigger::Log {
                    source: text(source),
                    project: project.as_ref().map(text),
                    log: log.as_ref().map(text),
                };
                (trigger, source)
            }
        };
        FoundTrigger { word: kind.word(), trigger, span: self.place.range(main.span()) }
    }
}

/// The macro's messages hold the remedy after a semicolon; a problem has a field for it.
fn split_message(code: &'static str, message: &str) -> Problem {
    match message.split_once("; ") {
        Some((message, help)) => Problem::error(code, message).help(help),
        None => Problem::error(code, message),
    }
}

fn type_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The returned type, if only HTTP can answer with it.
fn response(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, returned) = output else { return None };
    let mut ty: &Type = returned;
    loop {
        match ty {
            Type::ImplTrait(bounds) => {
                let answers = bounds.bounds.iter().any(|bound| match bound {
                    TypeParamBound::Trait(bound) => {
                        bound.path.segments.last().is_some_and(|last| last.ident == "IntoResponse")
                    }
                    _ => false,
                });
                return answers.then_some(ty);
            }
            Type::Path(path) => {
                let last = path.path.segments.last()?;
                match (last.ident.to_string().as_str(), &last.arguments) {
                    ("Result", syn::PathArguments::AngleBracketed(arguments)) => match arguments.args.first()? {
                        syn::GenericArgument::Type(inner) => ty = inner,
                        _ => return None,
                    },
                    ("Response" | "Html" | "Redirect" | "Sse", _) => return Some(ty),
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}
